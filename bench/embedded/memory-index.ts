// A corpus prepared as the product prepares it (analyser, lexicon, adapted embedder), searched in memory by exact BM25
// and exact cosine: what training needs of an index, without its files.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Chunk } from "../../src/core/documents.ts";
import type { Embedder } from "../../src/core/models.ts";
import type { Hit, IndexHit, Leg } from "../../src/core/retrieval.ts";
import { adaptStaticEmbedder, openStaticEmbedder } from "../../src/models/embedded/static/static-embedder.ts";
import { fusedHits } from "../../src/retrieval/hybrid-retriever.ts";
import { type Analyser, createAnalyser } from "../../src/text/analyser.ts";
import { chunkContext, contextualText } from "../../src/text/contextual-text.ts";
import { buildLexicon, type Lexicon } from "../../src/text/lexicon.ts";

export type PreparedCorpus = {
  readonly chunks: readonly Chunk[];
  readonly analyser: Analyser;
  readonly lexicon: Lexicon;
  readonly embedder: Embedder;
  /** Ranking by terms alone, best first. */
  lexical(query: string, depth: number): readonly { readonly chunk: Chunk; readonly score: number }[];
  /** Both legs 100 deep, fused by z-scores. `without` names chunks that are left out, as if they had never been read. */
  hybrid(query: string, denseWeight: number, without?: ReadonlySet<string>): Promise<readonly Hit[]>;
};

const k1 = 1.2;
const b = 0.75;
const depth = 100;

/** `cache` is a folder that keeps the adapted embedder under `name`. */
export async function prepareCorpus(name: string, chunks: readonly Chunk[], cache: string): Promise<PreparedCorpus> {
  const analyser = createAnalyser({ languages: ["en"] });
  const termLists = chunks.map((chunk) => analyser.terms(contextualText(chunk)));
  const lexicon = buildLexicon(termLists);
  const directory = join(cache, name);
  if (!existsSync(directory)) {
    const passages = chunks.map((chunk) => ({ title: chunkContext(chunk), text: chunk.text }));
    await adaptStaticEmbedder({ passages, directory, seed: 1 });
  }
  const embedder = await openStaticEmbedder(directory);
  const { vectors } = await embedder.embed({ values: chunks.map(contextualText), role: "passage" });
  const score = bm25Scorer(termLists, lexicon);
  const lexical = (query: string, count: number) => topOf(chunks, score(analyser.queryTerms(query)), count, 0);
  return {
    chunks,
    analyser,
    lexicon,
    embedder,
    lexical,
    hybrid: async (query, denseWeight, without = new Set()) => {
      const asked = await embedder.embed({ values: [query], role: "query" });
      const direction = asked.vectors[0] as Float32Array;
      const wanted = depth + without.size;
      const keep = ({ chunk }: { chunk: Chunk }) => !without.has(chunk.id);
      const dense = topOf(
        chunks,
        vectors.map((vector) => product(direction, vector)),
        wanted,
        -2,
      ).filter(keep);
      const terms = lexical(query, wanted).filter(keep);
      return fusedHits(union(terms.slice(0, depth), dense.slice(0, depth)), { method: "z-score", denseWeight });
    },
  };
}

type Scored = { readonly chunk: Chunk; readonly score: number };

function union(lexical: readonly Scored[], dense: readonly Scored[]): readonly IndexHit[] {
  const legs = new Map<string, { chunk: Chunk; legs: { lexical?: Leg; dense?: Leg } }>();
  lexical.forEach(({ chunk, score }, at) => {
    legs.set(chunk.id, { chunk, legs: { lexical: { rank: at + 1, score } } });
  });
  dense.forEach(({ chunk, score }, at) => {
    const known = legs.get(chunk.id)?.legs;
    legs.set(chunk.id, { chunk, legs: { ...known, dense: { rank: at + 1, score } } });
  });
  return [...legs.values()];
}

function product(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] as number) * (b[at] as number);
  return sum;
}

function topOf(
  chunks: readonly Chunk[],
  scores: readonly number[] | Float64Array,
  count: number,
  above: number,
): readonly Scored[] {
  return chunks
    .map((chunk, at) => ({ chunk, score: scores[at] as number }))
    .filter(({ score }) => score > above)
    .sort((x, y) => y.score - x.score)
    .slice(0, count);
}

function bm25Scorer(
  termLists: readonly (readonly string[])[],
  lexicon: Lexicon,
): (terms: readonly string[]) => Float64Array {
  const postings = new Map<string, Map<number, number>>();
  termLists.forEach((terms, document) => {
    for (const term of terms) {
      const counts = postings.get(term) ?? new Map<number, number>();
      counts.set(document, (counts.get(document) ?? 0) + 1);
      postings.set(term, counts);
    }
  });
  return (terms) => {
    const scores = new Float64Array(termLists.length);
    for (const term of terms) {
      const idf = lexicon.idf(term);
      for (const [document, count] of postings.get(term) ?? []) {
        const norm = k1 * (1 - b + (b * (termLists[document]?.length ?? 0)) / lexicon.averageLength);
        scores[document] = (scores[document] as number) + (idf * count * (k1 + 1)) / (count + norm);
      }
    }
    return scores;
  };
}
