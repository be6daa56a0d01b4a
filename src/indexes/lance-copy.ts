// A LanceDB table read for whoever holds it in memory: the keys of all rows, and the rest of those that are not held yet.
// Knows nothing of searching.
import type * as lancedb from "@lancedb/lancedb";
import type * as arrow from "apache-arrow";
import type { CopiedRow, HeldRevisions, IndexCopy, IndexedChunk } from "../core/retrieval.ts";
import { parseChunk } from "./lance-rows.ts";
import type { LanceTable } from "./lance-table.ts";

const keyColumns = ["id", "revision", "_rowid"];
const contentColumns = ["chunk", "terms", "vector"];
const takenColumns = ["_rowid", ...contentColumns];

/** In full at once: a few megabytes. */
const rowsPerRead = 1000;

/** The state is named before its snapshot is taken: at worst the copy is newer than its name, and soon made again. */
export async function copyOf(table: LanceTable, dimensions: number, held: HeldRevisions): Promise<IndexCopy> {
  const state = table.state();
  const snapshot = await table.snapshot();
  return { state, chunks: await snapshot.countRows(), dimensions, rows: rowsOf(snapshot, dimensions, held) };
}

/** A batch at a time as the engine hands them out, each row made when it is asked for. */
async function* rowsOf(
  snapshot: lancedb.Table,
  dimensions: number,
  held: HeldRevisions,
): AsyncIterable<Iterable<CopiedRow>> {
  const isWhole = held.size === 0;
  for await (const batch of snapshot.query().select([...keyColumns, ...(isWhole ? contentColumns : [])])) {
    const keys = keysIn(batch);
    if (isWhole) yield completed(keys, contentsIn(batch, dimensions));
    else yield* refreshed(snapshot, dimensions, held, keys);
  }
}

async function* refreshed(
  snapshot: lancedb.Table,
  dimensions: number,
  held: HeldRevisions,
  keys: readonly Key[],
): AsyncIterable<Iterable<CopiedRow>> {
  for (let start = 0; start < keys.length; start += rowsPerRead) {
    const some = keys.slice(start, start + rowsPerRead);
    const missing = some.filter(({ id, revision }) => held.get(id) !== revision).map(({ rowId }) => rowId);
    const read = missing.length > 0 ? await snapshot.takeRowIds(missing).select(takenColumns).toArrow() : undefined;
    yield completed(some, read ? contentsIn(read, dimensions) : new Map());
  }
}

type Key = { readonly id: string; readonly revision: string; readonly rowId: bigint };

function keysIn(batch: arrow.RecordBatch): readonly Key[] {
  const [ids, revisions, rowIds] = keyColumns.map((name) => batch.getChild(name));
  return Array.from({ length: batch.numRows }, (_, row) => ({
    id: ids?.get(row) as string,
    revision: revisions?.get(row) as string,
    rowId: rowIds?.get(row) as bigint,
  }));
}

/** What rows hold, by row id, made when it is asked for. */
type Contents = ReadonlyMap<bigint, () => IndexedChunk>;

function contentsIn(rows: arrow.Table | arrow.RecordBatch, dimensions: number): Contents {
  const [rowIds, chunks, terms, vectors] = takenColumns.map((name) => rows.getChild(name));
  const contentAt = (row: number): IndexedChunk => {
    // The zero vector is stored as null.
    const vector = vectors?.get(row) as { toArray(): Float32Array } | null;
    return {
      chunk: parseChunk(chunks?.get(row) as string),
      terms: terms?.get(row) as string,
      vector: vector?.toArray() ?? new Float32Array(dimensions),
    };
  };
  return new Map(
    Array.from({ length: rows.numRows }, (_, row) => [rowIds?.get(row) as bigint, () => contentAt(row)] as const),
  );
}

function* completed(keys: readonly Key[], contents: Contents): Iterable<CopiedRow> {
  for (const { id, revision, rowId } of keys) {
    const content = contents.get(rowId)?.();
    yield { id, revision, ...(content && { content }) };
  }
}
