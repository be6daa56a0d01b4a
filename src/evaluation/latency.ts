// How long answers took. Measured inside the process, one question's own time, whatever ran beside it.
import type { Answer } from "../core/answers.ts";

type Percentiles = { readonly p50: number; readonly p95: number };

export type LatencySummary = {
  readonly latencyMs: Percentiles;
  readonly stageMs: { readonly retrieve: Percentiles; readonly generate: Percentiles };
  /** One at a time: 1,000 / mean latency in ms. */
  readonly throughputQps: number;
  /** Null where a model reports no count. */
  readonly tokensPerQuery: { readonly input: number; readonly output: number } | null;
};

/** Of the answers that did not fail; of all where every one failed. Nearest-rank percentiles. NaN without answers. */
export function latencySummary(answers: readonly Answer[]): LatencySummary {
  const working = answers.filter(({ outcome }) => outcome !== "failed");
  const counted = working.length > 0 ? working : answers;
  const of = (stage: keyof Answer["ms"]) => percentiles(counted.map(({ ms }) => ms[stage]));
  const meanMs = counted.reduce((sum, { ms }) => sum + ms.total, 0) / counted.length;
  return {
    latencyMs: of("total"),
    stageMs: { retrieve: of("retrieve"), generate: of("generate") },
    throughputQps: 1000 / Math.max(meanMs, 0.001),
    tokensPerQuery: tokensPerQuery(counted),
  };
}

function percentiles(times: readonly number[]): Percentiles {
  const sorted = times.toSorted((a, b) => a - b);
  const nearestRank = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
  return { p50: nearestRank(0.5), p95: nearestRank(0.95) };
}

function tokensPerQuery(answers: readonly Answer[]): LatencySummary["tokensPerQuery"] {
  const calls = answers.flatMap(({ usage }) => usage);
  if (answers.length === 0 || calls.some(({ tokensUnknown }) => tokensUnknown)) return null;
  const mean = (of: (call: (typeof calls)[number]) => number) =>
    calls.reduce((sum, call) => sum + of(call), 0) / answers.length;
  return { input: mean(({ inputTokens }) => inputTokens), output: mean(({ outputTokens }) => outputTokens) };
}
