// Every approach against every other, question by question: difference, interval and corrected test.
import type { ComparedPair } from "../core/comparison.ts";
import { valuesOf } from "./aggregate.ts";
import type { Resampling } from "./resampling.ts";
import type { ScoredAnswer } from "./score-answers.ts";
import { bootstrapInterval, unseenSpread } from "./statistics/bootstrap.ts";
import { type ClusteredScores, clusterScores } from "./statistics/clusters.ts";
import { holmAdjust } from "./statistics/holm.ts";
import { mcnemarExact } from "./statistics/mcnemar.ts";
import { signFlipTest } from "./statistics/permutation.ts";
import { detectableMeanDifference } from "./statistics/power.ts";

export type ApproachScores = { readonly name: string; readonly rows: readonly ScoredAnswer[] };

/** Metrics whose pairs are tested: the headline, and what people ask about next. */
export const pairedMetrics: readonly string[] = ["quality", "f1", "ndcg@10"];

/**
 * All pairs of approaches on each metric, Holm-adjusted over the pairs of that metric. Rows follow the order of the
 * resampling's questions. A pair without a question that both were scored on is left out, as nothing is known of it.
 */
export function comparePairs(
  approaches: readonly ApproachScores[],
  resampling: Resampling,
  metrics: readonly string[] = pairedMetrics,
): readonly ComparedPair[] {
  return metrics.flatMap((metric) => {
    const pairs = pairsOf(approaches).flatMap(([a, b]) => comparePair(a, b, metric, resampling));
    const adjusted = holmAdjust(pairs.map(({ p }) => p));
    return pairs.map((pair, index) => ({ ...pair, pAdjusted: adjusted[index]! }));
  });
}

function pairsOf<T>(items: readonly T[]): readonly (readonly [T, T])[] {
  return items.flatMap((a, index) => items.slice(index + 1).map((b) => [a, b] as const));
}

function comparePair(
  a: ApproachScores,
  b: ApproachScores,
  metric: string,
  resampling: Resampling,
): readonly Omit<ComparedPair, "pAdjusted">[] {
  const differences = clusteredDifferences(a, b, metric, resampling);
  if (differences.n === 0) return [];
  const { mean, low, high } = bootstrapInterval(differences, resampling.bootstrap, { bounds: [-1, 1] });
  const p = signFlipTest(differences.sums, resampling.signs);
  const discordant = discordantPairs(a, b, metric, resampling);
  return [{ a: a.name, b: b.name, metric, difference: mean, low, high, p, ...(discordant ? { discordant } : {}) }];
}

/** Questions that only one of the two got right, where both are right or wrong on every one. */
function discordantPairs(
  a: ApproachScores,
  b: ApproachScores,
  metric: string,
  { clusters }: Resampling,
): ComparedPair["discordant"] {
  const [left, right] = [valuesOf(a.rows, metric), valuesOf(b.rows, metric)];
  const rows = [...left.keys()].filter((row) => left[row] !== null && right[row] !== null);
  const isBinary = (value: number | null | undefined) => value === 0 || value === 1;
  if (!rows.every((row) => isBinary(left[row]) && isBinary(right[row]))) return undefined;
  const onlyA = rows.filter((row) => left[row]! > right[row]!).length;
  const onlyB = rows.filter((row) => left[row]! < right[row]!).length;
  const isClustered = new Set(rows.map((row) => clusters.indexOf[row])).size < rows.length;
  return { onlyA, onlyB, p: isClustered ? null : mcnemarExact(onlyA, onlyB) };
}

function clusteredDifferences(
  a: ApproachScores,
  b: ApproachScores,
  metric: string,
  resampling: Resampling,
): ClusteredScores {
  const [left, right] = [valuesOf(a.rows, metric), valuesOf(b.rows, metric)];
  const differences = left.map((value, index) => {
    const other = right[index] ?? null;
    return value === null || other === null ? null : value - other;
  });
  return clusterScores(differences, resampling.clusters);
}

/**
 * The true difference that this comparison would show with 80% power in its noisiest pair, at the error rate that Holm
 * leaves the first of `pairCount` pairs. Null where no pair has two clusters to compare. Give the candidates alone as
 * `approaches`: yardsticks far from them would only blur the figure.
 */
export function smallestDetectableDifference(
  approaches: readonly ApproachScores[],
  resampling: Resampling,
  options: { readonly metric?: string; readonly pairCount?: number } = {},
): number | null {
  const { metric = "quality" } = options;
  const pairs = pairsOf(approaches);
  const pairCount = Math.max(1, options.pairCount ?? pairs.length);
  const differences = pairs
    .map(([a, b]) => clusteredDifferences(a, b, metric, resampling))
    .filter(({ filled }) => filled > 1)
    .map((scores) => detectableIn(scores, 0.05 / pairCount));
  return differences.length === 0 ? null : Math.min(1, Math.max(...differences));
}

/** Cluster-robust standard error √(c/(c−1) · Σ(S_c − n_c·d̄)²) / n; two approaches that never differed may still do so unseen. */
function detectableIn({ sums, counts, mean, n, filled }: ClusteredScores, alpha: number): number {
  const squares = sums.reduce((total, sum, cluster) => total + (sum - counts[cluster]! * mean) ** 2, 0);
  const standardError = Math.sqrt((filled / (filled - 1)) * squares) / n;
  return Math.max(unseenSpread(filled), detectableMeanDifference(standardError, { alpha }));
}
