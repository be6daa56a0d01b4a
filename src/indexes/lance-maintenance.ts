// What keeps a table fast after writes: compaction, the full-text index, the vector index, and dropping old versions.
import type * as lancedb from "@lancedb/lancedb";
import type { CallOptions } from "../core/component.ts";

/** Below this many chunks every vector is compared: exact, and at most 5 ms. */
const smallestVectorIndex = 10_000;

/** Terms arrive analysed and separated by blanks, so the engine changes nothing about them. */
const textIndex: Partial<lancedb.FtsOptions> = {
  baseTokenizer: "whitespace",
  lowercase: false,
  stem: false,
  removeStopWords: false,
  asciiFolding: false,
  withPosition: false,
  maxTokenLength: 65_535,
};

/**
 * Eight bits per dimension keep recall@100 at .98 of exact search without re-reading a single full vector
 * (one bit: .58 before refining, .86 after re-reading 500).
 */
function vectorIndex(library: Library, dimensions: number): lancedb.Index {
  // The quantiser packs eight dimensions at a time; other sizes keep whole vectors, twice as slow and exact.
  return dimensions % 8 === 0
    ? library.Index.ivfRq({ distanceType: "cosine", numBits: 8 })
    : library.Index.ivfFlat({ distanceType: "cosine" });
}

type Library = typeof lancedb;

/**
 * Bringing the full-text index up to date adds new rows to BM25's statistics but goes on counting deleted ones; a rebuild
 * is exact and takes a second per 100,000 chunks. Beyond this many the small error is the better bargain.
 */
const largestTextRebuild = 300_000;

/** Each refresh adds a segment that every search visits; beyond this many the index is trained anew. */
const mostVectorSegments = 3;

export async function maintainTable(
  library: Library,
  table: lancedb.Table,
  dimensions: number,
  call?: CallOptions,
): Promise<void> {
  // First, because it joins small files and brings existing indexes up to date.
  await table.optimize();
  call?.signal?.throwIfAborted();
  const rows = await table.countRows();
  const indices = await table.listIndices();
  const indexOn = (column: string) => indices.find(({ columns }) => columns[0] === column);
  if (rows > 0 && (rows <= largestTextRebuild || !indexOn("terms"))) {
    await table.createIndex("terms", { config: library.Index.fts(textIndex) });
    call?.signal?.throwIfAborted();
  }
  for (const column of ["access", "tags"].filter((name) => rows > 0 && !indexOn(name))) {
    // A condition on an indexed list costs next to nothing; without, each leg reads the column through: 5 ms at 76,000 rows.
    await table.createIndex(column, { config: library.Index.labelList() });
  }
  if (
    rows >= smallestVectorIndex &&
    (indexOn("vector")?.numSegments ?? Number.POSITIVE_INFINITY) > mostVectorSegments
  ) {
    await table.createIndex("vector", { config: vectorIndex(library, dimensions) });
  }
  await table.optimize({ cleanupOlderThan: new Date() });
}
