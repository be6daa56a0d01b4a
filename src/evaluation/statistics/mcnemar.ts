// McNemar's exact test for two approaches that are each right or wrong on the same questions.

/**
 * Two-sided exact p from the discordant pairs alone: `onlyA` questions that only a got right, `onlyB` only b.
 * p = min(1, 2·P(X ≤ min)) with X ~ Binomial(onlyA + onlyB, ½). No discordant pair: 1.
 */
export function mcnemarExact(onlyA: number, onlyB: number): number {
  const n = onlyA + onlyB;
  const least = Math.min(onlyA, onlyB);
  let logTerm = -n * Math.LN2;
  let tail = Math.exp(logTerm);
  for (let k = 1; k <= least; k += 1) {
    logTerm += Math.log((n - k + 1) / k);
    tail += Math.exp(logTerm);
  }
  return Math.min(1, 2 * tail);
}
