// The index behind retrieval, and the retrievers that fuse, diversify and rerank over it.
import type { CallOptions, Component } from "./component.ts";
import type { Chunk } from "./documents.ts";
import type { Usage } from "./usage.ts";

/** One way of ranking. `rank` counts from 1; a higher `score` is better; scores compare within one query only. */
export type Leg = { readonly rank: number; readonly score: number };

export type IndexHit = { readonly chunk: Chunk; readonly legs: { readonly dense?: Leg; readonly lexical?: Leg } };

/**
 * Metadata equality: every key must match; an array means any of its values, in the filter as in the metadata. Values
 * compare as text, so `2024` finds `"2024"`; nested objects match nothing.
 */
export type Filter = Readonly<Record<string, string | number | boolean | readonly (string | number | boolean)[]>>;

/**
 * Who asks. `groups` absent: the operator, who sees everything. Present, even empty: only documents without groups or
 * with at least one of these.
 */
export type Access = { readonly groups?: readonly string[] };

export type IndexSearch = Access & {
  /** At least one of `vector` and `terms` is given; each given one is a leg. */
  readonly vector?: Float32Array;
  /** Analysed query terms (stemmed, stop words removed), joined with OR. A repeated term counts once. */
  readonly terms?: readonly string[];
  /** Candidates per leg, before fusion. */
  readonly depth: number;
  readonly filter?: Filter;
};

/** A chunk ready to store. `terms` is the analysed text of heading path and chunk, blank-separated. */
export type IndexedChunk = { readonly chunk: Chunk; readonly vector: Float32Array; readonly terms: string };

/**
 * All chunks of one document in one state. `revision` names that state: under the same name a document always has the same
 * chunks, labels and metadata included, with the same vectors and terms.
 */
export type DocumentRevision = {
  readonly documentId: string;
  readonly revision: string;
  readonly chunks: readonly IndexedChunk[];
};

export type IndexStats = {
  readonly chunks: number;
  readonly documents: number;
  /** Rows that searches still scan because no index covers them yet. */
  readonly unindexedRows: number;
  readonly bytes: number;
};

/** Stores chunks with vectors and terms. One writer at a time; readers at any time. `testing/index-contract.ts` is its suite. */
export type ChunkIndex = Component & {
  /** Atomic per call: a search sees all of the old or all of the new. Repeating it changes nothing. */
  replaceDocuments(revisions: readonly DocumentRevision[]): Promise<void>;
  deleteDocuments(documentIds: readonly string[]): Promise<void>;
  /** The union of the legs' first `depth` hits, best first by neither leg: order is for the fusion to decide. */
  search(query: IndexSearch, call?: CallOptions): Promise<readonly IndexHit[]>;
  /** Everything, in document order (documentId, ordinal). */
  scan(): AsyncIterable<readonly Chunk[]>;
  /** The stored vectors of these chunks; those that the index does not hold are left out. */
  vectors(chunkIds: readonly string[]): Promise<ReadonlyMap<string, Float32Array>>;
  /** Documents present (those with at least one chunk), with their revision. */
  revisions(): Promise<ReadonlyMap<string, string>>;
  /**
   * Builds or refreshes vector and text indexes, compacts, drops old versions. Explicit: never inside a search. Before it,
   * searches find every write but may be slow, and their lexical scores may rest on stale statistics. Call it after
   * writing, and whenever `stats` reports unindexed rows.
   */
  maintain(call?: CallOptions): Promise<void>;
  stats(): Promise<IndexStats>;
  close(): Promise<void>;
};

/** What a reader has of an earlier state: chunk id to its document's revision. */
export type HeldRevisions = ReadonlyMap<string, string>;

/** One row of a copy. `content` is absent where the reader has this chunk in this revision. */
export type CopiedRow = { readonly id: string; readonly revision: string; readonly content?: IndexedChunk };

/** One state of an index, whole. */
export type IndexCopy = {
  readonly state: string;
  readonly chunks: number;
  readonly dimensions: number;
  /** Every chunk once, in the order in which equal scores rank. */
  readonly rows: AsyncIterable<Iterable<CopiedRow>>;
};

/** An index that can be read into memory by whoever searches it often. */
export type CopyableIndex = ChunkIndex & {
  /** Names the newest state: another one after every commit of any process. Asked before every search, so it must be cheap. */
  state(): string;
  /** Reads in full only what is not among `held`. */
  copy(held: HeldRevisions): Promise<IndexCopy>;
};

/** A ranked chunk. `legs` keeps rank and score of every stage it passed (`dense`, `lexical`, `fused`, `reranked`, `mmr`). */
export type Hit = { readonly chunk: Chunk; readonly score: number; readonly legs: Readonly<Record<string, Leg>> };

export type RetrievalQuery = Access & { readonly text: string; readonly topK: number; readonly filter?: Filter };

export type Retrieval = {
  readonly hits: readonly Hit[];
  readonly usage: readonly Usage[];
  /** What the reader of an answer should know of its search, e.g. that the question was rewritten. */
  readonly notes?: readonly string[];
};

export type Retriever = Component & {
  /** Best first, at most `topK`. */
  retrieve(query: RetrievalQuery, call?: CallOptions): Promise<Retrieval>;
};

/** Reorders candidates; keeps every hit it was given and adds its own leg. */
export type Reranker = Component & {
  rerank(query: string, hits: readonly Hit[], call?: CallOptions): Promise<Retrieval>;
};
