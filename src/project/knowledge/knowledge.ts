// The live index opened for questions: the embedded parts it was built with, its retriever, and the reader's ingredients.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { AssayError } from "../../core/errors.ts";
import type { Embedder } from "../../core/models.ts";
import type { ChunkIndex, Reranker, Retriever } from "../../core/retrieval.ts";
import { type LatestCopy, residentIndex } from "../../indexes/resident-index.ts";
import { hybridRetriever } from "../../retrieval/hybrid-retriever.ts";
import { mmrRetriever } from "../../retrieval/mmr-retriever.ts";
import { rerankedRetriever } from "../../retrieval/reranked-retriever.ts";
import type { ResolvedConfig } from "../config/config-schema.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { type EmbeddedParts, openEmbeddedParts } from "./embedded-parts.ts";
import { type LiveIndex, openGeneration, readLiveIndex, requireSameEmbedder } from "./index-generations.ts";

export type Knowledge = {
  readonly live: LiveIndex;
  readonly parts: EmbeddedParts;
  readonly embedder: Embedder;
  readonly reranker: Reranker | undefined;
  readonly index: ChunkIndex;
  /** As configured: hybrid, reranked, diversified. */
  readonly retriever: Retriever;
  /** BM25 alone: the yardstick. */
  readonly lexicalRetriever: Retriever;
  close(): Promise<void>;
};

export type KnowledgeOptions = {
  /**
   * For whoever searches often: reads an index of moderate size into memory first, some 50 ms per 1,000 chunks, and a search then
   * takes well under a millisecond instead of several.
   */
  readonly inMemory?: boolean;
};

/** Throws `AssayError`: `no-index` before the first ingest, `index-mismatch` with another embedder, `corrupt-state`. */
export async function openKnowledge(context: ProjectContext, options: KnowledgeOptions = {}): Promise<Knowledge> {
  const live = readLiveIndex(context.database);
  if (live === undefined) {
    throw new AssayError({
      code: "no-index",
      message: `${context.directory}: nothing has been ingested yet`,
      remedy: "run `assay ingest`",
    });
  }
  requireGeneration(context, live);
  const parts = await partsOf(context, live.embeddedParts);
  const embedder = await context.models.embedder(parts.embedder);
  requireSameEmbedder(live, embedder);
  const engine = await openGeneration(context.state, live.generation, embedder, parts.analyser);
  const index = options.inMemory
    ? await residentIndex(engine, { latest: latestCopyOf(context, live.generation) })
    : engine;
  const { retrieval } = context.config;
  const reranker = await context.models.reranker(parts);
  return {
    live,
    parts,
    embedder,
    reranker,
    index,
    retriever: wireRetriever(retrieval, { index, embedder, analyser: parts.analyser }, reranker),
    lexicalRetriever: hybridRetriever({
      index,
      embedder,
      analyser: parts.analyser,
      fusion: retrieval.fusion,
      depth: retrieval.depth,
      mode: "lexical",
    }),
    close: () => index.close(),
  };
}

type OpenedParts = { readonly key: string; readonly parts: Promise<EmbeddedParts> };

const openedParts = new WeakMap<ProjectContext, OpenedParts>();

/**
 * Frozen until the project is readapted, so a server that opens the index again after every ingest finds them open, and what
 * they remember of passages and words with them.
 */
function partsOf(context: ProjectContext, key: string): Promise<EmbeddedParts> {
  const known = openedParts.get(context);
  if (known?.key === key) return known.parts;
  const parts = openEmbeddedParts(context.artefactDirectory(key));
  openedParts.set(context, { key, parts });
  // What could not be read is tried again the next time.
  parts.catch(() => openedParts.delete(context));
  return parts;
}

type GenerationCopy = { readonly generation: string; readonly latest: LatestCopy };

const latestCopies = new WeakMap<ProjectContext, GenerationCopy>();

/** A server that opens the index again after every ingest reads only what the ingest changed. */
function latestCopyOf(context: ProjectContext, generation: string): LatestCopy {
  const known = latestCopies.get(context);
  if (known?.generation === generation) return known.latest;
  const latest: LatestCopy = {};
  latestCopies.set(context, { generation, latest });
  return latest;
}

/** Opening a generation that is gone would make an empty one, and every question would find nothing. */
function requireGeneration({ state }: ProjectContext, { generation }: LiveIndex): void {
  const directory = join(state.index, generation);
  if (existsSync(directory)) return;
  throw new AssayError({
    code: "corrupt-state",
    message: `${directory}: the index is gone`,
    remedy: "run `assay ingest`, which builds it anew",
  });
}

type SearchParts = {
  readonly index: ChunkIndex;
  readonly embedder: Embedder;
  readonly analyser: EmbeddedParts["analyser"];
};

function wireRetriever(
  retrieval: ResolvedConfig["retrieval"],
  parts: SearchParts,
  reranker: Reranker | undefined,
): Retriever {
  const { fusion, depth, mode, rerankDepth, mmr } = retrieval;
  const fused = hybridRetriever({ ...parts, fusion, depth, mode });
  const reranked = reranker ? rerankedRetriever({ retriever: fused, reranker, depth: rerankDepth }) : fused;
  return mmr ? mmrRetriever({ retriever: reranked, index: parts.index, ...mmr }) : reranked;
}
