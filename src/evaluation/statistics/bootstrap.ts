// Percentile bootstrap over clusters. One plan of resamples serves every metric and approach on the same questions.
import type { ClusteredScores } from "./clusters.ts";
import { normalShare, studentQuantile } from "./normal.ts";
import { seededRandom } from "./random.ts";

/** Row r says how often each cluster was drawn in resample r. */
export type ResamplePlan = {
  readonly resamples: number;
  readonly clusterCount: number;
  readonly multiplicities: Uint16Array;
};

export type Interval = { readonly mean: number; readonly low: number; readonly high: number; readonly n: number };

/** Draws `clusterCount` clusters with replacement, `resamples` times. */
export function resamplePlan(options: { clusterCount: number; resamples: number; seed: number }): ResamplePlan {
  const { clusterCount, resamples, seed } = options;
  const random = seededRandom(seed);
  const multiplicities = new Uint16Array(resamples * clusterCount);
  for (let row = 0; row < resamples; row += 1) {
    const offset = row * clusterCount;
    for (let draw = 0; draw < clusterCount; draw += 1) {
      const at = offset + random.below(clusterCount);
      multiplicities[at] = multiplicities[at]! + 1;
    }
  }
  return { resamples, clusterCount, multiplicities };
}

export type IntervalOptions = {
  /** Default 0.95. */
  readonly level?: number;
  /** What the mean can be at most and at least; default [0, 1]. Differences of scores: [-1, 1]. */
  readonly bounds?: readonly [number, number];
};

/**
 * Mean and expanded percentile interval of the ratio Σ sums / Σ counts over resampled clusters; low ≤ mean ≤ high always. Where no
 * two clusters differ resampling shows no spread: then the half-width is z² / (c + z²) for c clusters, which is Wilson's
 * for c of c, so that one question, or ten right of ten, never claims certainty. n = 0: all NaN.
 */
export function bootstrapInterval(
  scores: ClusteredScores,
  plan: ResamplePlan,
  options: IntervalOptions = {},
): Interval {
  const { level = 0.95, bounds = [0, 1] } = options;
  const { mean, n } = scores;
  if (n === 0) return { mean: Number.NaN, low: Number.NaN, high: Number.NaN, n };
  if (!hasSpread(scores)) {
    const half = unseenSpread(scores.filled);
    return {
      mean,
      low: Math.min(mean, Math.max(bounds[0], mean - half)),
      high: Math.max(mean, Math.min(bounds[1], mean + half)),
      n,
    };
  }
  const means = resampledMeans(scores, plan).sort();
  const tail = expandedTail(level, scores.filled);
  return { mean, low: Math.min(mean, quantile(means, tail)), high: Math.max(mean, quantile(means, 1 - tail)), n };
}

/**
 * The tail to cut at each end: Φ(−√(c/(c−1))·t) instead of (1 − level)/2, for resampling shows less spread than there is and
 * knows nothing of t. Source: Hesterberg, What Teachers Should Know About the Bootstrap, 2015 (expanded percentile).
 */
function expandedTail(level: number, clusterCount: number): number {
  const freedom = clusterCount - 1;
  const quantile = studentQuantile(1 - (1 - level) / 2, freedom);
  return normalShare(-Math.sqrt(clusterCount / freedom) * quantile);
}

/** How far a mean may be off although all `clusterCount` clusters agree (95%): z² / (c + z²). */
export function unseenSpread(clusterCount: number): number {
  const zSquared = 1.959964 ** 2;
  return zSquared / (clusterCount + zSquared);
}

function hasSpread({ sums, counts, mean }: ClusteredScores): boolean {
  return sums.some((sum, cluster) => Math.abs(sum - mean * counts[cluster]!) > 1e-12 * (1 + counts[cluster]!));
}

/** Resamples that drew no cluster with a score are left out. */
function resampledMeans(scores: ClusteredScores, plan: ResamplePlan): Float64Array {
  const filled = [...scores.counts.keys()].filter((cluster) => scores.counts[cluster]! > 0);
  return filled.length === plan.clusterCount && scores.n === filled.length
    ? meansOfSingles(scores.sums, plan)
    : meansOfRatios(scores, Int32Array.from(filled), plan);
}

/** One score per cluster: the denominator never changes. */
function meansOfSingles(sums: Float64Array, plan: ResamplePlan): Float64Array {
  const { clusterCount, multiplicities } = plan;
  const means = new Float64Array(plan.resamples);
  for (let row = 0, at = 0; row < plan.resamples; row += 1) {
    let total = 0;
    for (let cluster = 0; cluster < clusterCount; cluster += 1, at += 1) total += multiplicities[at]! * sums[cluster]!;
    means[row] = total / clusterCount;
  }
  return means;
}

function meansOfRatios(scores: ClusteredScores, filled: Int32Array, plan: ResamplePlan): Float64Array {
  const { clusterCount, multiplicities } = plan;
  const means = new Float64Array(plan.resamples);
  let kept = 0;
  for (let row = 0; row < plan.resamples; row += 1) {
    const offset = row * clusterCount;
    let total = 0;
    let weight = 0;
    for (let index = 0; index < filled.length; index += 1) {
      const cluster = filled[index]!;
      const times = multiplicities[offset + cluster]!;
      total += times * scores.sums[cluster]!;
      weight += times * scores.counts[cluster]!;
    }
    if (weight > 0) means[kept++] = total / weight;
  }
  return means.subarray(0, kept);
}

/** Linear interpolation between order statistics (type 7). `sorted` is ascending and not empty. */
function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (position - below);
}
