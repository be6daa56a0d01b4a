// Weights of the extractive reader.
// Written by `node bench/train-embedded.ts --data DIR`; do not edit.
// Trained on SciFact claims with their evidence, Chroma's chunking questions with theirs, and questions made by cutting
// answers out of the Rust book, the Sourcegraph handbook, Python PEPs and the PowerShell manual.
import type { ConfidenceWeights } from "./answer-confidence.ts";
import type { ReaderWeights } from "./reader-features.ts";

export const shippedReaderWeights: ReaderWeights = {
  coverage: 2.2673,
  coverageWithPrevious: 1.4581,
  coverageWithContext: 1.0515,
  bm25: 0.7384,
  pairs: 0.2664,
  largestMissing: -0.3564,
  cosine: 1.7153,
  length: 0.1544,
  isShort: -0.6876,
  newShare: -0.2806,
  isQuestion: -1.3848,
  isRow: -0.4445,
  reciprocalRank: 1.112,
  passageCoverage: 0.964,
  passageBm25: 0.5711,
  passageDensity: -0.0526,
  passagePairs: 0.3127,
  fitQuantity: 0.7447,
  fitTime: 0.7001,
  fitPerson: 0.6101,
  fitPlace: 1.4947,
  fitCause: 0.8225,
  fitMethod: 0.183,
  fitDefinition: -1.6246,
  fitOther: 0.0244,
};

/** That the first quote answers the question. */
export const shippedConfidence: ConfidenceWeights = {
  score: 0.0137,
  margin: 0.5485,
  share: 3.5238,
  coverage: -1.6036,
  coverageWithContext: 1.7671,
  cosine: 1.5337,
  largestMissing: 1.1881,
  passageCoverage: 0.7118,
  passageBm25: -0.1895,
  bestPassage: -0.3043,
  unseenShare: -2.3285,
  fits: -0.1149,
  isOpenKind: -0.0121,
  intercept: -3.5102,
};

/** That the documents hold nothing on it. */
export const shippedMissing: ConfidenceWeights = {
  score: -0.0718,
  margin: -0.3365,
  share: -2.2871,
  coverage: 0.2408,
  coverageWithContext: -1.3564,
  cosine: -2.4986,
  largestMissing: -1.7482,
  passageCoverage: -1.429,
  passageBm25: -0.4543,
  bestPassage: -1.0103,
  unseenShare: 1.4695,
  fits: 0.0154,
  isOpenKind: -0.3424,
  intercept: 5.0501,
};
