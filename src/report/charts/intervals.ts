// Quality with its 95% interval, one line per approach, best first: the overlap of whiskers is what a reader should see.
import { type Html, html } from "../html-template.ts";
import { type Charted, type ChartWidth, qualityWords } from "./chart-data.ts";
import { fitted, textWidthPx } from "./labels.ts";
import { line, marker, picture, text } from "./marks.ts";
import { shareScale } from "./scales.ts";

const figureWidthPx = 132;
const axisHeightPx = 44;
const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1];

type Layout = {
  readonly width: number;
  readonly from: number;
  readonly to: number;
  readonly rowHeight: number;
  /** Names stand above their line where the screen is too narrow for a column of names. */
  readonly namesAbove: boolean;
};

/** Null where nothing can be drawn. */
export function intervalChart(drawn: readonly Charted[], size: ChartWidth): Html | null {
  if (drawn.length === 0) return null;
  const layout = layoutFor(drawn, size);
  const bottom = drawn.length * layout.rowHeight + 8;
  const best = drawn[0] as Charted;
  const label = `Quality of ${drawn.length} approaches with 95% intervals, from 0 to 100. Highest: ${best.name}, ${qualityWords(best.quality)}. All figures are in the table below the chart.`;
  return picture(
    layout.width,
    bottom + axisHeightPx,
    label,
    html`${axis(layout, bottom)}${drawn.map((one, row) => approachRow(one, row, layout))}`,
  );
}

function layoutFor(drawn: readonly Charted[], size: ChartWidth): Layout {
  if (size === "narrow") return { width: 340, from: 10, to: 330, rowHeight: 42, namesAbove: true };
  const names = Math.min(230, Math.max(...drawn.map(({ name }) => textWidthPx(name))));
  return { width: 760, from: names + 22, to: 760 - figureWidthPx - 14, rowHeight: 28, namesAbove: false };
}

function axis({ from, to }: Layout, bottom: number): Html {
  const x = shareScale(from, to);
  return html`${ticks.map(
    (tick) =>
      html`${line("grid", x(tick), 4, x(tick), bottom)}${text("tick", x(tick), bottom + 16, String(Math.round(tick * 100)), "middle")}`,
  )}${text("axis-title", (from + to) / 2, bottom + 36, "quality, points of 100", "middle")}`;
}

function approachRow({ name, role, quality }: Charted, row: number, layout: Layout): Html {
  const { from, to, rowHeight, namesAbove, width } = layout;
  const top = row * rowHeight + 4;
  const middle = namesAbove ? top + 28 : top + rowHeight / 2;
  const baseline = namesAbove ? top + 13 : middle + 4;
  const x = shareScale(from, to);
  const words = qualityWords(quality);
  const nameWidth = namesAbove ? width - figureWidthPx - 16 : from - 20;
  return html`<g><title>${name}: ${words}</title>
${text(`name ${role}`, namesAbove ? from : 2, baseline, fitted(name, nameWidth))}
${line(`whisker ${role}`, x(quality.low), middle, x(quality.high), middle)}
${line(`whisker ${role}`, x(quality.low), middle - 4, x(quality.low), middle + 4)}
${line(`whisker ${role}`, x(quality.high), middle - 4, x(quality.high), middle + 4)}
${marker(x(quality.mean), middle, role)}
${text("figure", width - 2, baseline, words, "end")}</g>`;
}
