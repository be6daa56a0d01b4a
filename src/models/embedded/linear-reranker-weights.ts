// Weights of the linear reranker.
// Written by `node bench/train-embedded.ts --data DIR`; do not edit.
// Trained on SciFact claims, questions on source code, Chroma's chunking questions, headings of the Rust book, the
// Sourcegraph handbook, Python PEPs and the PowerShell manual with their sections, and questions made from those texts.
import type { RerankerWeights } from "./rerank-features.ts";

export const shippedRerankerWeights: RerankerWeights = {
  bm25: -0.111,
  bm25OfBest: 1.3292,
  fusedOfFirst: 1.346,
  reciprocalRank: 0.783,
  cosine: 4.3765,
  coverage: 1.9136,
  bestSentence: 2.4323,
  context: 1.1399,
  pairs: 0.0666,
  density: 0.5693,
  length: 0.0018,
  largestMissing: 0.0834,
};
