// Rank measures as pure functions over the grades of a ranking. They know neither passages nor questions.

/** Share of the relevant items that stand in the first `k`: |relevant ∩ top k| / |relevant|. Source: trec_eval `recall`. */
export function recallAt(gains: readonly number[], relevantCount: number, k: number): number {
  return gains.slice(0, k).filter((gain) => gain > 0).length / relevantCount;
}

/** |relevant ∩ top k| / k; ranks that the list does not reach count as misses. Source: trec_eval `P`. */
export function precisionAt(gains: readonly number[], k: number): number {
  return gains.slice(0, k).filter((gain) => gain > 0).length / k;
}

/** Mean over everything relevant of the precision at its rank, 0 where it was not found. Source: trec_eval `map`. */
export function averagePrecision(gains: readonly number[], relevantCount: number): number {
  let found = 0;
  let sum = 0;
  for (const [index, gain] of gains.entries()) {
    if (gain <= 0) continue;
    found += 1;
    sum += found / (index + 1);
  }
  return sum / relevantCount;
}

/** 1 / rank of the first relevant item, 0 if none stands in the first `k`. Source: trec_eval `recip_rank`, cut at k. */
export function reciprocalRankAt(gains: readonly number[], k: number): number {
  const first = gains.slice(0, k).findIndex((gain) => gain > 0);
  return first < 0 ? 0 : 1 / (first + 1);
}

/**
 * DCG@k / DCG@k of the ideal order, with DCG = Σ gain_i / log₂(i + 1) over ranks i from 1 (linear gain). `grades` are the
 * positive grades of everything relevant, in any order. Source: trec_eval `ndcg_cut`.
 */
export function ndcgAt(gains: readonly number[], grades: readonly number[], k: number): number {
  const ideal = grades.toSorted((a, b) => b - a);
  return discountedGain(gains, k) / discountedGain(ideal, k);
}

function discountedGain(gains: readonly number[], k: number): number {
  return gains.slice(0, k).reduce((sum, gain, index) => sum + Math.max(gain, 0) / Math.log2(index + 2), 0);
}
