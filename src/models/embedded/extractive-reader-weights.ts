// Weights of the extractive reader.
// Written by `node bench/train-embedded.ts --data DIR`; do not edit.
// Trained on SciFact claims with their evidence, Chroma's chunking questions with theirs, and questions made by cutting
// answers out of the Rust book, the Sourcegraph handbook, Python PEPs and the PowerShell manual.
import type { ConfidenceWeights } from "./answer-confidence.ts";
import type { ReaderWeights } from "./reader-features.ts";

export const shippedReaderWeights: ReaderWeights = {
  coverage: 2.2676,
  coverageWithPrevious: 1.4605,
  coverageWithContext: 1.0536,
  bm25: 0.739,
  pairs: 0.2642,
  largestMissing: -0.3602,
  cosine: 1.7081,
  length: 0.1562,
  isShort: -0.6904,
  newShare: -0.2789,
  isQuestion: -1.3848,
  isRow: -0.3406,
  reciprocalRank: 1.1127,
  passageCoverage: 0.97,
  passageBm25: 0.5748,
  passageDensity: -0.0462,
  passagePairs: 0.3094,
  fitQuantity: 0.7491,
  fitTime: 0.6993,
  fitPerson: 0.6081,
  fitPlace: 1.4939,
  fitCause: 0.8352,
  fitMethod: 0.1826,
  fitDefinition: -1.6286,
  fitOther: 0.0233,
};

/** That the first quote answers the question. */
export const shippedConfidence: ConfidenceWeights = {
  score: 0.01,
  margin: 0.545,
  share: 3.5843,
  coverage: -1.6127,
  coverageWithContext: 1.7627,
  cosine: 1.5361,
  largestMissing: 1.1809,
  passageCoverage: 0.6906,
  passageBm25: -0.1566,
  bestPassage: -0.3243,
  unseenShare: -2.3305,
  fits: -0.115,
  isOpenKind: -0.0133,
  intercept: -3.4952,
};

/** That the documents hold nothing on it. */
export const shippedMissing: ConfidenceWeights = {
  score: -0.0684,
  margin: -0.3333,
  share: -2.3579,
  coverage: 0.2487,
  coverageWithContext: -1.3506,
  cosine: -2.4834,
  largestMissing: -1.7469,
  passageCoverage: -1.406,
  passageBm25: -0.4809,
  bestPassage: -1.0227,
  unseenShare: 1.4749,
  fits: 0.0032,
  isOpenKind: -0.3447,
  intercept: 5.0565,
};
