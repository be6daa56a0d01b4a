// Picks the next token from logits: the most likely one, or one drawn at a temperature.
import type { Random } from "../../neural/random.ts";

export type Sampling = {
  /** 0 picks the most likely token. */
  readonly temperature: number;
  /** Draws among the most likely tokens that together reach this probability. Default 1: among all. */
  readonly topP?: number;
  readonly chance: Random;
};

/** Among tokens that `allowed` marks; all where it is absent. At least one must be. */
export function pickToken(logits: Float32Array, sampling: Sampling, allowed?: Uint8Array): number {
  const isAllowed = (id: number) => allowed === undefined || allowed[id] === 1;
  if (sampling.temperature <= 0) return mostLikely(logits, isAllowed);
  const candidates = Array.from(logits.keys())
    .filter(isAllowed)
    .sort((a, b) => logits[b]! - logits[a]!);
  const top = logits[candidates[0]!]!;
  const weights = candidates.map((id) => Math.exp((logits[id]! - top) / sampling.temperature));
  return draw(candidates, weights, sampling);
}

function mostLikely(logits: Float32Array, isAllowed: (id: number) => boolean): number {
  let best = -1;
  for (let id = 0; id < logits.length; id++) {
    if (isAllowed(id) && (best === -1 || logits[id]! > logits[best]!)) best = id;
  }
  return best;
}

/** `candidates` most likely first. */
function draw(candidates: readonly number[], weights: readonly number[], { topP = 1, chance }: Sampling): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let kept = 0;
  let mass = 0;
  while (kept < weights.length && (kept === 0 || mass < topP * total)) mass += weights[kept++]!;
  let point = chance.next() * mass;
  for (let at = 0; at < kept; at++) {
    point -= weights[at]!;
    if (point < 0) return candidates[at]!;
  }
  return candidates[kept - 1]!;
}
