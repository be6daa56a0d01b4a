// Searches by terms, by vectors or by both and fuses the legs. Knows nothing of how texts become terms or vectors.
import { type CallOptions, type Component, identityOf } from "../core/component.ts";
import type { Embedder, Usage } from "../core/models.ts";
import type { ChunkIndex, Hit, IndexHit, RetrievalQuery, Retriever } from "../core/retrieval.ts";
import { type Fusion, fusedScores } from "./fusion.ts";
import { rankedHits } from "./ranking.ts";

/** Must be the analyser whose terms the index holds. */
export type QueryAnalyser = Component & { queryTerms(text: string): readonly string[] };

export type HybridRetrieverOptions = {
  readonly index: ChunkIndex;
  /** Must be the embedder whose vectors the index holds. */
  readonly embedder: Embedder;
  readonly analyser: QueryAnalyser;
  readonly fusion: Fusion;
  /** Candidates per leg, before fusion. Default 100. */
  readonly depth?: number;
  /** Default `hybrid`. With one leg, its order stays as it is. */
  readonly mode?: "hybrid" | "dense" | "lexical";
};

export function hybridRetriever(options: HybridRetrieverOptions): Retriever {
  const { index, embedder, analyser, fusion, depth = 100, mode = "hybrid" } = options;
  return {
    name: "hybrid",
    version: "1",
    config: {
      index: identityOf(index),
      embedder: identityOf(embedder),
      analyser: identityOf(analyser),
      fusion,
      depth,
      mode,
    },
    async retrieve(query, call) {
      // Asking for more than the depth means asking for deeper legs.
      const found = await searchIndex(options, { ...query, depth: Math.max(depth, query.topK) }, call);
      return { hits: fusedHits(found.hits, fusion).slice(0, query.topK), usage: found.usage };
    },
  };
}

/** The candidates of both legs, unfused, each leg `depth` deep. */
export async function searchIndex(
  { index, embedder, analyser, mode = "hybrid" }: HybridRetrieverOptions,
  { text, groups, filter, depth }: Omit<RetrievalQuery, "topK"> & { readonly depth: number },
  call?: CallOptions,
): Promise<{ readonly hits: readonly IndexHit[]; readonly usage: readonly Usage[] }> {
  const embedded = mode === "lexical" ? undefined : await embedder.embed({ values: [text], role: "query" }, call);
  const vector = embedded?.vectors[0];
  const query = {
    depth,
    ...(vector && { vector }),
    ...(mode !== "dense" && { terms: analyser.queryTerms(text) }),
    ...(groups && { groups }),
    ...(filter && { filter }),
  };
  return { hits: await index.search(query, call), usage: embedded?.usage ?? [] };
}

/** Best first, with rank and score of the fusion as leg `fused`. */
export function fusedHits(hits: readonly IndexHit[], fusion: Fusion): readonly Hit[] {
  const scores = fusedScores(
    hits.map(({ legs }) => legs),
    fusion,
  );
  return rankedHits(
    hits.map(({ chunk, legs }, i) => ({ chunk, legs, score: scores[i] as number })),
    "fused",
  );
}
