// Puts scored chunks in order and writes the stage's rank and score into their legs. Knows nothing of how scores arise.
import type { Chunk } from "../core/documents.ts";
import type { Hit, Leg } from "../core/retrieval.ts";

export type ScoredChunk = {
  readonly chunk: Chunk;
  readonly score: number;
  readonly legs: Readonly<Record<string, Leg>>;
};

/** Best first; equal scores by chunk id, so that the same input gives the same list. */
export function rankedHits(scored: readonly ScoredChunk[], stage: string): readonly Hit[] {
  return scored
    .toSorted((a, b) => b.score - a.score || (a.chunk.id < b.chunk.id ? -1 : 1))
    .map(({ chunk, score, legs }, index) => ({ chunk, score, legs: { ...legs, [stage]: { rank: index + 1, score } } }));
}
