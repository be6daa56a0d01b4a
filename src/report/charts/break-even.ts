// What is paid in all as questions are asked, upfront included: where two lines cross is their break-even. Both axes logarithmic.
import { wholeNumber } from "../figures.ts";
import { type Html, html } from "../html-template.ts";
import { exactDollars } from "../money-figures.ts";
import type { ChartWidth, Role } from "./chart-data.ts";
import { type Box, fitted, placeLabels } from "./labels.ts";
import { line, picture, text } from "./marks.ts";
import { logAxis } from "./scales.ts";
import { dollarTick } from "./tick-labels.ts";

export type CostLine = {
  readonly name: string;
  readonly role: Role;
  readonly upfrontUsd: number;
  readonly perQueryUsd: number;
};

/** Questions asked in all: a day's work of a small team to years of a large one. */
export const chartedVolumes: readonly number[] = [1_000, 10_000, 100_000, 1_000_000, 10_000_000];

const stepsPerDecade = 4;
const sizes = {
  wide: { width: 760, height: 340, names: 130 },
  narrow: { width: 340, height: 320, names: 96 },
} as const;
const margin = { left: 64, top: 12, bottom: 50 };

export function totalUsd({ upfrontUsd, perQueryUsd }: CostLine, questions: number): number {
  return upfrontUsd + perQueryUsd * questions;
}

/** Null where no line costs anything: zero has no place on a logarithmic axis. */
export function breakEvenChart(lines: readonly CostLine[], size: ChartWidth): Html | null {
  const drawn = lines.filter((one) => totalUsd(one, chartedVolumes[0]!) > 0);
  if (drawn.length === 0) return null;
  const { width, height, names } = sizes[size];
  const frame: Box = { left: margin.left, top: margin.top, right: width - names, bottom: height - margin.bottom };
  const volumes = volumesBetween(chartedVolumes[0]!, chartedVolumes.at(-1)!);
  const totals = drawn.flatMap((one) => volumes.map((questions) => totalUsd(one, questions)));
  const y = logAxis(totals, { from: frame.bottom, to: frame.top, laneWidth: 0, mostTicks: 6, tickLabel: dollarTick });
  const x = (step: number) => frame.left + (step / (volumes.length - 1)) * (frame.right - frame.left);
  const at = (row: number, step: number) => y.positions[row * volumes.length + step]!;
  const ends = drawn.map(({ name }, row) => ({
    x: frame.right,
    y: at(row, volumes.length - 1),
    text: fitted(name, names - 14),
  }));
  const labels = placeLabels(ends, { ...frame, top: 0, right: width, bottom: height }, []);
  const curves = drawn.map((one, row) => {
    const segments = volumes
      .slice(1)
      .map((_, step) => line(`whisker ${one.role}`, x(step), at(row, step), x(step + 1), at(row, step + 1)));
    const label = labels[row];
    return html`<g><title>${one.name}: ${exactDollars(one.upfrontUsd)} upfront, ${exactDollars(one.perQueryUsd)} a question</title>${segments}${label && text(`name ${one.role}`, label.x, label.y, label.text, label.anchor)}</g>`;
  });
  const words = `Cost in all by questions asked, ${drawn.length} approaches. All figures are in the table below the chart.`;
  return picture(width, height, words, html`${axes(frame, x, y.ticks)}${curves}`);
}

function volumesBetween(from: number, to: number): readonly number[] {
  const steps = Math.round(Math.log10(to / from) * stepsPerDecade);
  return Array.from({ length: steps + 1 }, (_, step) => from * 10 ** (step / stepsPerDecade));
}

function axes(
  frame: Box,
  x: (step: number) => number,
  ticks: readonly { readonly at: number; readonly label: string }[],
): Html {
  const columns = chartedVolumes.map((questions, decade) => {
    const left = x(decade * stepsPerDecade);
    const words = questions >= 1_000_000 ? `${questions / 1_000_000}M` : `${questions / 1_000}K`;
    return html`${line("grid", left, frame.top, left, frame.bottom)}${text("tick", left, frame.bottom + 16, words, "middle")}`;
  });
  const rows = ticks.map(
    ({ at, label }) =>
      html`${line("grid", frame.left, at, frame.right, at)}${text("tick", frame.left - 6, at + 4, label, "end")}`,
  );
  const middle = (frame.left + frame.right) / 2;
  return html`${columns}${rows}${text("axis-title", middle, frame.bottom + 38, `questions asked in all, to ${wholeNumber(chartedVolumes.at(-1)!)}`, "middle")}`;
}
