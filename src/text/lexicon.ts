// Document frequencies of analysed terms: how telling a term is within one corpus. Knows no text, only terms.
import type { Json } from "../core/json.ts";

export type Lexicon = {
  /** Passages that were counted. */
  readonly documentCount: number;
  /** Mean number of terms in a passage. */
  readonly averageLength: number;
  /** `inverseDocumentFrequency`; an unknown term counts as held by no passage. */
  idf(term: string): number;
  /** Number of passages that hold `term`. */
  documentFrequency(term: string): number;
  toJSON(): Json;
};

/** ln(1 + (N - df + 0.5) / (df + 0.5)), as in BM25 (Robertson and Zaragoza 2009, kept positive). */
export function inverseDocumentFrequency(documentCount: number, documentFrequency: number): number {
  return Math.log(1 + (documentCount - documentFrequency + 0.5) / (documentFrequency + 0.5));
}

/** Counts passages given as analysed terms, as a list or blank-separated. */
export function buildLexicon(termLists: Iterable<readonly string[] | string>): Lexicon {
  const frequencies = new Map<string, number>();
  let documentCount = 0;
  let totalLength = 0;
  for (const list of termLists) {
    const terms = typeof list === "string" ? list.split(" ").filter((term) => term !== "") : list;
    documentCount++;
    totalLength += terms.length;
    for (const term of new Set(terms)) frequencies.set(term, (frequencies.get(term) ?? 0) + 1);
  }
  return lexiconOf(frequencies, documentCount, documentCount === 0 ? 0 : totalLength / documentCount);
}

/**
 * Reads what `toJSON` wrote. Throws `TypeError` where `json` is something else: the caller knows which file that was.
 */
export function lexiconFromJson(json: Json): Lexicon {
  const { documentCount, averageLength, terms, frequencies } = savedLexicon(json);
  const counts = new Map<string, number>();
  const names = terms === "" ? [] : terms.split(" ");
  if (names.length !== frequencies.length) throw new TypeError("a lexicon needs one frequency per term");
  names.forEach((term, position) => {
    counts.set(term, frequencies[position] ?? 0);
  });
  return lexiconOf(counts, documentCount, averageLength);
}

function lexiconOf(counts: ReadonlyMap<string, number>, documentCount: number, averageLength: number): Lexicon {
  const documentFrequency = (term: string) => counts.get(term) ?? 0;
  return {
    documentCount,
    averageLength,
    documentFrequency,
    idf: (term) => inverseDocumentFrequency(documentCount, documentFrequency(term)),
    // One string of terms loads several times faster than an object with a member per term.
    toJSON: () => ({
      documentCount,
      averageLength,
      terms: [...counts.keys()].join(" "),
      frequencies: [...counts.values()],
    }),
  };
}

type SavedLexicon = {
  readonly documentCount: number;
  readonly averageLength: number;
  readonly terms: string;
  readonly frequencies: readonly number[];
};

function savedLexicon(json: Json): SavedLexicon {
  const saved = json as Partial<SavedLexicon> | null;
  const isLexicon =
    typeof saved?.documentCount === "number" &&
    typeof saved.averageLength === "number" &&
    typeof saved.terms === "string" &&
    Array.isArray(saved.frequencies);
  if (!isLexicon) throw new TypeError("not a saved lexicon");
  return saved as SavedLexicon;
}
