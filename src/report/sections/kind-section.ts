// Quality by kind of question: where an approach is strong and where it fails, shaded so that the eye finds it.
import type { ComparisonReport, ScoreSummary } from "../../core/comparison.ts";
import { counted, points, pValue, signedPoints, unknown } from "../figures.ts";
import { type Html, html } from "../html-template.ts";
import { isScored, knownSummary, ranked } from "../scoreboard.ts";
import { numberColumn, table, textColumn } from "./table.ts";

/** Null where the questions have no kinds. */
export function kindSection(report: ComparisonReport): Html | null {
  const kinds = Object.keys(report.byKind).sort();
  if (kinds.length === 0) return null;
  const names = ranked(report.approaches)
    .filter(isScored)
    .map(({ name }) => name);
  const rows = kinds.map((kind) => ({
    header: html`<span class="name">${kind}</span><span class="part">${questionCount(report, kind)}</span>`,
    cells: names.map((name) => heatCell(report.byKind[kind]?.[name]?.["quality"])),
  }));
  const columns = [textColumn("kind of question"), ...names.map(numberColumn)];
  return html`<section id="kinds" aria-labelledby="kinds-title">
<h2 id="kinds-title">Quality by kind of question</h2>
<p class="note">Points of 100, with the 95% interval and the number of answers scored. The deeper the shade, the higher the quality. Small kinds have wide intervals: read them before comparing.</p>
${table("Quality by kind of question", columns, [{ rows }])}
${adviceTable(report)}
${routerNote(report)}
</section>`;
}

function adviceTable({ adviceByKind = [] }: ComparisonReport): Html | null {
  if (adviceByKind.length === 0) return null;
  const rows = adviceByKind.map(({ kind, approach, notToldApart, because }) => ({
    header: kind,
    cells: [
      approach ?? "none",
      approach === null ? unknown : notToldApart.length === 0 ? "yes" : "not decided",
      because,
    ],
  }));
  const columns = [
    textColumn("kind of question"),
    textColumn("approach"),
    textColumn("shown better"),
    textColumn("because"),
  ];
  return html`<h3>What to ship for each kind</h3>${table("What to ship for each kind", columns, [{ rows }])}`;
}

function routerNote({ routing }: ComparisonReport): Html | null {
  if (!routing) return null;
  const { gain, low, high, p, n, single } = routing;
  const verdict = gain > 0 && p < 0.05 ? "would gain" : "shows no gain:";
  return html`<p>A router that knows the kind ${verdict} ${signedPoints(gain)} points (95% interval ${signedPoints(low)} to ${signedPoints(high)}, p ${pValue(p)}) over ${single} alone. Its routes were chosen on one half of the questions and measured on the other, ${n} in all.</p>`;
}

function questionCount({ questions }: ComparisonReport, kind: string): string {
  const count = questions.byKind[kind];
  return count === undefined ? "" : counted(count, "question");
}

function heatCell(summary: ScoreSummary | undefined): Html {
  const known = knownSummary(summary);
  const missing = summary?.missing ?? 0;
  const gap = missing > 0 && html`<span class="coverage gap">${missing} missing</span>`;
  if (known === undefined) return html`${unknown}${gap}`;
  const { mean, low, high, n } = known;
  const shade = Math.round(Math.min(1, Math.max(0, mean)) * 100);
  return html`<span class="heat" style="--share:${shade}%">${points(mean)}<span class="coverage">${points(low)}–${points(high)}</span><span class="coverage">n ${n}</span>${gap}</span>`;
}
