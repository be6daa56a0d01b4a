// An exact index in memory: exhaustive BM25 and exhaustive cosine, nothing shared with the real indexes. A fake for tests
// and the yardstick that approximate indexes are measured against. Knows no disk and no second process.
import type { Chunk } from "../core/documents.ts";
import type { Access, ChunkIndex, DocumentRevision, Filter, IndexedChunk, IndexHit, Leg } from "../core/retrieval.ts";

export type MemoryIndexOptions = { readonly dimensions: number };

type Scored = { readonly id: string; readonly score: number };

export function memoryIndex({ dimensions }: MemoryIndexOptions): ChunkIndex {
  let documents: ReadonlyMap<string, DocumentRevision> = new Map();
  const rows = () => [...documents.values()].flatMap(({ chunks }) => chunks);
  let statistics: Bm25 | undefined;
  const commit = (next: ReadonlyMap<string, DocumentRevision>) => {
    documents = next;
    statistics = undefined;
  };
  return {
    name: "memory",
    version: "1",
    config: { dimensions },
    async replaceDocuments(revisions) {
      requireStorable(revisions, dimensions);
      const next = new Map(documents);
      for (const revision of revisions) {
        next.delete(revision.documentId);
        if (revision.chunks.length > 0) next.set(revision.documentId, revision);
      }
      commit(next);
    },
    async deleteDocuments(documentIds) {
      commit(new Map([...documents].filter(([id]) => !documentIds.includes(id))));
    },
    async search({ vector, terms, depth, groups, filter }) {
      const visible = rows().filter(({ chunk }) => mayRead(chunk, groups) && matches(chunk, filter));
      statistics ??= bm25(rows());
      const dense = ranked(vector ? cosines(visible, vector) : [], depth);
      const lexical = ranked(terms ? statistics(terms, visible) : [], depth);
      return visible.flatMap(({ chunk }) => hitOf(chunk, dense.get(chunk.id), lexical.get(chunk.id)));
    },
    async *scan() {
      for (const [, { chunks }] of [...documents].sort(([a], [b]) => (a < b ? -1 : 1))) {
        yield chunks.map(({ chunk }) => chunk).sort((a, b) => a.ordinal - b.ordinal);
      }
    },
    async vectors(chunkIds) {
      const wanted = new Set(chunkIds);
      return new Map(rows().flatMap(({ chunk, vector }) => (wanted.has(chunk.id) ? [[chunk.id, vector]] : [])));
    },
    revisions: async () => new Map([...documents].map(([id, { revision }]) => [id, revision])),
    maintain: async () => {},
    stats: async () => ({ chunks: rows().length, documents: documents.size, unindexedRows: 0, bytes: 0 }),
    close: async () => {},
  };
}

function hitOf(chunk: Chunk, dense: Leg | undefined, lexical: Leg | undefined): readonly IndexHit[] {
  return dense || lexical ? [{ chunk, legs: { ...(dense && { dense }), ...(lexical && { lexical }) } }] : [];
}

function ranked(scored: readonly Scored[], depth: number): ReadonlyMap<string, Leg> {
  const best = scored.toSorted((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1)).slice(0, depth);
  return new Map(best.map(({ id, score }, index) => [id, { rank: index + 1, score }]));
}

function mayRead(chunk: Chunk, groups: Access["groups"]): boolean {
  if (groups === undefined || chunk.groups.length === 0) return true;
  return chunk.groups.some((group) => groups.includes(group));
}

function matches(chunk: Chunk, filter: Filter = {}): boolean {
  return Object.entries(filter).every(([key, wanted]) => {
    if (!Object.hasOwn(chunk.metadata, key)) return false;
    const held = [chunk.metadata[key]].flat().filter((value) => value === null || typeof value !== "object");
    return [wanted].flat().some((value) => held.some((member) => String(member) === String(value)));
  });
}

function cosines(rows: readonly IndexedChunk[], query: Float32Array): readonly Scored[] {
  const length = norm(query);
  if (length === 0) return [];
  return rows.flatMap(({ chunk, vector }) => {
    const own = norm(vector);
    if (own === 0) return [];
    const product = vector.reduce((sum, component, i) => sum + component * (query[i] as number), 0);
    return [{ id: chunk.id, score: product / (own * length) }];
  });
}

const norm = (vector: Float32Array): number => Math.sqrt(vector.reduce((sum, component) => sum + component ** 2, 0));

type Bm25 = (terms: readonly string[], among: readonly IndexedChunk[]) => readonly Scored[];

/**
 * Okapi BM25 with k1 1.2, b 0.75 and idf `ln(1 + (N − n + 0.5) / (n + 0.5))`, over all rows; what a filter hides still
 * counts as part of the collection.
 */
function bm25(rows: readonly IndexedChunk[]): Bm25 {
  const counts = new Map(rows.map(({ chunk, terms }) => [chunk.id, countsOf(terms)]));
  const lengths = new Map(rows.map(({ chunk, terms }) => [chunk.id, wordsOf(terms).length]));
  const meanLength = [...lengths.values()].reduce((sum, length) => sum + length, 0) / rows.length;
  const documentFrequency = new Map<string, number>();
  for (const term of [...counts.values()].flatMap((count) => [...count.keys()])) {
    documentFrequency.set(term, (documentFrequency.get(term) ?? 0) + 1);
  }
  const weight = (term: string, id: string): number => {
    const frequency = counts.get(id)?.get(term) ?? 0;
    const found = documentFrequency.get(term) ?? 0;
    const idf = Math.log(1 + (rows.length - found + 0.5) / (found + 0.5));
    const length = 0.25 + (0.75 * (lengths.get(id) ?? 0)) / meanLength;
    return frequency === 0 ? 0 : (idf * frequency * 2.2) / (frequency + 1.2 * length);
  };
  return (terms, among) => {
    const distinct = [...new Set(terms)];
    return among
      .map(({ chunk }) => ({ id: chunk.id, score: distinct.reduce((sum, term) => sum + weight(term, chunk.id), 0) }))
      .filter(({ score }) => score > 0);
  };
}

const wordsOf = (terms: string): readonly string[] => terms.split(/\s+/).filter((term) => term !== "");

function countsOf(terms: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const term of wordsOf(terms)) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}

function requireStorable(revisions: readonly DocumentRevision[], dimensions: number): void {
  const ids = revisions.flatMap(({ chunks }) => chunks.map(({ chunk }) => chunk.id));
  if (new Set(ids).size < ids.length) throw new Error("memory index: a chunk id occurs twice in one write");
  const odd = revisions.flatMap(({ chunks }) => chunks).find(({ vector }) => vector.length !== dimensions);
  if (odd)
    throw new Error(`memory index: ${odd.chunk.id} has ${odd.vector.length} dimensions instead of ${dimensions}`);
}
