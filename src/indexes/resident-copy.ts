// One state of an index in memory: chunks, labels, terms and vectors, searched without a wait. Knows no engine and no later state.
import { setImmediate as breath } from "node:timers/promises";
import type { Chunk } from "../core/documents.ts";
import type { CopyableIndex, IndexCopy, IndexHit, IndexSearch, Leg } from "../core/retrieval.ts";
import type { ScoredRow } from "./best-rows.ts";
import { accessLabels, type LabelCondition, labelConditions, tagLabels } from "./labels.ts";
import { type RowMask, termsBuilder } from "./resident-terms.ts";
import { vectorsBuilder } from "./resident-vectors.ts";

export type ResidentCopy = {
  /** The state of the index that this is. */
  readonly state: string;
  readonly dimensions: number;
  search(query: IndexSearch): readonly IndexHit[];
  /** The stored vectors of these chunks; those that are not here are left out. */
  vectors(chunkIds: readonly string[]): ReadonlyMap<string, Float32Array>;
};

/** What may be held. `bytes` is for vectors; texts and terms take about as much again. */
export type CopyLimits = { readonly chunks: number; readonly vectorBytes: number };

/** Others get a turn after this many rows: some three milliseconds. */
const rowsPerTurn = 100;

/** Undefined where the index is larger than the limits. Throws what reading throws. */
export async function readCopy(
  index: CopyableIndex,
  limits: CopyLimits,
  signal: AbortSignal,
): Promise<ResidentCopy | undefined> {
  const copy = await index.copy();
  const isTooLarge = copy.chunks > limits.chunks || copy.chunks * copy.dimensions * 4 > limits.vectorBytes;
  return isTooLarge ? undefined : residentCopy(copy, signal);
}

async function residentCopy(copy: IndexCopy, signal: AbortSignal): Promise<ResidentCopy> {
  const chunks: Chunk[] = [];
  const labels = { access: new Map<string, number[]>(), tags: new Map<string, number[]>() };
  const terms = termsBuilder();
  const vectors = vectorsBuilder(copy.chunks, copy.dimensions);
  for await (const batch of copy.rows) {
    for (const row of batch) {
      if (chunks.length % rowsPerTurn === 0) await breath();
      signal.throwIfAborted();
      note(labels.access, accessLabels(row.chunk.groups), chunks.length);
      note(labels.tags, tagLabels(row.chunk.metadata), chunks.length);
      terms.add(row.terms);
      vectors.add(row.vector);
      chunks.push(row.chunk);
    }
  }
  const parts = { chunks, terms: terms.finish(), vectors: vectors.finish() };
  const rowOf = new Map(chunks.map(({ id }, row) => [id, row]));
  return {
    state: copy.state,
    dimensions: copy.dimensions,
    search: (query) => searchRows(parts, query, maskOf(labelConditions(query), labels, chunks.length)),
    vectors: (ids) =>
      new Map(
        ids.flatMap((id) => {
          const row = rowOf.get(id);
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

type Parts = {
  readonly chunks: readonly Chunk[];
  readonly terms: ReturnType<ReturnType<typeof termsBuilder>["finish"]>;
  readonly vectors: ReturnType<ReturnType<typeof vectorsBuilder>["finish"]>;
};

function searchRows(
  { chunks, terms, vectors }: Parts,
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
