// What each approach is made of and what it took to prepare: the fine print of the scoreboard.
import type { ComparisonReport, ScoredApproach } from "../../core/comparison.ts";
import { dollars, isKnown, milliseconds, unknown } from "../figures.ts";
import { type Html, html } from "../html-template.ts";
import { isScored, ranked } from "../scoreboard.ts";
import { numberColumn, table, textColumn } from "./table.ts";

export function detailSection(report: ComparisonReport): Html | null {
  const scored = ranked(report.approaches).filter(isScored);
  if (scored.length === 0) return null;
  const columns = [
    textColumn("approach"),
    textColumn("made of"),
    numberColumn("prepared in"),
    numberColumn("preparing cost"),
    numberColumn("answers per second"),
    textColumn("p50 by stage"),
    textColumn("tokens per question"),
    numberColumn("$ per month"),
    textColumn("remarks"),
  ];
  return html`<section id="details" aria-labelledby="details-title">
<h2 id="details-title">What each approach is made of</h2>
${table("What each approach is made of", columns, [{ rows: scored.map(detailRow) }])}
</section>`;
}

function detailRow(approach: ScoredApproach) {
  const { name, labels, prepareMs, costUsd, costReason, throughputQps, notes } = approach;
  const remarks = [...notes, ...(costReason === undefined ? [] : [`Cost: ${costReason}.`])];
  return {
    header: html`<span class="name">${name}</span>`,
    cells: [
      lines(labels),
      milliseconds(prepareMs),
      dollars(costUsd.upfront),
      throughput(throughputQps),
      stages(approach),
      tokens(approach),
      dollars(costUsd.monthly),
      lines(remarks),
    ],
  };
}

function stages({ stageMs }: ScoredApproach): string {
  if (stageMs === undefined) return unknown;
  return `retrieve ${milliseconds(stageMs.retrieve.p50)}, generate ${milliseconds(stageMs.generate.p50)}`;
}

function tokens({ tokensPerQuery }: ScoredApproach): string {
  if (tokensPerQuery === undefined || tokensPerQuery === null) return unknown;
  const { input, output } = tokensPerQuery;
  return `${Math.round(input).toLocaleString("en-US")} in, ${Math.round(output).toLocaleString("en-US")} out`;
}

/** One at a time; beyond a thousand a second the figure says nothing. */
function throughput(perSecond: number): string {
  if (!isKnown(perSecond)) return unknown;
  if (perSecond > 1000) return "> 1,000";
  return perSecond >= 10 ? String(Math.round(perSecond)) : String(Number(perSecond.toPrecision(2)));
}

function lines(list: readonly string[]): Html | string {
  return list.length === 0 ? unknown : html`<ul class="lines">${list.map((one) => html`<li>${one}</li>`)}</ul>`;
}
