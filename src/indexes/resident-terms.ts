// The lexical leg in memory: BM25 as LanceDB computes it, over rows that were counted once. Knows no vectors and no filters'
// meaning.
import { bestRows, type ScoredRow } from "./best-rows.ts";

/** 1 for the rows that a search may see. */
export type RowMask = Uint8Array;

/** What was counted: the terms of row r, and how often each occurs in it, lie from `starts[r]` to `starts[r + 1]`. */
export type TermCounts = {
  readonly words: readonly string[];
  readonly starts: Uint32Array;
  readonly terms: Uint32Array;
  readonly counts: Uint32Array;
};

export type ResidentTerms = {
  /** For a later copy that has some of the same rows. */
  readonly counted: TermCounts;
  /** Best first, at most `depth`; rows without any of the terms are not found. */
  search(terms: readonly string[], depth: number, visible?: RowMask): readonly ScoredRow[];
};

export type TermsBuilder = {
  /** The next row's analysed text, blank-separated. */
  add(text: string): void;
  /** The next row is this one of those. */
  keep(counted: TermCounts, row: number): void;
  finish(): ResidentTerms;
};

const k1 = 1.2;
const b = 0.75;

export function termsBuilder(): TermsBuilder {
  const termIds = new Map<string, number>();
  const starts = [0];
  const [terms, counts]: [number[], number[]] = [[], []];
  const idOf = (word: string) => {
    const known = termIds.get(word);
    if (known !== undefined) return known;
    termIds.set(word, termIds.size);
    return termIds.size - 1;
  };
  return {
    add(text) {
      const places = new Map<number, number>();
      for (const word of wordsOf(text)) {
        const id = idOf(word);
        const place = places.get(id);
        if (place === undefined) {
          places.set(id, terms.push(id) - 1);
          counts.push(1);
        } else counts[place] = (counts[place] as number) + 1;
      }
      starts.push(terms.length);
    },
    keep(counted, row) {
      const end = counted.starts[row + 1] as number;
      for (let at = counted.starts[row] as number; at < end; at += 1) {
        terms.push(idOf(counted.words[counted.terms[at] as number] as string));
        counts.push(counted.counts[at] as number);
      }
      starts.push(terms.length);
    },
    finish() {
      const counted = {
        words: [...termIds.keys()],
        starts: Uint32Array.from(starts),
        terms: Uint32Array.from(terms),
        counts: Uint32Array.from(counts),
      };
      return residentTerms(counted, termIds, postingsOf(counted));
    },
  };
}

/** The rows of term t, and what it is worth in each, lie from `starts[t]` to `starts[t + 1]`. */
type Postings = { readonly starts: Uint32Array; readonly rows: Uint32Array; readonly weights: Float32Array };

function postingsOf({ words, starts: rowStarts, terms, counts }: TermCounts): Postings {
  const starts = new Uint32Array(words.length + 1);
  for (const term of terms) starts[term + 1] = (starts[term + 1] as number) + 1;
  for (let term = 0; term < words.length; term += 1)
    starts[term + 1] = (starts[term + 1] as number) + (starts[term] as number);
  const next = starts.slice();
  const postings = { starts, rows: new Uint32Array(terms.length), weights: new Float32Array(terms.length) };
  // Rows without any term are no part of the collection.
  const lengths = lengthsOf(rowStarts, counts);
  const collection = lengths.filter((length) => length > 0).length;
  const meanLength = lengths.reduce((sum, length) => sum + length, 0) / collection;
  lengths.forEach((length, row) => {
    const norm = k1 * (1 - b + (b * length) / meanLength);
    for (let at = rowStarts[row] as number; at < (rowStarts[row + 1] as number); at += 1) {
      const [term, count] = [terms[at] as number, counts[at] as number];
      const holders = (starts[term + 1] as number) - (starts[term] as number);
      const idf = Math.log(1 + (collection - holders + 0.5) / (holders + 0.5));
      const place = next[term] as number;
      next[term] = place + 1;
      postings.rows[place] = row;
      postings.weights[place] = (idf * count * (k1 + 1)) / (count + norm);
    }
  });
  return postings;
}

function lengthsOf(starts: Uint32Array, counts: Uint32Array): Uint32Array {
  return Uint32Array.from({ length: starts.length - 1 }, (_, row) =>
    counts.subarray(starts[row], starts[row + 1]).reduce((sum, count) => sum + count, 0),
  );
}

function residentTerms(counted: TermCounts, termIds: ReadonlyMap<string, number>, postings: Postings): ResidentTerms {
  const { starts, rows, weights } = postings;
  /** Of one search; all zero between searches. */
  const scores = new Float64Array(counted.starts.length - 1);
  return {
    counted,
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
