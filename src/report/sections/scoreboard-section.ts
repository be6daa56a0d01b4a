// The scoreboard: every approach, best first, its interval drawn beside its quality, yardsticks and what was not run apart.
import type { ComparisonReport, ScoredApproach, ScoreSummary } from "../../core/comparison.ts";
import { px } from "../charts/marks.ts";
import { shareScale } from "../charts/scales.ts";
import { isKnown, milliseconds, perThousand, points, unknown } from "../figures.ts";
import { type Html, html } from "../html-template.ts";
import { isScored, knownSummary, ranked, shownMetrics } from "../scoreboard.ts";
import { metricDefinitions } from "./metric-definitions.ts";
import { fold, numberColumn, type TableRow, table, textColumn } from "./table.ts";

type ShownMetric = (typeof shownMetrics)[number];

export function scoreboardSection(report: ComparisonReport): Html {
  return html`<section id="scoreboard" aria-labelledby="scoreboard-title">
<h2 id="scoreboard-title">Scoreboard</h2>
${report.approaches.some(isScored) ? measured(report) : html`<p>No approach was measured.</p>${notRunList(report)}`}
</section>`;
}

function measured(report: ComparisonReport): Html {
  const shown = shownMetrics.filter(({ metric }) => isMeasured(report, metric));
  return html`<p class="note">Scores in points of 100, best quality first. Under each score: how many answers it rests on, and how many should have been scored and could not. The bar shows the 95% interval of quality on a scale from 0 to 100.</p>
${mainTable(report, shown)}
${notRunList(report)}
${metricDefinitions(report.metrics, shown, unmeasured(report))}
${fold("Every metric of every approach", everyMetricTable(report))}`;
}

function mainTable(report: ComparisonReport, shown: readonly ShownMetric[]): Html {
  const columns = [
    textColumn("approach"),
    numberColumn("quality"),
    textColumn("95% interval"),
    ...shown.map(({ head }) => numberColumn(head)),
    numberColumn("p50"),
    numberColumn("p95"),
    numberColumn("$ per 1,000"),
  ];
  const rows = ranked(report.approaches)
    .filter(isScored)
    .map((approach) => ({ approach, row: mainRow(approach, report.recommendation.approach, shown) }));
  const part = (yardstick: boolean) =>
    rows.filter(({ approach }) => approach.yardstick === yardstick).map(({ row }) => row);
  const title = "Yardsticks: measured beside the approaches, never recommended";
  return table("Scoreboard", columns, [{ rows: part(false) }, { title, rows: part(true) }]);
}

function mainRow(approach: ScoredApproach, recommended: string | null, shown: readonly ShownMetric[]): TableRow {
  const { name, scores, labels, latencyMs, costUsd } = approach;
  const isRecommended = name === recommended;
  return {
    header: html`<span class="name">${name}</span>${isRecommended && html` <span class="tag">recommended</span>`}${labels[0] !== undefined && html`<span class="part">${labels[0]}</span>`}`,
    cells: [
      scoreCell(scores["quality"]),
      intervalCell(scores["quality"]),
      ...shown.map(({ metric }) => scoreCell(scores[metric])),
      milliseconds(latencyMs.p50),
      milliseconds(latencyMs.p95),
      perThousand(costUsd.perQuery),
    ],
    className: isRecommended ? "recommended" : approach.yardstick ? "yardstick" : "approach",
  };
}

/** The mean over its coverage; a dash where nothing was scored. */
export function scoreCell(summary: ScoreSummary | undefined): Html {
  const known = knownSummary(summary);
  const missing = summary?.missing ?? 0;
  const gap = missing > 0 && html` <span class="gap">${missing} missing</span>`;
  if (known === undefined) return html`${unknown}${missing > 0 && html`<span class="coverage">${gap}</span>`}`;
  return html`${points(known.mean)}<span class="coverage">n ${known.n}${gap}</span>`;
}

function intervalCell(summary: ScoreSummary | undefined): Html {
  const known = knownSummary(summary);
  if (known === undefined || !isKnown(known.low) || !isKnown(known.high)) return html`${unknown}`;
  const words = `${points(known.low)}–${points(known.high)}`;
  return html`<span class="interval stacked">${intervalBar(known)}<span class="coverage">${words}</span></span>`;
}

/** A track from 0 to 100, the interval on it as a bar, the mean as a stroke. */
function intervalBar({ mean, low, high }: ScoreSummary): Html {
  const x = shareScale(2, 118);
  return html`<svg class="bar" aria-hidden="true" width="120" height="14" viewBox="0 0 120 14"><line class="track" x1="2" y1="7" x2="118" y2="7"/><rect class="range" x="${px(x(low))}" y="4" width="${px(Math.max(1, x(high) - x(low)))}" height="6"/><line class="mean" x1="${px(x(mean))}" y1="1" x2="${px(x(mean))}" y2="13"/></svg>`;
}

function notRunList({ approaches }: ComparisonReport): Html | null {
  const notRun = ranked(approaches).flatMap((approach) => (approach.status === "not-run" ? [approach] : []));
  if (notRun.length === 0) return null;
  return html`<h3>Not run</h3><dl class="terms">${notRun.map(
    ({ name, reason, yardstick }) =>
      html`<div><dt>${name}${yardstick && html` <span class="tag plain">yardstick</span>`}</dt><dd>${reason}</dd></div>`,
  )}</dl>`;
}

function everyMetricTable(report: ComparisonReport): Html {
  const scored = ranked(report.approaches).filter(isScored);
  const columns = [textColumn("metric"), ...scored.map(({ name }) => numberColumn(name))];
  const rows = report.metrics.map(({ name }) => ({
    header: name,
    cells: scored.map(({ scores }) => metricCell(scores[name])),
  }));
  return table("Every metric of every approach", columns, [{ rows }]);
}

function metricCell(summary: ScoreSummary | undefined): Html {
  const known = knownSummary(summary);
  const range = known && html`<span class="coverage">${points(known.low)}–${points(known.high)}</span>`;
  return html`${scoreCell(summary)}${range}`;
}

function isMeasured({ approaches }: ComparisonReport, metric: string): boolean {
  return approaches.some((approach) => isScored(approach) && knownSummary(approach.scores[metric]) !== undefined);
}

function unmeasured(report: ComparisonReport): readonly string[] {
  return report.metrics.filter(({ name }) => !isMeasured(report, name)).map(({ name }) => name);
}
