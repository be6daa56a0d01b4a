// What claims are held against, and how a figure is spelled with its interval. Knows no claim.
import type { ComparisonReport, ScoreSummary } from "../src/core/comparison.ts";

export type Measured = {
  readonly set: string;
  readonly report: ComparisonReport;
  /** Time that retrieval took within rag, ms. */
  readonly retrieveMs: { readonly p50: number; readonly p95: number; readonly n: number };
};

/** "71.2 (66.0–76.1, n 271)" for one approach and metric; null where it was not scored. */
export function scoreOf({ report }: Measured, approach: string, metric: string, kind?: string): string | null {
  const row = report.approaches.find(({ name }) => name === approach);
  if (row?.status !== "scored") return null;
  return spelled(kind === undefined ? row.scores[metric] : report.byKind[kind]?.[approach]?.[metric]);
}

export function spelled(summary: ScoreSummary | undefined): string | null {
  if (summary === undefined || summary.n === 0) return null;
  const points = (share: number) => (share * 100).toFixed(1);
  return `${points(summary.mean)} (${points(summary.low)}–${points(summary.high)}, n ${summary.n})`;
}

/** Why an approach was not run here, for a cell. */
export function notTested(measured: readonly Measured[], approach: string): string {
  const row = measured[0]?.report.approaches.find(({ name }) => name === approach);
  return row?.status === "not-run" ? `not tested: ${row.reason}` : "not tested";
}
