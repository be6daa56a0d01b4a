// Weights of the extractive reader.
// Written by `node bench/train-embedded.ts --data DIR`; do not edit.
// Trained on SciFact claims with their evidence, Chroma's chunking questions with theirs, and questions made by cutting
// answers out of the Rust book, the Sourcegraph handbook, Python PEPs and the PowerShell manual.
import type { ConfidenceWeights } from "./answer-confidence.ts";
import type { ReaderWeights } from "./reader-features.ts";

export const shippedReaderWeights: ReaderWeights = {
  coverage: 2.2673,
  coverageWithPrevious: 1.4582,
  coverageWithContext: 1.0513,
  bm25: 0.7384,
  pairs: 0.2664,
  largestMissing: -0.3564,
  cosine: 1.7152,
  length: 0.1544,
  isShort: -0.6874,
  newShare: -0.2806,
  isQuestion: -1.3848,
  isRow: -0.4445,
  reciprocalRank: 1.112,
  passageCoverage: 0.964,
  passageBm25: 0.5711,
  passageDensity: -0.0526,
  passagePairs: 0.3126,
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
  margin: 0.5483,
  share: 3.5248,
  coverage: -1.6038,
  coverageWithContext: 1.7671,
  cosine: 1.5334,
  largestMissing: 1.1884,
  passageCoverage: 0.712,
  passageBm25: -0.1892,
  bestPassage: -0.3044,
  unseenShare: -2.3282,
  fits: -0.1148,
  isOpenKind: -0.0121,
  intercept: -3.5106,
};

/** That the documents hold nothing on it. */
export const shippedMissing: ConfidenceWeights = {
  score: -0.0719,
  margin: -0.336,
  share: -2.2875,
  coverage: 0.2407,
  coverageWithContext: -1.3565,
  cosine: -2.4988,
  largestMissing: -1.7486,
  passageCoverage: -1.4294,
  passageBm25: -0.4543,
  bestPassage: -1.0101,
  unseenShare: 1.4693,
  fits: 0.0153,
  isOpenKind: -0.3424,
  intercept: 5.0505,
};
