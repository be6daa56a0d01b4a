// The lexical leg in memory: BM25 as LanceDB computes it, over rows that were counted once. Knows no vectors and no filters'
// meaning.
import { bestRows, type ScoredRow } from "./best-rows.ts";

/** 1 for the rows that a search may see. */
export type RowMask = Uint8Array;

export type ResidentTerms = {
  readonly bytes: number;
  /** Best first, at most `depth`; rows without any of the terms are not found. */
  search(terms: readonly string[], depth: number, visible?: RowMask): readonly ScoredRow[];
};

export type TermsBuilder = {
  /** The next row's analysed text, blank-separated. */
  add(text: string): void;
  finish(): ResidentTerms;
};

const k1 = 1.2;
const b = 0.75;

export function termsBuilder(): TermsBuilder {
  const termIds = new Map<string, number>();
  const lengths: number[] = [];
  // One entry per term and row, in row order.
  const occurrences = { terms: [] as number[], rows: [] as number[], counts: [] as number[] };
  /** How often each term was met in the row at hand. */
  const counts: number[] = [];
  return {
    add(text) {
      const words = wordsOf(text);
      const first = occurrences.terms.length;
      for (const word of words) {
        const known = termIds.get(word);
        const id = known ?? counts.push(0) - 1;
        if (known === undefined) termIds.set(word, id);
        if (counts[id] === 0) occurrences.terms.push(id);
        counts[id] = (counts[id] as number) + 1;
      }
      for (let at = first; at < occurrences.terms.length; at += 1) {
        const id = occurrences.terms[at] as number;
        occurrences.rows.push(lengths.length);
        occurrences.counts.push(counts[id] as number);
        counts[id] = 0;
      }
      lengths.push(words.length);
    },
    finish: () => residentTerms(termIds, postingsOf(termIds.size, lengths, occurrences), lengths.length),
  };
}

/** The rows of term t, and what it is worth in each, lie from `starts[t]` to `starts[t + 1]`. */
type Postings = { readonly starts: Uint32Array; readonly rows: Uint32Array; readonly weights: Float32Array };

function postingsOf(
  termCount: number,
  lengths: readonly number[],
  { terms, rows, counts }: Readonly<Record<"terms" | "rows" | "counts", readonly number[]>>,
): Postings {
  const starts = new Uint32Array(termCount + 1);
  for (const term of terms) starts[term + 1] = (starts[term + 1] as number) + 1;
  for (let term = 0; term < termCount; term += 1)
    starts[term + 1] = (starts[term + 1] as number) + (starts[term] as number);
  const next = starts.slice();
  const postings = { starts, rows: new Uint32Array(terms.length), weights: new Float32Array(terms.length) };
  // Rows without any term are no part of the collection.
  const collection = lengths.filter((length) => length > 0).length;
  const meanLength = lengths.reduce((sum, length) => sum + length, 0) / collection;
  terms.forEach((term, at) => {
    const holders = (starts[term + 1] as number) - (starts[term] as number);
    const idf = Math.log(1 + (collection - holders + 0.5) / (holders + 0.5));
    const [row, count] = [rows[at] as number, counts[at] as number];
    const norm = k1 * (1 - b + (b * (lengths[row] as number)) / meanLength);
    const place = next[term] as number;
    next[term] = place + 1;
    postings.rows[place] = row;
    postings.weights[place] = (idf * count * (k1 + 1)) / (count + norm);
  });
  return postings;
}

function residentTerms(termIds: ReadonlyMap<string, number>, postings: Postings, rowCount: number): ResidentTerms {
  const { starts, rows, weights } = postings;
  /** Of one search; all zero between searches. */
  const scores = new Float64Array(rowCount);
  return {
    bytes: starts.byteLength + rows.byteLength + weights.byteLength + scores.byteLength,
    search(terms, depth, visible) {
      const touched: number[] = [];
      for (const term of new Set(wordsOf(terms.join(" ")))) {
        const id = termIds.get(term);
        if (id === undefined) continue;
        const end = starts[id + 1] as number;
        for (let at = starts[id] as number; at < end; at += 1) {
          const row = rows[at] as number;
          if (scores[row] === 0) touched.push(row);
          scores[row] = (scores[row] as number) + (weights[at] as number);
        }
      }
      const best = bestRows(depth);
      for (const row of touched) {
        if (visible === undefined || visible[row] === 1) best.offer(row, scores[row] as number);
        scores[row] = 0;
      }
      return best.ranked();
    },
  };
}

function wordsOf(text: string): readonly string[] {
  const words = text.split(" ");
  return words.includes("") ? words.filter((word) => word !== "") : words;
}
