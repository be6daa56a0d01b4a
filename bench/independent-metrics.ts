// Rank measures written from their definitions, apart from the product's: a second opinion on every published figure.

/** One entry of a ranking: the numbers of the gold items that it shows. */
export type ShownGold = readonly number[];

/** Gains with each gold item counted at its first appearance; entries that only repeat are taken out of the ranking. */
function firstAppearances(ranking: readonly ShownGold[]): readonly number[] {
  const known = new Set<number>();
  const gains: number[] = [];
  for (const shown of ranking) {
    const fresh = shown.filter((item) => !known.has(item));
    if (shown.length > 0 && fresh.length === 0) continue;
    for (const item of fresh) known.add(item);
    if (fresh.length === 0) gains.push(0);
    else for (const _ of fresh) gains.push(1);
  }
  return gains;
}

/** DCG = Σ gain / log2(rank + 1), over that of the best possible order. */
export function ndcg(ranking: readonly ShownGold[], goldCount: number, k: number): number {
  const gains = firstAppearances(ranking).slice(0, k);
  let got = 0;
  for (let rank = 1; rank <= gains.length; rank++) got += (gains[rank - 1] ?? 0) / Math.log2(rank + 1);
  let best = 0;
  for (let rank = 1; rank <= Math.min(goldCount, k); rank++) best += 1 / Math.log2(rank + 1);
  return best === 0 ? 0 : got / best;
}

export function recall(ranking: readonly ShownGold[], goldCount: number, k: number): number {
  const found = firstAppearances(ranking)
    .slice(0, k)
    .filter((gain) => gain > 0).length;
  return goldCount === 0 ? 0 : found / goldCount;
}

export function reciprocalRank(ranking: readonly ShownGold[], k: number): number {
  const first = firstAppearances(ranking)
    .slice(0, k)
    .findIndex((gain) => gain > 0);
  return first < 0 ? 0 : 1 / (first + 1);
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
