// What the linear reranker sees of a candidate: its scores in every leg and how the question's words lie in it.
import type { Hit } from "../../core/retrieval.ts";
import type { Analyser } from "../../text/analyser.ts";
import type { Lexicon } from "../../text/lexicon.ts";
import { passageAnalysisOf } from "./passage-analysis.ts";
import { analyseQuestion } from "./question-analysis.ts";
import { matchPassage, type PassageMatch } from "./question-match.ts";

/** Names in the order of the feature vector. Shares are of the question's idf mass. */
export const rerankFeatures = [
  /** BM25 over the mass. */
  "bm25",
  /** The same over that of the best candidate. */
  "bm25OfBest",
  /** Fused score over that of the first candidate. */
  "fusedOfFirst",
  /** 1 / rank after fusion. */
  "reciprocalRank",
  /** Cosine of question and passage; where the dense leg missed it, the lowest of the candidates. */
  "cosine",
  /** Share of the question that the passage holds. */
  "coverage",
  /** The same for its best sentence. */
  "bestSentence",
  /** The same for title and headings alone. */
  "context",
  /** Neighbouring words found side by side. */
  "pairs",
  /** Matched words over the shortest stretch that holds them. */
  "density",
  /** ln(1 + terms). */
  "length",
  /** Weight of the most telling word that is missing. */
  "largestMissing",
] as const;

export type RerankFeature = (typeof rerankFeatures)[number];
export type RerankerWeights = Readonly<Record<RerankFeature, number>>;

export type RerankParts = { readonly analyser: Analyser; readonly lexicon: Lexicon };

/** One feature vector per candidate. Candidates come best first. */
export function featuresOfCandidates(query: string, hits: readonly Hit[], parts: RerankParts): readonly number[][] {
  const { analyser, lexicon } = parts;
  const question = analyseQuestion(query, analyser, lexicon);
  const analyse = passageAnalysisOf(analyser);
  const matches = hits.map(({ chunk }) => {
    const passage = analyse(chunk);
    const match = matchPassage(question, passage.sentences, passage.contextTerms, lexicon.averageLength);
    return { match, length: passage.length };
  });
  const bestBm25 = Math.max(1e-6, ...matches.map(({ match }) => match.bm25));
  const fused = hits.map((hit) => hit.legs["fused"]?.score ?? hit.score);
  const firstFused = Math.max(1e-6, Math.abs(fused[0] ?? 0));
  const lowestCosine = Math.min(1, ...hits.flatMap((hit) => hit.legs["dense"]?.score ?? []));
  const hasDense = hits.some((hit) => hit.legs["dense"] !== undefined);
  return hits.map((hit, position) => {
    const { match, length } = matches[position] as { match: PassageMatch; length: number };
    return vectorOf({
      bm25: match.bm25,
      bm25OfBest: match.bm25 / bestBm25,
      fusedOfFirst: Math.max(-1, (fused[position] as number) / firstFused),
      reciprocalRank: 1 / (position + 1),
      cosine: hit.legs["dense"]?.score ?? (hasDense ? lowestCosine : 0),
      coverage: match.coverage,
      bestSentence: match.bestSentence,
      context: match.contextCoverage,
      pairs: match.pairs,
      density: match.density,
      length: Math.log(1 + length),
      largestMissing: match.largestMissing,
    });
  });
}

function vectorOf(features: RerankerWeights): number[] {
  return rerankFeatures.map((name) => features[name]);
}
