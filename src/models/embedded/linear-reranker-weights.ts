// placeholder
import type { RerankerWeights } from "./rerank-features.ts";
export const shippedRerankerWeights: RerankerWeights = {
  bm25: 1,
  bm25OfBest: 1,
  fusedOfFirst: 1,
  reciprocalRank: 0.5,
  cosine: 1,
  coverage: 1,
  bestSentence: 1,
  context: 0,
  pairs: 1,
  density: 0.5,
  length: 0,
  largestMissing: -0.5,
};
