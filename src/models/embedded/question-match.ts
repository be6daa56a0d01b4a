// Lexical evidence: how the words of a question are spread over a passage and over each of its sentences.
import type { AnalysedSentence } from "./passage-analysis.ts";
import type { AnalysedQuestion } from "./question-analysis.ts";

/** Shares are of the question's idf mass, 0 to 1. */
export type SentenceMatch = {
  /** Held by the sentence. */
  readonly coverage: number;
  /** Held by the sentence or the one before it. */
  readonly coverageWithPrevious: number;
  /** Held by the sentence, its headings or the title. */
  readonly coverageWithContext: number;
  /** BM25 with `sentenceLength` as the mean length, over the question's mass. */
  readonly bm25: number;
  /** Neighbouring question words that stand side by side, weighed by idf, over twice the mass. */
  readonly pairs: number;
  /** Largest idf of a word that is missing, over that of an unknown word. */
  readonly largestMissing: number;
  readonly matchedWords: number;
};

export type PassageMatch = {
  readonly sentences: readonly SentenceMatch[];
  readonly coverage: number;
  readonly contextCoverage: number;
  readonly bm25: number;
  readonly pairs: number;
  readonly largestMissing: number;
  /** Distinct words that match, divided by the length of the shortest stretch that holds them all. */
  readonly density: number;
  readonly bestSentence: number;
};

const k1 = 1.2;
const b = 0.75;
const sentenceLength = 14;

/** `averageLength` is the corpus's mean number of terms in a passage. */
export function matchPassage(
  question: AnalysedQuestion,
  sentences: readonly AnalysedSentence[],
  contextTerms: readonly string[],
  averageLength: number,
): PassageMatch {
  const count = question.idf.length;
  const inContext = new Uint8Array(count);
  const frequencies = new Int32Array(count);
  for (const term of contextTerms) {
    const word = question.wordOf.get(term);
    if (word === undefined) continue;
    inContext[word] = 1;
    frequencies[word] = (frequencies[word] as number) + 1;
  }
  const state: ScanState = {
    lastSentence: new Int32Array(count).fill(-9),
    inHeading: new Uint8Array(count),
    positions: [],
    words: [],
    offset: 0,
  };
  const matches = sentences.map((sentence, position) => {
    if (sentence.role === "heading") state.inHeading = new Uint8Array(count);
    const match = matchSentence(question, sentence, position, state, inContext, frequencies);
    state.offset += sentence.terms.length;
    return match;
  });
  const length = state.offset + contextTerms.length;
  return {
    sentences: matches,
    ...passageTotals(question, matches, state, { frequencies, inContext, length, averageLength }),
  };
}

/** What scanning sentence after sentence keeps: the sentence that last held a word, and every matched position. */
type ScanState = {
  readonly lastSentence: Int32Array;
  /** Words of the heading that the sentence stands below. */
  inHeading: Uint8Array;
  readonly positions: number[];
  readonly words: number[];
  offset: number;
};

function matchSentence(
  question: AnalysedQuestion,
  sentence: AnalysedSentence,
  index: number,
  state: ScanState,
  inContext: Uint8Array,
  passageFrequencies: Int32Array,
): SentenceMatch {
  const { idf, wordOf } = question;
  const frequencies = new Int32Array(idf.length);
  let previousWord = -9;
  let pairs = 0;
  let matchedWords = 0;
  for (let at = 0; at < sentence.terms.length; at++) {
    const word = wordOf.get(sentence.terms[at] as string);
    if (word === undefined) {
      previousWord = -9;
      continue;
    }
    if (word === previousWord + 1) pairs += (idf[word] as number) + (idf[previousWord] as number);
    previousWord = word;
    if (frequencies[word] === 0) matchedWords++;
    frequencies[word] = (frequencies[word] as number) + 1;
    if (sentence.role === "heading") state.inHeading[word] = 1;
    passageFrequencies[word] = (passageFrequencies[word] as number) + 1;
    state.positions.push(state.offset + at);
    state.words.push(word);
  }
  return {
    ...sentenceTotals(question, sentence.terms.length, index, { frequencies, inContext, state }),
    pairs: Math.min(1, pairs / (2 * question.mass)),
    matchedWords,
  };
}

