// One score per candidate from the scores of its legs. Pure; knows nothing of texts, indexes or models.
import type { Leg } from "../core/retrieval.ts";

export type Fusion =
  /** `denseWeight` from 0 (terms only) to 1 (vectors only). */
  { readonly method: "z-score"; readonly denseWeight: number } | { readonly method: "rrf" };

/** Where a candidate stood in each leg; absent where the leg did not find it. */
export type CandidateLegs = { readonly dense?: Leg; readonly lexical?: Leg };

/** Fused scores of the candidates, in their order; higher is better and only comparable within this list. */
export function fusedScores(candidates: readonly CandidateLegs[], fusion: Fusion): readonly number[] {
  if (fusion.method === "z-score") return weightedZScores(candidates, fusion.denseWeight);
  return reciprocalRanks(candidates.map(({ dense, lexical }) => [dense, lexical]));
}

/**
 * `(1 − w)·z(lexical) + w·z(dense)`, where `z(x) = (x − mean) / (sd + 1e-6)` over all candidates and a candidate that a
 * leg did not find takes that leg's lowest score. A leg that found nothing adds nothing.
 */
function weightedZScores(candidates: readonly CandidateLegs[], denseWeight: number): readonly number[] {
  const dense = zScores(candidates.map((legs) => legs.dense?.score));
  const lexical = zScores(candidates.map((legs) => legs.lexical?.score));
  return candidates.map((_, i) => (1 - denseWeight) * (lexical[i] as number) + denseWeight * (dense[i] as number));
}

function zScores(scores: readonly (number | undefined)[]): readonly number[] {
  const known = scores.filter((score) => score !== undefined);
  if (known.length === 0) return scores.map(() => 0);
  const lowest = known.reduce((low, score) => Math.min(low, score));
  const filled = scores.map((score) => score ?? lowest);
  const mean = average(filled);
  const deviation = Math.sqrt(average(filled.map((score) => (score - mean) ** 2)));
  return filled.map((score) => (score - mean) / (deviation + 1e-6));
}

const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Damps the lead of the first ranks (Cormack, Clarke and Büttcher 2009). */
const rankDamping = 60;

/** `Σ 1 / (60 + rank)` over the legs that found the candidate. */
export function reciprocalRanks(candidates: readonly (readonly (Leg | undefined)[])[]): readonly number[] {
  return candidates.map((legs) => legs.reduce((sum, leg) => sum + (leg ? 1 / (rankDamping + leg.rank) : 0), 0));
}
