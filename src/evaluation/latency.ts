// How long answers took. Measured inside the process, one question's own time, whatever ran beside it.
import type { Answer } from "../core/answers.ts";

export type LatencySummary = {
  readonly latencyMs: { readonly p50: number; readonly p95: number };
  /** One at a time: 1,000 / mean latency in ms. */
  readonly throughputQps: number;
};

/** Of the answers that did not fail; of all where every one failed. Nearest-rank percentiles. NaN without answers. */
export function latencySummary(answers: readonly Answer[]): LatencySummary {
  const working = answers.filter(({ outcome }) => outcome !== "failed");
  const counted = working.length > 0 ? working : answers;
  const times = counted.map(({ ms }) => ms.total).sort((a, b) => a - b);
  if (times.length === 0) return { latencyMs: { p50: Number.NaN, p95: Number.NaN }, throughputQps: Number.NaN };
  const meanMs = times.reduce((sum, ms) => sum + ms, 0) / times.length;
  const nearestRank = (share: number) => times[Math.ceil(share * times.length) - 1]!;
  return {
    latencyMs: { p50: nearestRank(0.5), p95: nearestRank(0.95) },
    throughputQps: 1000 / Math.max(meanMs, 0.001),
  };
}
