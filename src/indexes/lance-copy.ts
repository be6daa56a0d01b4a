// A LanceDB table read whole, for whoever holds it in memory. Knows nothing of searching.
import type * as lancedb from "@lancedb/lancedb";
import type * as arrow from "apache-arrow";
import type { IndexCopy, IndexedChunk } from "../core/retrieval.ts";
import { parseChunk } from "./lance-rows.ts";
import type { LanceTable } from "./lance-table.ts";

/** The state is named before its snapshot is taken: at worst the copy is newer than its name, and soon made again. */
export async function copyOf(table: LanceTable, dimensions: number): Promise<IndexCopy> {
  const state = table.state();
  const snapshot = await table.snapshot();
  return { state, chunks: await snapshot.countRows(), dimensions, rows: rowsOf(snapshot, dimensions) };
}

/** A batch at a time as the engine hands them out, each row made when it is asked for. */
async function* rowsOf(snapshot: lancedb.Table, dimensions: number): AsyncIterable<Iterable<IndexedChunk>> {
  for await (const batch of snapshot.query().select(["chunk", "terms", "vector"])) yield rowsIn(batch, dimensions);
}

function* rowsIn(batch: arrow.RecordBatch, dimensions: number): Iterable<IndexedChunk> {
  const [chunks, terms, vectors] = ["chunk", "terms", "vector"].map((name) => batch.getChild(name));
  for (let row = 0; row < batch.numRows; row += 1) {
    // The zero vector is stored as null.
    const vector = vectors?.get(row) as { toArray(): Float32Array } | null;
    yield {
      chunk: parseChunk(chunks?.get(row) as string),
      terms: terms?.get(row) as string,
      vector: vector?.toArray() ?? new Float32Array(dimensions),
    };
  }
}
