// The table's columns and how chunks become rows. A chunk travels whole, as JSON: searches filter and rank on the other
// columns and read it back in one piece. Knows nothing of queries.
import type * as arrow from "apache-arrow";
import type { Chunk } from "../core/documents.ts";
import { AssayError } from "../core/errors.ts";
import type { DocumentRevision } from "../core/retrieval.ts";
import { accessLabels, tagLabels } from "./labels.ts";

/** Raised whenever columns or their meaning change. */
export const formatVersion = 1;

type Arrow = typeof arrow;

type Row = DocumentRevision["chunks"][number] & { readonly revision: string };

/** `vector` is null for the zero vector, which has no direction: the row is found by its terms alone. */
export function tableSchema(library: Arrow, dimensions: number): arrow.Schema {
  const { Field, Float32, FixedSizeList, Int32, List, Schema, Utf8 } = library;
  const labels = () => new List(new Field("item", new Utf8(), true));
  return new Schema([
    new Field("id", new Utf8(), false),
    new Field("document_id", new Utf8(), false),
    new Field("revision", new Utf8(), false),
    new Field("ordinal", new Int32(), false),
    new Field("access", labels(), false),
    new Field("tags", labels(), false),
    new Field("terms", new Utf8(), false),
    new Field("chunk", new Utf8(), false),
    new Field("vector", new FixedSizeList(dimensions, new Field("item", new Float32(), true)), true),
  ]);
}

/** All chunks of `revisions` as one Arrow table. Throws `AssayError` `internal` for vectors or ids that cannot be stored. */
export function toArrowTable(library: Arrow, dimensions: number, revisions: readonly DocumentRevision[]): arrow.Table {
  const rows = revisions.flatMap(({ chunks, revision }) => chunks.map((chunk) => ({ ...chunk, revision })));
  requireStorable(rows, dimensions);
  const schema = tableSchema(library, dimensions);
  const children = schema.fields.map(({ name, type }) => {
    if (name === "vector") return vectorColumn(library, dimensions, rows);
    return library.vectorFromArray(rows.map(cellOf[name] as (row: Row) => unknown), type).data[0] as arrow.Data;
  });
  const type = new library.Struct(schema.fields);
  const data = library.makeData({ type, length: rows.length, nullCount: 0, children });
  return new library.Table(schema, new library.RecordBatch(schema, data));
}

const cellOf: Readonly<Record<string, (row: Row) => unknown>> = {
  id: ({ chunk }) => chunk.id,
  document_id: ({ chunk }) => chunk.documentId,
  revision: ({ revision }) => revision,
  ordinal: ({ chunk }) => chunk.ordinal,
  access: ({ chunk }) => accessLabels(chunk.groups),
  tags: ({ chunk }) => tagLabels(chunk.metadata),
  terms: ({ terms }) => terms,
  chunk: ({ chunk }) => JSON.stringify(chunk),
};

export function parseChunk(text: string): Chunk {
  return JSON.parse(text) as Chunk;
}

/** One buffer for all vectors: boxing each number would cost more than the search. */
function vectorColumn(library: Arrow, dimensions: number, rows: readonly Row[]): arrow.Data {
  const values = new Float32Array(rows.length * dimensions);
  const valid = new Uint8Array(Math.ceil(rows.length / 8));
  let nullCount = 0;
  rows.forEach(({ vector }, row) => {
    if (isZero(vector)) {
      nullCount += 1;
      return;
    }
    values.set(vector, row * dimensions);
    valid[row >> 3] = (valid[row >> 3] as number) | (1 << (row & 7));
  });
  const item = new library.Field("item", new library.Float32(), true);
  const child = library.makeData({
    type: item.type as arrow.Float32,
    length: values.length,
    nullCount: 0,
    data: values,
  });
  const type = new library.FixedSizeList(dimensions, item);
  return library.makeData({ type, length: rows.length, nullCount, nullBitmap: valid, child });
}

export function isZero(vector: Float32Array): boolean {
  return vector.every((component) => component === 0);
}

function requireStorable(rows: readonly Row[], dimensions: number): void {
  const ids = new Set<string>();
  for (const { chunk, vector } of rows) {
    if (ids.has(chunk.id)) throw unstorable(chunk, "another chunk of the same write has this id");
    ids.add(chunk.id);
    if (vector.length !== dimensions) throw unstorable(chunk, `${vector.length} dimensions instead of ${dimensions}`);
    if (!vector.every(Number.isFinite)) throw unstorable(chunk, "its vector holds a number that is not finite");
  }
}

function unstorable(chunk: Chunk, why: string): AssayError {
  return new AssayError({
    code: "internal",
    message: `chunk ${chunk.id} of ${chunk.source} cannot be indexed: ${why}`,
  });
}
