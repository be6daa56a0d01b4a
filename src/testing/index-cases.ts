// Small documents for tests of indexes, and how to read what a search found.
import type { Chunk } from "../core/documents.ts";
import type { ChunkIndex, DocumentRevision, IndexHit } from "../core/retrieval.ts";

/** What a case of the suite is given. */
export type ContractContext = {
  readonly index: ChunkIndex;
  readonly expect: (value: unknown) => Expectation;
  /** A second handle on `index`. */
  readonly reopen: () => Promise<ChunkIndex>;
};

type Expectation = {
  toEqual(expected: unknown): void;
  toBeCloseTo(expected: number, digits?: number): void;
  readonly rejects: { toThrow(): Promise<unknown> };
};

/** Cases by what they demand. */
export type ContractCases = Readonly<Record<string, (context: ContractContext) => Promise<void>>>;

/** A chunk of `documentId` for tests of indexes; everything has a default. */
export function testChunk(documentId: string, overrides: Partial<Chunk> = {}): Chunk {
  const { ordinal = 0, text = `Text ${ordinal} of ${documentId}.` } = overrides;
  return {
    id: `${documentId}#${ordinal}`,
    documentId,
    source: `docs/${documentId}.md`,
    title: documentId,
    ordinal,
    text,
    start: 0,
    end: text.length,
    headingPath: [],
    metadata: {},
    groups: [],
    ...overrides,
  };
}

type Row = Partial<Chunk> & { readonly vector?: readonly number[]; readonly terms?: string };

/** A document whose chunks are `rows`, numbered in order. */
export function testRevision(documentId: string, revision: string, rows: readonly Row[]): DocumentRevision {
  const chunks = rows.map(({ vector = [1, 0, 0, 0], terms = "", ...overrides }, ordinal) => ({
    chunk: testChunk(documentId, { ordinal, ...overrides }),
    vector: Float32Array.from(vector),
    terms,
  }));
  return { documentId, revision, chunks };
}

export function unit(axis: number): Float32Array {
  return Float32Array.from([0, 1, 2, 3], (i) => (i === axis ? 1 : 0));
}

export function ids(hits: readonly IndexHit[]): readonly string[] {
  return hits.map(({ chunk }) => chunk.documentId).sort();
}

export function legRanks(hits: readonly IndexHit[], leg: "dense" | "lexical"): Record<string, number> {
  return Object.fromEntries(
    hits.flatMap(({ chunk, legs }) => (legs[leg] ? [[chunk.documentId, legs[leg].rank] as const] : [])),
  );
}

/** To four digits, best first. */
export function legScores(hits: readonly IndexHit[], leg: "dense" | "lexical"): readonly string[] {
  const scores = hits.flatMap(({ legs }) => (legs[leg] ? [legs[leg].score] : []));
  return scores.sort((a, b) => b - a).map((score) => score.toPrecision(4));
}

export async function stored(index: ChunkIndex): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const chunks of index.scan()) all.push(...chunks.map(({ id }) => id));
  return all;
}
