// Maximal marginal relevance: picks what is relevant and unlike what was already picked. Pure; knows nothing of texts.

export type MmrCandidate = { readonly relevance: number; readonly vector: Float32Array };

export type MmrOptions = {
  readonly topK: number;
  /** From 0 (diversity only, after the first pick) to 1 (relevance order). */
  readonly lambda: number;
};

export type MmrPick = {
  /** Position in the list of candidates. */
  readonly candidate: number;
  /** `lambda · relevance − (1 − lambda) · greatest cosine to an earlier pick` at the moment of the pick. */
  readonly score: number;
};

/**
 * Carbonell and Goldstein (1998). Relevance is scaled to 0…1 over the candidates, cosines are as they are; the first pick
 * is the most relevant. Equal scores keep the order of the candidates.
 */
export function maximalMarginalRelevance(
  candidates: readonly MmrCandidate[],
  { topK, lambda }: MmrOptions,
): readonly MmrPick[] {
  const relevance = scaledToUnit(candidates.map((candidate) => candidate.relevance));
  const nearest: number[] = candidates.map(() => 0);
  const open = new Set(candidates.keys());
  const picks: MmrPick[] = [];
  while (picks.length < topK && open.size > 0) {
    const score = (i: number): number => {
      if (picks.length === 0) return relevance[i] as number;
      return lambda * (relevance[i] as number) - (1 - lambda) * (nearest[i] as number);
    };
    const best = [...open].reduce((leader, i) => (score(i) > score(leader) ? i : leader));
    picks.push({ candidate: best, score: score(best) });
    open.delete(best);
    const chosen = (candidates[best] as MmrCandidate).vector;
    for (const i of open) {
      const similarity = cosine((candidates[i] as MmrCandidate).vector, chosen);
      nearest[i] = picks.length === 1 ? similarity : Math.max(nearest[i] as number, similarity);
    }
  }
  return picks;
}

function scaledToUnit(values: readonly number[]): readonly number[] {
  const low = Math.min(...values);
  const range = Math.max(...values) - low;
  return values.map((value) => (range > 0 ? (value - low) / range : 1));
}

/** 0 where either vector is zero. */
function cosine(a: Float32Array, b: Float32Array): number {
  let product = 0;
  let squaresA = 0;
  let squaresB = 0;
  for (let i = 0; i < a.length; i += 1) {
    const [x, y] = [a[i] as number, b[i] as number];
    product += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  return squaresA > 0 && squaresB > 0 ? product / Math.sqrt(squaresA * squaresB) : 0;
}
