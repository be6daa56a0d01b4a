// What the extractive reader sees of a sentence that may answer a question.
import { type AnswerKind, answerFit } from "./answer-kind.ts";
import type { AnalysedQuestion } from "./question-analysis.ts";
import type { SentenceMatch } from "./question-match.ts";
import type { Segment } from "./reading-segments.ts";

export type Candidate = {
  readonly segment: Segment;
  /** Rank of the segment, from 0. */
  readonly rank: number;
  /** Position of the sentence in the segment. */
  readonly position: number;
};

/** Names in the order of the feature vector. */
export const readerFeatures = [
  "coverage",
  "coverageWithPrevious",
  "coverageWithContext",
  "bm25",
  "pairs",
  "largestMissing",
  /** Cosine of question and sentence. */
  "cosine",
  "length",
  "isShort",
  /** Share of the sentence's terms that the question does not hold. */
  "newShare",
  "isQuestion",
  "isRow",
  "reciprocalRank",
  "passageCoverage",
  "passageBm25",
  "passageDensity",
  "passagePairs",
  "fitQuantity",
  "fitTime",
  "fitPerson",
  "fitPlace",
  "fitCause",
  "fitMethod",
  "fitDefinition",
  "fitOther",
] as const;

export type ReaderFeature = (typeof readerFeatures)[number];
export type ReaderWeights = Readonly<Record<ReaderFeature, number>>;

const fitFeature: Readonly<Record<AnswerKind, ReaderFeature>> = {
  quantity: "fitQuantity",
  time: "fitTime",
  person: "fitPerson",
  place: "fitPlace",
  cause: "fitCause",
  method: "fitMethod",
  definition: "fitDefinition",
  other: "fitOther",
};

export function matchOf({ segment, position }: Candidate): SentenceMatch {
  return segment.match.sentences[position] as SentenceMatch;
}

export function textOf({ segment, position }: Candidate): string {
  const sentence = segment.sentences[position];
  return sentence ? segment.text.slice(sentence.start, sentence.end) : "";
}

export function featuresOfSentence(
  question: AnalysedQuestion,
  candidate: Candidate,
  cosine: number,
): readonly number[] {
  const { segment, rank, position } = candidate;
  const match = matchOf(candidate);
  const text = textOf(candidate);
  const length = segment.sentences[position]?.terms.length ?? 0;
  const features: Partial<Record<ReaderFeature, number>> = {
    coverage: match.coverage,
    coverageWithPrevious: match.coverageWithPrevious,
    coverageWithContext: match.coverageWithContext,
    bm25: match.bm25,
    pairs: match.pairs,
    largestMissing: match.largestMissing,
    cosine,
    length: Math.log(1 + length),
    isShort: length < 4 ? 1 : 0,
    newShare: 1 - match.matchedWords / Math.max(1, length),
    isQuestion: text.endsWith("?") ? 1 : 0,
    isRow: text.startsWith("|") ? 1 : 0,
    reciprocalRank: 1 / (1 + rank),
    passageCoverage: segment.match.coverage,
    passageBm25: segment.match.bm25,
    passageDensity: segment.match.density,
    passagePairs: segment.match.pairs,
    [fitFeature[question.kind]]: answerFit(question.kind, question.text, text),
  };
  return readerFeatures.map((name) => features[name] ?? 0);
}
