// Whether confidence tells right from wrong: the risk–coverage curve of each approach, and the figures that it draws.
import type { ComparisonReport, RiskCoverageRow } from "../../core/comparison.ts";
import { type RiskCurve, riskCoverageChart } from "../charts/risk-coverage.ts";
import { points } from "../figures.ts";
import { type Html, html } from "../html-template.ts";
import { fold, numberColumn, table, textColumn } from "./table.ts";

const shares = [0.1, 0.25, 0.5, 0.75, 1];

/** Null where no approach says how sure it is. */
export function riskCoverageSection({ riskCoverage = [], approaches, recommendation }: ComparisonReport): Html | null {
  const curves = riskCoverage.map(({ name, points }): RiskCurve => {
    const isYardstick = approaches.some((one) => one.name === name && one.yardstick);
    const role = name === recommendation.approach ? "recommended" : isYardstick ? "yardstick" : "approach";
    return { name, role, points };
  });
  const wide = riskCoverageChart(curves, "wide");
  if (wide === null) return null;
  const title = "Wrong of 100, by answers given of 100";
  const columns = [
    textColumn("approach"),
    ...shares.map((share) => numberColumn(String(share * 100))),
    numberColumn("n"),
  ];
  const rows = riskCoverage.map((row) => ({
    header: html`<span class="name">${row.name}</span>`,
    cells: [...shares.map((share) => points(riskAt(row, share))), row.n],
  }));
  return html`<section id="risk" aria-labelledby="risk-title">
<h2 id="risk-title">Sure and right</h2>
<p class="note">If only the surest answers were given: how many of them would be wrong. A line that rises to the right has confidences that a threshold can use; a flat one has not. Declined answers, and approaches that name no confidence, are not drawn.</p>
<figure><figcaption>${title}</figcaption><div class="wide">${wide}</div><div class="narrow">${riskCoverageChart(curves, "narrow")}</div>${fold("The figures of this chart", table(title, columns, [{ rows }]))}</figure>
</section>`;
}

/** At the highest confidence that gives at least this share. */
function riskAt({ points }: RiskCoverageRow, share: number): number | undefined {
  return points.find(({ coverage }) => coverage >= share - 1e-9)?.risk;
}
