// Weights of the linear reranker.
// Written by `node bench/train-embedded.ts --data DIR`; do not edit.
// Trained on SciFact claims, questions on source code, Chroma's chunking questions, headings of the Rust book, the
// Sourcegraph handbook, Python PEPs and the PowerShell manual with their sections, and questions made from those texts.
import type { RerankerWeights } from "./rerank-features.ts";

export const shippedRerankerWeights: RerankerWeights = {
  bm25: -0.0698,
  bm25OfBest: 1.3674,
  fusedOfFirst: 1.3252,
  reciprocalRank: 0.774,
  cosine: 4.3856,
  coverage: 1.8839,
  bestSentence: 2.4163,
  context: 1.1344,
  pairs: 0.0657,
  density: 0.5676,
  length: 0.0015,
  largestMissing: 0.0812,
};