type SentenceState = { readonly frequencies: Int32Array; readonly inContext: Uint8Array; readonly state: ScanState };

function sentenceTotals(
  { idf, mass, largestIdf }: AnalysedQuestion,
  length: number,
  index: number,
  { frequencies, inContext, state }: SentenceState,
): Omit<SentenceMatch, "pairs" | "matchedWords"> {
  const norm = k1 * (1 - b + (b * length) / sentenceLength);
  let coverage = 0;
  let withPrevious = 0;
  let withContext = 0;
  let bm25 = 0;
  let largestMissing = 0;
  for (let word = 0; word < idf.length; word++) {
    const weight = idf[word] as number;
    const frequency = frequencies[word] as number;
    const seenBefore = (state.lastSentence[word] as number) === index - 1;
    if (frequency > 0 || seenBefore) withPrevious += weight;
    if (frequency > 0 || inContext[word] === 1 || state.inHeading[word] === 1) withContext += weight;
    if (frequency === 0) {
      largestMissing = Math.max(largestMissing, weight);
      continue;
    }
    coverage += weight;
    bm25 += (weight * frequency * (k1 + 1)) / (frequency + norm);
    state.lastSentence[word] = index;
  }
  return {
    coverage: coverage / mass,
    coverageWithPrevious: withPrevious / mass,
    coverageWithContext: withContext / mass,
    bm25: bm25 / mass,
    largestMissing: largestMissing / largestIdf,
  };
}

type Totals = {
  readonly frequencies: Int32Array;
  readonly inContext: Uint8Array;
  readonly length: number;
  readonly averageLength: number;
};

function passageTotals(
  question: AnalysedQuestion,
  matches: readonly SentenceMatch[],
  state: ScanState,
  { frequencies, inContext, length, averageLength }: Totals,
): Omit<PassageMatch, "sentences"> {
  const { idf, mass } = question;
  const norm = k1 * (1 - b + (b * length) / Math.max(1, averageLength));
  let coverage = 0;
  let contextCoverage = 0;
  let bm25 = 0;
  let largestMissing = 0;
  idf.forEach((weight, word) => {
    const frequency = frequencies[word] as number;
    if (inContext[word] === 1) contextCoverage += weight;
    if (frequency === 0) largestMissing = Math.max(largestMissing, weight);
    else {
      coverage += weight;
      bm25 += (weight * frequency * (k1 + 1)) / (frequency + norm);
    }
  });
  return {
    coverage: coverage / mass,
    contextCoverage: contextCoverage / mass,
    bm25: bm25 / mass,
    pairs: Math.min(
      1,
      matches.reduce((sum, match) => Math.max(sum, match.pairs), 0),
    ),
    largestMissing: largestMissing / question.largestIdf,
    density: densityOf(state),
    bestSentence: matches.reduce((best, match) => Math.max(best, match.coverage), 0),
  };
}

/** Shortest window over all matched words, by two pointers. */
function densityOf({ positions, words }: ScanState): number {
  const distinct = new Set(words).size;
  if (distinct < 2) return distinct === 0 ? 0 : 0.5;
  const inside = new Map<number, number>();
  let from = 0;
  let shortest = Number.POSITIVE_INFINITY;
  for (let to = 0; to < words.length; to++) {
    const word = words[to] as number;
    inside.set(word, (inside.get(word) ?? 0) + 1);
    while (inside.size === distinct) {
      shortest = Math.min(shortest, (positions[to] as number) - (positions[from] as number) + 1);
      const leaving = words[from] as number;
      const left = (inside.get(leaving) as number) - 1;
      if (left === 0) inside.delete(leaving);
      else inside.set(leaving, left);
      from++;
    }
  }
  return distinct / shortest;
}
