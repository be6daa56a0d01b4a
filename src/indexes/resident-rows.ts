// The rows of one state of an index in memory: read now, or kept from an earlier state. Knows nothing of searching.
import type { Chunk } from "../core/documents.ts";
import type { CopiedRow, HeldRevisions, IndexCopy } from "../core/retrieval.ts";
import { type ResidentTerms, termsBuilder } from "./resident-terms.ts";
import { type ResidentVectors, vectorsBuilder } from "./resident-vectors.ts";

/** Nothing of it ever changes, so copies of several states may share chunks. */
export type HeldRows = {
  readonly revisions: HeldRevisions;
  readonly rowOf: ReadonlyMap<string, number>;
  readonly chunks: readonly Chunk[];
  readonly terms: ResidentTerms;
  readonly vectors: ResidentVectors;
};

export type RowsBuilder = {
  /** The next row's chunk. Throws where the row came without content and is not held. */
  add(row: CopiedRow): Chunk;
  finish(): HeldRows;
};

export function rowsBuilder(copy: IndexCopy, held: HeldRows | undefined): RowsBuilder {
  const revisions = new Map<string, string>();
  const rowOf = new Map<string, number>();
  const chunks: Chunk[] = [];
  const terms = termsBuilder();
  const vectors = vectorsBuilder(copy.chunks, copy.dimensions);
  const keep = (id: string, revision: string): Chunk => {
    const row = held?.revisions.get(id) === revision ? held.rowOf.get(id) : undefined;
    if (held === undefined || row === undefined) throw new Error(`chunk ${id} was left out`);
    terms.keep(held.terms.counted, row);
    vectors.keep(held.vectors.table, row);
    return held.chunks[row] as Chunk;
  };
  return {
    add({ id, revision, content }) {
      if (content !== undefined) {
        terms.add(content.terms);
        vectors.add(content.vector);
      }
      const chunk = content?.chunk ?? keep(id, revision);
      revisions.set(id, revision);
      rowOf.set(id, chunks.push(chunk) - 1);
      return chunk;
    },
    finish: () => ({ revisions, rowOf, chunks, terms: terms.finish(), vectors: vectors.finish() }),
  };
}
