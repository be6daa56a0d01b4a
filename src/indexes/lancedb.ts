// The default index: one LanceDB folder with vectors and BM25 full text. Knows nothing of fusion, embedding or analysis:
// vectors and stemmed terms come in ready.
import type * as lancedb from "@lancedb/lancedb";
import type { Chunk } from "../core/documents.ts";
import { AssayError } from "../core/errors.ts";
import type { CopyableIndex, DocumentRevision, IndexStats } from "../core/retrieval.ts";
import { copyOf } from "./lance-copy.ts";
import { asIndexError } from "./lance-errors.ts";
import { oneOf } from "./lance-filter.ts";
import { maintainTable } from "./lance-maintenance.ts";
import { formatVersion, parseChunk, toArrowTable } from "./lance-rows.ts";
import { searchLegs } from "./lance-search.ts";
import { type LanceTable, openLanceTable } from "./lance-table.ts";

export type LanceIndexOptions = {
  /** Made if it does not exist. */
  readonly directory: string;
  readonly dimensions: number;
  /** `identityOf` the embedder and the analyser: another one is refused. */
  readonly embedderIdentity: string;
  readonly analyserIdentity: string;
  /** For messages. Default: the identity. */
  readonly embedderName?: string;
};

/**
 * Opens the index in `directory`, or makes an empty one.
 * Throws `AssayError`: `index-mismatch` where it was built with another embedder or analyser, `corrupt-state`, `disk-full`.
 */
export async function openLanceIndex(options: LanceIndexOptions): Promise<CopyableIndex> {
  const { directory, dimensions, embedderIdentity, analyserIdentity } = options;
  const libraries = await loadLibraries();
  const manifest = {
    formatVersion,
    dimensions,
    embedderIdentity,
    analyserIdentity,
    embedderName: options.embedderName ?? embedderIdentity,
  };
  const orFail = <Result>(work: () => Promise<Result>) =>
    work().catch((failure: unknown) => {
      throw asIndexError(failure, directory);
    });
  const table = await orFail(() => openLanceTable(libraries, directory, manifest));
  const reading = <Result>(read: (snapshot: lancedb.Table) => Promise<Result>) =>
    orFail(() => readSnapshot(table, read));
  return {
    name: "lancedb",
    version: "1",
    config: { dimensions, embedder: embedderIdentity, analyser: analyserIdentity, format: formatVersion },
    replaceDocuments: (revisions) => orFail(() => replaceDocuments(libraries, table.head, dimensions, revisions)),
    deleteDocuments: (ids) => orFail(() => deleteDocuments(table.head, ids)),
    async search(query, call) {
      requireDimensions(query.vector, dimensions);
      call?.signal?.throwIfAborted();
      return reading((snapshot) => searchLegs(libraries.lancedb, snapshot, query));
    },
    scan: () => scanChunks(table, directory),
    vectors: (ids) => reading((snapshot) => readVectors(snapshot, dimensions, ids)),
    revisions: () => reading(readRevisions),
    maintain: (call) => orFail(() => maintainTable(libraries.lancedb, table.head, dimensions, call)),
    stats: () => reading(readStats),
    state: table.state,
    copy: (held) => orFail(() => copyOf(table, dimensions, held)),
    close: async () => table.close(),
  };
}

async function loadLibraries() {
  // The engine warns of harmless things on standard error, which belongs to progress. Read once, when it is loaded.
  process.env["LANCEDB_LOG"] ??= "error";
  const [lancedb, arrow] = await Promise.all([import("@lancedb/lancedb"), import("apache-arrow")]);
  return { lancedb, arrow };
}

type Libraries = Awaited<ReturnType<typeof loadLibraries>>;

/** Maintenance in another process may remove the files of a held version: the newest one then answers. */
async function readSnapshot<Result>(
  table: LanceTable,
  read: (snapshot: lancedb.Table) => Promise<Result>,
): Promise<Result> {
  const snapshot = await table.snapshot();
  try {
    return await read(snapshot);
  } catch (failure) {
    const newer = await table.snapshot();
    if (newer === snapshot) throw failure;
    return read(newer);
  }
}

