// Paired permutation test: would the difference look as large if each cluster's sign were a coin flip?
import { seededRandom } from "./random.ts";

/** Exact below this many clusters that differ: 2^13 sign patterns are fewer than the default of 10,000 draws. */
const exactUpTo = 13;

/** Row r holds +1 or −1 for every cluster. */
export type SignPlan = { readonly resamples: number; readonly clusterCount: number; readonly signs: Int8Array };

export function signPlan(options: { clusterCount: number; resamples: number; seed: number }): SignPlan {
  const { clusterCount, resamples, seed } = options;
  const random = seededRandom(seed);
  const signs = new Int8Array(resamples * clusterCount);
  for (let start = 0; start < signs.length; start += 32) {
    const bits = random.bits();
    const end = Math.min(start + 32, signs.length);
    for (let at = start; at < end; at += 1) signs[at] = (bits >>> (at - start)) & 1 ? 1 : -1;
  }
  return { resamples, clusterCount, signs };
}

/**
 * Two-sided p for the hypothesis that signs of the clusters' summed differences are exchangeable. Exact where at most 13
 * clusters differ; else (1 + hits) / (1 + resamples), which is never 0. No difference anywhere: 1.
 */
export function signFlipTest(clusterSums: Float64Array, plan: SignPlan): number {
  const differing = clusterSums.filter((sum) => sum !== 0);
  if (differing.length === 0) return 1;
  const observed = Math.abs(clusterSums.reduce((total, sum) => total + sum, 0));
  const threshold = observed - 1e-9 * (1 + observed);
  if (differing.length <= exactUpTo) return exactShare(differing, threshold);
  const { clusterCount, signs } = plan;
  let hits = 0;
  for (let row = 0, at = 0; row < plan.resamples; row += 1) {
    let total = 0;
    for (let cluster = 0; cluster < clusterCount; cluster += 1, at += 1) total += signs[at]! * clusterSums[cluster]!;
    if (Math.abs(total) >= threshold) hits += 1;
  }
  return (1 + hits) / (1 + plan.resamples);
}

/** Share of all sign patterns whose absolute sum reaches the threshold. */
function exactShare(sums: Float64Array, threshold: number): number {
  const patterns = 2 ** sums.length;
  let hits = 0;
  for (let pattern = 0; pattern < patterns; pattern += 1) {
    const total = sums.reduce((sum, value, bit) => sum + ((pattern >>> bit) & 1 ? value : -value), 0);
    if (Math.abs(total) >= threshold) hits += 1;
  }
  return hits / patterns;
}
