// Quality against something that is paid for it, in money or in time. Logarithmic, with lanes for zero and for unknown.
import { type Html, html } from "../html-template.ts";
import { type Charted, type ChartWidth, qualityWords } from "./chart-data.ts";
import { type Box, fitted, type PlacedLabel, placeLabels } from "./labels.ts";
import { line, marker, picture, px, text } from "./marks.ts";
import { type LogAxis, logAxis, shareScale } from "./scales.ts";

export type ScatterAxis = {
  /** "cost per 1,000 questions, US dollars" */
  readonly title: string;
  readonly value: (approach: Charted) => number | null;
  readonly words: (approach: Charted) => string;
  readonly tickLabel: (mantissa: number, exponent: number) => string;
  /** What stands under the lane of exact zeros: "$0". */
  readonly none: string;
};

export type Scatter = {
  readonly picture: Html;
  /** Points that found no room for their name. */
  readonly unlabelled: readonly string[];
};

type Point = { readonly approach: Charted; readonly x: number; readonly y: number };

const sizes = {
  wide: { width: 544, height: 380, laneWidth: 76, mostTicks: 6, nameWidth: 160 },
  narrow: { width: 340, height: 360, laneWidth: 58, mostTicks: 4, nameWidth: 120 },
} as const;

const margin = { left: 40, right: 12, top: 22, bottom: 50 };

/** Null where nothing can be drawn. */
export function scatterChart(drawn: readonly Charted[], axis: ScatterAxis, size: ChartWidth): Scatter | null {
  if (drawn.length === 0) return null;
  const { width, height, laneWidth, mostTicks, nameWidth } = sizes[size];
  const frame: Box = {
    left: margin.left,
    top: margin.top,
    right: width - margin.right,
    bottom: height - margin.bottom,
  };
  const bounds = { from: frame.left, to: frame.right, laneWidth, mostTicks, tickLabel: axis.tickLabel };
  const x = logAxis(drawn.map(axis.value), bounds);
  const y = shareScale(frame.bottom - 8, frame.top + 8);
  const points = drawn.map((approach, at) => ({ approach, x: x.positions[at] as number, y: y(approach.quality.mean) }));
  const whiskers = points.map((point) => whiskerBox(point, y));
  const named = points.map((point) => ({ ...point, text: fitted(point.approach.name, nameWidth) }));
  const labels = placeLabels(named, { ...frame, left: frame.left + 2, right: frame.right }, whiskers);
  const marks = points.map((point, at) => ({
    role: point.approach.role,
    mark: pointMark(point, labels[at] ?? null, axis),
  }));
  const onTop = marks.toSorted((a, b) => Number(a.role === "recommended") - Number(b.role === "recommended"));
  const lines = points.map((point, at) => whisker(point, whiskers[at] as Box));
  const content = html`${frameAxes(frame, x, y, axis)}${lines}${onTop.map(({ mark }) => mark)}`;
  const label = `Quality against ${axis.title}, ${drawn.length} approaches. All figures are in the table below the chart.`;
  const unlabelled = drawn.filter((_, at) => !labels[at]).map(({ name }) => name);
  return { picture: picture(width, height, label, content), unlabelled };
}

function whiskerBox({ approach, x }: Point, y: (share: number) => number): Box {
  return { left: x - 1, right: x + 1, top: y(approach.quality.high), bottom: y(approach.quality.low) };
}

function whisker({ approach, x }: Point, { top, bottom }: Box): Html {
  return line(`whisker faint ${approach.role}`, x, top, x, bottom);
}

function pointMark({ approach, x, y }: Point, label: PlacedLabel | null, axis: ScatterAxis): Html {
  const name =
    label &&
    html`${label.isLed && leader(x, y, label)}${text(`name ${approach.role}`, label.x, label.y, label.text, label.anchor)}`;
  return html`<g><title>${approach.name}: quality ${qualityWords(approach.quality)}; ${axis.words(approach)}</title>${marker(x, y, approach.role)}${name}</g>`;
}

function leader(x: number, y: number, { box }: PlacedLabel): Html {
  const toX = Math.min(Math.max(x, box.left), box.right);
  const toY = box.top > y ? box.top : box.bottom;
  return line("leader", x, y, toX, toY);
}

function frameAxes(frame: Box, x: LogAxis, y: (share: number) => number, { title, none }: ScatterAxis): Html {
  const gridY = [0, 0.2, 0.4, 0.6, 0.8, 1].map(
    (share) =>
      html`${line("grid", frame.left, y(share), frame.right, y(share))}${text("tick", frame.left - 6, y(share) + 4, String(Math.round(share * 100)), "end")}`,
  );
  const gridX = x.ticks.map(
    ({ at, label }) =>
      html`${line("grid", at, frame.top, at, frame.bottom)}${text("tick", at, frame.bottom + 16, label, "middle")}`,
  );
  const lanes = x.lanes.map(
    ({ lane, from, to }) =>
      html`<rect class="lane" x="${px(from)}" y="${px(frame.top)}" width="${px(to - from)}" height="${px(frame.bottom - frame.top)}"/>${text("tick", (from + to) / 2, frame.bottom + 16, lane === "none" ? none : "unknown", "middle")}`,
  );
  return html`${lanes}${gridY}${gridX}${line("axis", frame.left, frame.bottom, frame.right, frame.bottom)}
${text("axis-title", 2, 12, "quality, points of 100 (bars: 95% interval)")}
${text("axis-title", (frame.left + frame.right) / 2, frame.bottom + 40, `${title}, log scale`, "middle")}`;
}
