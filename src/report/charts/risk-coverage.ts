// The share wrong by the share answered, surest answers first: a line that rises to the right has confidences worth a threshold.
import type { RiskCoverageRow } from "../../core/comparison.ts";
import { type Html, html } from "../html-template.ts";
import type { ChartWidth, Role } from "./chart-data.ts";
import { type Box, fitted } from "./labels.ts";
import { line, picture, px, text } from "./marks.ts";
import { shareScale } from "./scales.ts";

export type RiskCurve = Pick<RiskCoverageRow, "points"> & { readonly name: string; readonly role: Role };

const sizes = {
  wide: { width: 760, height: 320, names: 130 },
  narrow: { width: 340, height: 300, names: 96 },
} as const;
const margin = { left: 44, top: 12, bottom: 50 };
const nameHeightPx = 14;
const ticks = [0, 0.25, 0.5, 0.75, 1];

/** Null where no curve has a point. */
export function riskCoverageChart(curves: readonly RiskCurve[], size: ChartWidth): Html | null {
  const drawn = curves.filter(({ points }) => points.length > 0);
  if (drawn.length === 0) return null;
  const { width, height, names } = sizes[size];
  const frame: Box = { left: margin.left, top: margin.top, right: width - names, bottom: height - margin.bottom };
  const x = shareScale(frame.left, frame.right);
  const y = shareScale(frame.bottom, frame.top);
  const heights = spread(
    drawn.map(({ points }) => y(points.at(-1)!.risk)),
    height,
  );
  const lines = drawn.map(({ name, role, points }, row) => {
    const steps = points.map(({ coverage, risk }, at) => `${at === 0 ? "M" : "L"}${px(x(coverage))} ${px(y(risk))}`);
    return html`<g><title>${name}</title><path class="whisker ${role}" fill="none" d="${steps.join(" ")}"/>${text(`name ${role}`, frame.right + 8, heights[row]! + 4, fitted(name, names - 14))}</g>`;
  });
  const words = `Share wrong by share answered, surest first, of ${drawn.length} approaches. All figures are in the table below the chart.`;
  return picture(width, height, words, html`${axes(frame, x, y)}${lines}`);
}

/** Names in a column beside the ends of their lines, in the same order, none upon another; from the lowest name upwards. */
function spread(ends: readonly number[], bottom: number): readonly number[] {
  const heights = [...ends];
  let below = bottom;
  for (const row of ends.map((_, at) => at).sort((one, other) => ends[other]! - ends[one]!)) {
    heights[row] = Math.min(ends[row]!, below - nameHeightPx);
    below = heights[row];
  }
  return heights;
}

type Scale = (share: number) => number;

function axes({ left, right, top, bottom }: Box, x: Scale, y: Scale): Html {
  const grid = ticks.map((tick) => {
    const words = String(tick * 100);
    return html`${line("grid", x(tick), top, x(tick), bottom)}${text("tick", x(tick), bottom + 16, words, "middle")}${line("grid", left, y(tick), right, y(tick))}${text("tick", left - 6, y(tick) + 4, words, "end")}`;
  });
  return html`${grid}${text("axis-title", (left + right) / 2, bottom + 38, "answers given of 100, surest first; wrong of 100", "middle")}`;
}
