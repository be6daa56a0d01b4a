// A BM25 that shares no line with the product: the yardstick that retrieval must not fall below. Kept plain on purpose.
import { createRequire } from "node:module";

type Stemmer = { stem(word: string): string };
const snowball = createRequire(import.meta.url)("snowball-stemmers") as { newStemmer(language: string): Stemmer };
const stemmer = snowball.newStemmer("english");

const stopWords = new Set(
  "a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to was will with what which who whom how when where why do does did".split(
    " ",
  ),
);

export type Bm25 = { rank(query: string, depth: number): readonly { readonly id: string; readonly score: number }[] };

/** Okapi BM25, k1 1.2, b 0.75, idf ln(1 + (N − df + 0.5)/(df + 0.5)), English stems and stop words. */
export function independentBm25(
  passages: readonly { readonly id: string; readonly text: string }[],
  k1 = 1.2,
  b = 0.75,
): Bm25 {
  const postings = new Map<string, Map<number, number>>();
  const lengths = passages.map(({ text }, place) => {
    const words = wordsOf(text);
    for (const word of words) {
      const list = postings.get(word) ?? new Map<number, number>();
      list.set(place, (list.get(place) ?? 0) + 1);
      postings.set(word, list);
    }
    return words.length;
  });
  const average = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length);
  return {
    rank(query, depth) {
      const scores = new Map<number, number>();
      for (const word of new Set(wordsOf(query))) {
        const list = postings.get(word);
        if (!list) continue;
        const idf = Math.log(1 + (passages.length - list.size + 0.5) / (list.size + 0.5));
        for (const [place, count] of list) {
          const norm = k1 * (1 - b + (b * (lengths[place] ?? 0)) / average);
          scores.set(place, (scores.get(place) ?? 0) + (idf * count * (k1 + 1)) / (count + norm));
        }
      }
      return [...scores]
        .sort((x, y) => y[1] - x[1] || x[0] - y[0])
        .slice(0, depth)
        .map(([place, score]) => ({ id: passages[place]?.id ?? "", score }));
    },
  };
}

function wordsOf(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.filter((word) => !stopWords.has(word)).map((word) => stemmer.stem(word));
}
