// A retriever that gives up near-duplicates of what it already returns. The vectors come from the index, so that
// diversity costs no model call; knows nothing of the retriever it wraps.
import { identityOf } from "../core/component.ts";
import type { ChunkIndex, Hit, Retriever } from "../core/retrieval.ts";
import { maximalMarginalRelevance } from "./mmr.ts";

export type MmrRetrieverOptions = {
  readonly retriever: Retriever;
  /** The index that the retriever searches. */
  readonly index: ChunkIndex;
  /** Hits to choose from; more where more are asked for. Default 20. */
  readonly fetchK?: number;
  /** From 0 (diversity) to 1 (the retriever's own order). Default 0.5. */
  readonly lambda?: number;
};

export function mmrRetriever({ retriever, index, fetchK = 20, lambda = 0.5 }: MmrRetrieverOptions): Retriever {
  return {
    name: "mmr",
    version: "1",
    config: { retriever: identityOf(retriever), fetchK, lambda },
    async retrieve(query, call) {
      const { hits, usage } = await retriever.retrieve({ ...query, topK: Math.max(fetchK, query.topK) }, call);
      return { hits: await diversified(hits, index, { topK: query.topK, lambda }), usage };
    },
  };
}

/** `topK` of `hits` in the order of their picking, with the marginal relevance of each as leg `mmr`. */
export async function diversified(
  hits: readonly Hit[],
  index: ChunkIndex,
  options: { readonly topK: number; readonly lambda: number },
): Promise<readonly Hit[]> {
  const vectors = await index.vectors(hits.map(({ chunk }) => chunk.id));
  const candidates = hits.map(({ chunk, score }) => ({
    relevance: score,
    vector: vectors.get(chunk.id) ?? new Float32Array(0),
  }));
  return maximalMarginalRelevance(candidates, options).map(({ candidate, score }, place) => {
    const { chunk, legs } = hits[candidate] as Hit;
    return { chunk, score, legs: { ...legs, mmr: { rank: place + 1, score } } };
  });
}
