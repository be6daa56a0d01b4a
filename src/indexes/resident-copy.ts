// One state of an index in memory: chunks, labels, terms and vectors, searched without a wait. Knows no engine and no later state.
import { setImmediate as breath } from "node:timers/promises";
import type { Chunk } from "../core/documents.ts";
import type { CopyableIndex, IndexCopy, IndexHit, IndexSearch, Leg } from "../core/retrieval.ts";
import type { ScoredRow } from "./best-rows.ts";
import { accessLabels, type LabelCondition, labelConditions, tagLabels } from "./labels.ts";
import { type HeldRows, rowsBuilder } from "./resident-rows.ts";
import type { RowMask } from "./resident-terms.ts";

export type ResidentCopy = {
  /** The state of the index that this is. */
  readonly state: string;
  readonly dimensions: number;
  /** For the copy of a later state. */
  readonly rows: HeldRows;
  search(query: IndexSearch): readonly IndexHit[];
  /** The stored vectors of these chunks; those that are not here are left out. */
  vectors(chunkIds: readonly string[]): ReadonlyMap<string, Float32Array>;
};

/** What may be held. `bytes` is for vectors; texts and terms take about as much again. */
export type CopyLimits = { readonly chunks: number; readonly vectorBytes: number };

/** Others get a turn after this many rows: some three milliseconds. */
const rowsPerTurn = 100;

/**
 * Reads what is not in `earlier`, a copy of any state of this index. Undefined where the index is larger than the limits.
 * Throws what reading throws.
 */
export async function readCopy(
  index: CopyableIndex,
  limits: CopyLimits,
  signal: AbortSignal,
  earlier?: ResidentCopy,
): Promise<ResidentCopy | undefined> {
  const copy = await index.copy(earlier?.rows.revisions ?? new Map());
  const isTooLarge = copy.chunks > limits.chunks || copy.chunks * copy.dimensions * 4 > limits.vectorBytes;
  return isTooLarge ? undefined : residentCopy(copy, signal, earlier?.rows);
}

async function residentCopy(copy: IndexCopy, signal: AbortSignal, held?: HeldRows): Promise<ResidentCopy> {
  const rows = rowsBuilder(copy, held);
  const labels = { access: new Map<string, number[]>(), tags: new Map<string, number[]>() };
  let count = 0;
  for await (const batch of copy.rows) {
    for (const row of batch) {
      if (count % rowsPerTurn === 0) await breath();
      signal.throwIfAborted();
      const chunk = rows.add(row);
      note(labels.access, accessLabels(chunk.groups), count);
      note(labels.tags, tagLabels(chunk.metadata), count);
      count += 1;
    }
  }
  const parts = rows.finish();
  return {
    state: copy.state,
    dimensions: copy.dimensions,
    rows: parts,
    search: (query) => searchRows(parts, query, maskOf(labelConditions(query), labels, count)),
    vectors: (ids) =>
      new Map(
        ids.flatMap((id) => {
          const row = parts.rowOf.get(id);
          return row === undefined ? [] : [[id, parts.vectors.at(row)] as const];
        }),
      ),
  };
}

function note(rowsOf: Map<string, number[]>, labels: readonly string[], row: number): void {
  for (const label of new Set(labels)) {
    const rows = rowsOf.get(label);
    if (rows === undefined) rowsOf.set(label, [row]);
    else rows.push(row);
  }
}

/** Undefined where every row passes. */
function maskOf(
  conditions: readonly LabelCondition[],
  labels: Readonly<Record<LabelCondition["kind"], ReadonlyMap<string, readonly number[]>>>,
  count: number,
): RowMask | undefined {
  if (conditions.length === 0) return undefined;
  const met = new Uint8Array(count);
  conditions.forEach(({ kind, anyOf }, position) => {
    // A row that met every condition before this one, and only such a row, moves on.
    for (const label of new Set(anyOf)) {
      for (const row of labels[kind].get(label) ?? []) if (met[row] === position) met[row] = position + 1;
    }
  });
  return met.map((count) => (count === conditions.length ? 1 : 0));
}

function searchRows(
  { chunks, terms, vectors }: HeldRows,
  query: IndexSearch,
  visible: RowMask | undefined,
): readonly IndexHit[] {
  const depth = Math.max(0, query.depth);
  const dense = ranked(query.vector ? vectors.search(query.vector, depth, visible) : []);
  const lexical = ranked(query.terms ? terms.search(query.terms, depth, visible) : []);
  return [...new Set([...dense.keys(), ...lexical.keys()])].map((row) => {
    const legs = { dense: dense.get(row), lexical: lexical.get(row) };
    return {
      chunk: chunks[row] as Chunk,
      legs: { ...(legs.dense && { dense: legs.dense }), ...(legs.lexical && { lexical: legs.lexical }) },
    };
  });
}

function ranked(rows: readonly ScoredRow[]): ReadonlyMap<number, Leg> {
  return new Map(rows.map(({ row, score }, index) => [row, { rank: index + 1, score }]));
}
