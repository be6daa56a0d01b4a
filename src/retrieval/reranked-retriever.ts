// A retriever whose first hits are put in a better order by a reranker. Knows neither of them.
import { identityOf } from "../core/component.ts";
import type { Reranker, Retriever } from "../core/retrieval.ts";

export type RerankedRetrieverOptions = {
  readonly retriever: Retriever;
  readonly reranker: Reranker;
  /** Hits that the reranker sees; more where more are asked for. Default 20. */
  readonly depth?: number;
};

export function rerankedRetriever({ retriever, reranker, depth = 20 }: RerankedRetrieverOptions): Retriever {
  return {
    name: "reranked",
    version: "1",
    config: { retriever: identityOf(retriever), reranker: identityOf(reranker), depth },
    async retrieve(query, call) {
      const found = await retriever.retrieve({ ...query, topK: Math.max(depth, query.topK) }, call);
      const reranked = await reranker.rerank(query.text, found.hits, call);
      return { hits: reranked.hits.slice(0, query.topK), usage: [...found.usage, ...reranked.usage] };
    },
  };
}
