// The break-even chart with the table that it draws, and what had to be left out of it.
import type { ComparisonReport } from "../../core/comparison.ts";
import { breakEvenChart, type CostLine, chartedVolumes, totalUsd } from "../charts/break-even.ts";
import { wholeNumber } from "../figures.ts";
import { type Html, html } from "../html-template.ts";
import { exactDollars } from "../money-figures.ts";
import { fold, numberColumn, table, textColumn } from "./table.ts";

/** Null with fewer than two approaches of known cost. */
export function breakEvenFigure({ money, recommendation }: ComparisonReport): Html | null {
  const approaches = money?.approaches ?? [];
  const lines = approaches.flatMap(({ approach, upfront, perQuery }): CostLine[] => {
    if (upfront.usd === null || perQuery.usd === null) return [];
    const role = approach === recommendation.approach ? "recommended" : "approach";
    return [{ name: approach, role, upfrontUsd: upfront.usd, perQueryUsd: perQuery.usd }];
  });
  const wide = breakEvenChart(lines, "wide");
  if (wide === null || lines.length < 2) return null;
  const rows = lines.map((one) => ({
    header: one.name,
    cells: chartedVolumes.map((questions) => exactDollars(totalUsd(one, questions))),
  }));
  const columns = [textColumn("approach"), ...chartedVolumes.map((questions) => numberColumn(wholeNumber(questions)))];
  const title = "Cost in all by questions asked, upfront included";
  return html`<figure><figcaption>${title}</figcaption><div class="wide">${wide}</div><div class="narrow">${breakEvenChart(lines, "narrow")}</div>
${leftOut(
  approaches.map(({ approach }) => approach),
  lines,
)}${fold("The figures of this chart", table(title, columns, [{ rows }]))}</figure>`;
}

function leftOut(names: readonly string[], lines: readonly CostLine[]): Html | null {
  const unknown = names.filter((name) => !lines.some((one) => one.name === name));
  const free = lines.filter((one) => totalUsd(one, chartedVolumes[0]!) === 0).map(({ name }) => name);
  if (unknown.length + free.length === 0) return null;
  return html`<p class="note">${unknown.length > 0 && `Not drawn, because a cost is unknown: ${unknown.join(", ")}. `}${free.length > 0 && `Not drawn, because it costs nothing: ${free.join(", ")}.`}</p>`;
}
