// Three pictures of the same comparison, each with the table that it draws and with what it had to leave out.
import type { ComparisonReport } from "../../core/comparison.ts";
import { type ChartData, type Charted, chartData, qualityWords } from "../charts/chart-data.ts";
import { frontier } from "../charts/frontier.ts";
import { intervalChart } from "../charts/intervals.ts";
import { type ScatterAxis, scatterChart } from "../charts/scatter.ts";
import { dollarTick, durationTick } from "../charts/tick-labels.ts";
import { isKnown, milliseconds, perThousand, unknown } from "../figures.ts";
import { type Html, type HtmlPart, html } from "../html-template.ts";
import { fold, numberColumn, table, textColumn } from "./table.ts";

const costAxis: ScatterAxis = {
  title: "cost per 1,000 questions, US dollars",
  value: ({ costPerQueryUsd }) => (costPerQueryUsd === null ? null : costPerQueryUsd * 1000),
  words: ({ costPerQueryUsd }) => `${perThousand(costPerQueryUsd)} per 1,000 questions`,
  tickLabel: dollarTick,
  none: "$0",
};

const latencyAxis: ScatterAxis = {
  title: "time of half of the answers (p50)",
  value: ({ latencyMs }) => latencyMs,
  words: ({ latencyMs }) => `p50 ${milliseconds(latencyMs)}`,
  tickLabel: durationTick,
  none: "0 ms",
};

export function chartSection(report: ComparisonReport): Html {
  const data = chartData(report.approaches, report.recommendation.approach);
  return html`<section id="charts" aria-labelledby="charts-title">
<h2 id="charts-title">Charts</h2>
${data.drawn.length === 0 ? html`<p>Nothing can be drawn: no answer could be scored.</p>` : charts(data)}
</section>`;
}

function charts(data: ChartData): Html {
  return html`${legend(data)}
${qualityFigure(data)}
<div class="beside">${scatterFigure("Quality against cost", costAxis, "$ per 1,000", data)}
${scatterFigure("Quality against latency", latencyAxis, "p50", data)}</div>`;
}

/** Only of the marks that occur. */
function legend({ drawn }: ChartData): Html {
  const words = {
    recommended: "recommended",
    approach: "approach",
    yardstick: "yardstick, never recommended",
  } as const;
  const roles = (["recommended", "approach", "yardstick"] as const).filter((role) =>
    drawn.some((one) => one.role === role),
  );
  return html`<p class="legend">${roles.map((role) => html`<span><i class="sign ${role}" aria-hidden="true"></i>${words[role]}</span> `)}</p>`;
}

function qualityFigure({ drawn, withoutQuality }: ChartData): Html {
  const rows = drawn.map(({ name, quality }) => ({
    header: name,
    cells: [qualityWords(quality), quality.n, quality.missing],
  }));
  const columns = [
    textColumn("approach"),
    numberColumn("quality (95% interval)"),
    numberColumn("n"),
    numberColumn("missing"),
  ];
  return figure(
    "Quality with 95% intervals",
    bothWidths(intervalChart(drawn, "wide"), intervalChart(drawn, "narrow")),
    leftOut(withoutQuality),
    table("Quality with 95% intervals", columns, [{ rows }]),
  );
}

function scatterFigure(title: string, axis: ScatterAxis, head: string, { drawn, withoutQuality }: ChartData): Html {
  const wide = scatterChart(drawn, axis, "wide");
  const narrow = scatterChart(drawn, axis, "narrow");
  const unlabelled = [...new Set([...(wide?.unlabelled ?? []), ...(narrow?.unlabelled ?? [])])];
  const value = (approach: Charted) => (head === "p50" ? milliseconds(approach.latencyMs) : costCell(approach));
  const rows = drawn.map((one) => ({ header: one.name, cells: [qualityWords(one.quality), value(one)] }));
  const columns = [textColumn("approach"), numberColumn("quality (95% interval)"), numberColumn(head)];
  const crowded =
    unlabelled.length > 0 &&
    html`<p class="note">Too crowded to name on every screen: ${unlabelled.join(", ")}; see the table.</p>`;
  return figure(
    title,
    bothWidths(wide?.picture, narrow?.picture),
    html`${frontierNote(axis, drawn)}${unknownLane(axis, drawn)}${crowded}${leftOut(withoutQuality)}`,
    table(title, columns, [{ rows }]),
  );
}

function costCell({ costPerQueryUsd, costReason }: Charted): HtmlPart {
  const reason =
    costPerQueryUsd === null && costReason !== undefined && html` <span class="coverage">${costReason}</span>`;
  return html`${perThousand(costPerQueryUsd)}${reason}`;
}

function frontierNote(axis: ScatterAxis, drawn: readonly Charted[]): Html | null {
  const names = frontier(drawn, axis.value).map(({ name }) => name);
  return names.length === 0
    ? null
    : html`<p class="note">On the frontier, where no approach is both better and lower on this axis: ${names.join(", ")}. Points that lie close may be there by chance.</p>`;
}

function unknownLane(axis: ScatterAxis, drawn: readonly Charted[]): Html | null {
  const names = drawn.filter((one) => !isKnown(axis.value(one))).map(({ name }) => name);
  return names.length === 0
    ? null
    : html`<p class="note">In the lane “unknown”: ${names.join(", ")}. An unknown value is not a zero.</p>`;
}

function leftOut(names: readonly string[]): Html | null {
  return names.length === 0
    ? null
    : html`<p class="note">Not drawn, because no answer could be scored (${unknown}): ${names.join(", ")}.</p>`;
}

function bothWidths(wide: Html | null | undefined, narrow: Html | null | undefined): Html {
  return html`<div class="wide">${wide}</div><div class="narrow">${narrow}</div>`;
}

function figure(title: string, picture: Html, remarks: HtmlPart, values: Html): Html {
  return html`<figure><figcaption>${title}</figcaption>${picture}${remarks}${fold("The figures of this chart", values)}</figure>`;
}
