// Brings the index in line with the stored documents: chunks, analyses and embeds what differs, drops what is gone.
import { identityOf } from "../../core/component.ts";
import type { Chunk, Chunker } from "../../core/documents.ts";
import { hashOf } from "../../core/hash.ts";
import type { Embedder } from "../../core/models.ts";
import type { Progress } from "../../core/progress.ts";
import type { ChunkIndex, DocumentRevision } from "../../core/retrieval.ts";
import type { Analyser } from "../../text/analyser.ts";
import { contextualText } from "../../text/contextual-text.ts";
import type { DocumentStore, StoredSummary } from "../state/document-store.ts";

export type IndexParts = {
  readonly index: ChunkIndex;
  readonly chunker: Chunker;
  readonly analyser: Analyser;
  readonly embedder: Embedder;
};

export type IndexSync = { readonly changedDocuments: number; readonly corpusHash: string };

/** Large enough that the scan of an atomic replace is paid seldom, small enough to bound memory. */
const chunksPerCommit = 8_000;

/** Replays safely: documents whose revision the index already holds are left alone. */
export async function syncIndex(store: DocumentStore, parts: IndexParts, progress: Progress): Promise<IndexSync> {
  const wanted = wantedRevisions(store.summaries(), parts.chunker);
  const held = await parts.index.revisions();
  const gone = [...held.keys()].filter((id) => !wanted.has(id));
  const stale = [...wanted].filter(([id, revision]) => held.get(id) !== revision);
  if (gone.length > 0) await parts.index.deleteDocuments(gone);
  await indexDocuments(store, parts, stale, progress);
  // Rows that no index covers are left by a kill between writing and maintaining; they would distort BM25 until mended.
  const { unindexedRows } = await parts.index.stats();
  if (gone.length + stale.length + unindexedRows > 0) await maintain(parts.index, progress);
  return { changedDocuments: gone.length + stale.length, corpusHash: hashOf([...wanted].flat()) };
}

/** Document id to the revision that the index should hold, in id order. */
export function wantedRevisions(summaries: readonly StoredSummary[], chunker: Chunker): ReadonlyMap<string, string> {
  const chunking = identityOf(chunker);
  return new Map(summaries.map(({ id, revision }) => [id, hashOf([revision, chunking])]));
}

async function indexDocuments(
  store: DocumentStore,
  parts: IndexParts,
  stale: readonly (readonly [string, string])[],
  progress: Progress,
): Promise<void> {
  const stage = progress.start("Indexing documents", stale.length);
  let batch: { documentId: string; revision: string; chunks: readonly Chunk[] }[] = [];
  let size = 0;
  let writing: Promise<void> = Promise.resolve();
  const flush = async () => {
    if (batch.length === 0) return;
    const revisions = await embedDocuments(parts, batch);
    const count = batch.length;
    // The engine writes on its own threads: the next batch is embedded meanwhile.
    await writing;
    writing = parts.index.replaceDocuments(revisions).then(() => stage.advance(count));
    batch = [];
    size = 0;
  };
  for (const [documentId, revision] of stale) {
    const document = store.get(documentId);
    if (document === undefined) continue;
    const chunks = parts.chunker.chunk(document);
    batch.push({ documentId, revision, chunks });
    size += chunks.length;
    if (size >= chunksPerCommit) await flush();
  }
  await flush();
  await writing;
  stage.end();
}

async function embedDocuments(
  parts: IndexParts,
  documents: readonly { documentId: string; revision: string; chunks: readonly Chunk[] }[],
): Promise<readonly DocumentRevision[]> {
  const texts = documents.flatMap(({ chunks }) => chunks.map(contextualText));
  const { vectors } = await parts.embedder.embed({ values: texts, role: "passage" });
  let next = 0;
  return documents.map(({ documentId, revision, chunks }) => ({
    documentId,
    revision,
    chunks: chunks.map((chunk) => {
      const text = texts[next] as string;
      const vector = vectors[next] as Float32Array;
      next += 1;
      return { chunk, vector, terms: parts.analyser.terms(text).join(" ") };
    }),
  }));
}

async function maintain(index: ChunkIndex, progress: Progress): Promise<void> {
  const stage = progress.start("Optimising the index");
  await index.maintain();
  stage.end();
}