async function replaceDocuments(
  { arrow }: Libraries,
  head: lancedb.Table,
  dimensions: number,
  revisions: readonly DocumentRevision[],
): Promise<void> {
  if (revisions.length === 0) return;
  const ids = revisions.map(({ documentId }) => documentId);
  const rows = toArrowTable(arrow, dimensions, revisions);
  if (rows.numRows === 0) return deleteDocuments(head, ids);
  const old = oneOf("document_id", ids);
  // Plain appending is twenty times faster than merging, and nearly every row of a first build is new.
  if ((await head.countRows()) === 0 || (await head.countRows(old)) === 0) {
    await head.add(rows);
    return;
  }
  await head
    .mergeInsert("id")
    .whenMatchedUpdateAll()
    .whenNotMatchedInsertAll()
    .whenNotMatchedBySourceDelete({ where: old })
    .execute(rows);
}

async function deleteDocuments(head: lancedb.Table, documentIds: readonly string[]): Promise<void> {
  if (documentIds.length > 0) await head.delete(oneOf("document_id", documentIds));
}

async function* scanChunks(table: LanceTable, directory: string): AsyncIterable<readonly Chunk[]> {
  try {
    const snapshot = await table.snapshot();
    const order = ["document_id", "ordinal"].map((columnName) => ({ columnName, ascending: true }));
    for await (const batch of snapshot.query().select(["document_id", "ordinal", "chunk"]).orderBy(order)) {
      const texts = batch.getChild("chunk");
      yield Array.from({ length: batch.numRows }, (_, row) => parseChunk(texts?.get(row) as string));
    }
  } catch (failure) {
    throw asIndexError(failure, directory);
  }
}

async function readVectors(
  snapshot: lancedb.Table,
  dimensions: number,
  chunkIds: readonly string[],
): Promise<ReadonlyMap<string, Float32Array>> {
  if (chunkIds.length === 0) return new Map();
  const rows = await snapshot.query().where(oneOf("id", chunkIds)).select(["id", "vector"]).toArrow();
  const [ids, vectors] = [rows.getChild("id"), rows.getChild("vector")];
  return new Map(
    Array.from({ length: rows.numRows }, (_, row) => {
      const stored = vectors?.get(row) as { toArray(): Float32Array } | null;
      return [ids?.get(row) as string, stored ? Float32Array.from(stored.toArray()) : new Float32Array(dimensions)];
    }),
  );
}

async function readRevisions(snapshot: lancedb.Table): Promise<ReadonlyMap<string, string>> {
  const rows = await snapshot.query().select(["document_id", "revision"]).toArrow();
  const [ids, revisions] = [rows.getChild("document_id"), rows.getChild("revision")];
  const pairs = Array.from(
    { length: rows.numRows },
    (_, row) => [ids?.get(row), revisions?.get(row)] as [string, string],
  );
  return new Map(pairs);
}

async function readStats(snapshot: lancedb.Table): Promise<IndexStats> {
  const [{ numRows, totalBytes }, indices, revisions] = await Promise.all([
    snapshot.stats(),
    snapshot.listIndices(),
    readRevisions(snapshot),
  ]);
  // Small tables have no vector index, and need none: every vector is compared.
  const waiting = indices
    .filter(({ columns }) => columns[0] === "terms" || columns[0] === "vector")
    .map(({ numUnindexedRows }) => numUnindexedRows ?? 0);
  const unindexedRows = indices.length === 0 ? numRows : Math.max(...waiting);
  return { chunks: numRows, documents: revisions.size, unindexedRows, bytes: totalBytes };
}

function requireDimensions(vector: Float32Array | undefined, dimensions: number): void {
  if (vector === undefined || vector.length === dimensions) return;
  throw new AssayError({
    code: "index-mismatch",
    message: `the query vector has ${vector.length} dimensions, the index ${dimensions}`,
    remedy: "run `assay ingest`",
  });
}
