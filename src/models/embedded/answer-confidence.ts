// How sure the reader is: a calibrated probability that its quote is right, and one that the documents hold nothing on
// the question. Neither notices a passage that is about the right thing but states another fact.
import { dot, sigmoid } from "./logistic-regression.ts";
import { matchOf } from "./reader-features.ts";
import type { SentenceRanking } from "./sentence-ranking.ts";

/** Names in the order of the feature vector. */
export const confidenceFeatures = [
  "score",
  /** Score of the best sentence minus that of the best one elsewhere. */
  "margin",
  /** Share of the best sentence when scores are turned into shares. */
  "share",
  "coverage",
  "coverageWithContext",
  "cosine",
  "largestMissing",
  /** Coverage of the best sentence's passage. */
  "passageCoverage",
  "passageBm25",
  /** The highest coverage among all passages. */
  "bestPassage",
  /** Share of the question's weight on words that the corpus lacks. */
  "unseenShare",
  /** Whether the best sentence holds the kind of thing asked for. */
  "fits",
  "isOpenKind",
] as const;

export type ConfidenceFeature = (typeof confidenceFeatures)[number];

/** `intercept` is added to the weighted features. */
export type ConfidenceWeights = Readonly<Record<ConfidenceFeature | "intercept", number>>;

export function featuresOfAnswer(ranking: SentenceRanking): readonly number[] {
  const [best, ...others] = ranking.sentences;
  if (!best) return confidenceFeatures.map(() => 0);
  const match = matchOf(best);
  const rival = others.find((other) => other.segment !== best.segment);
  const total = ranking.sentences.reduce((sum, { score }) => sum + Math.exp(score - best.score), 0);
  const fit = Math.max(0, ...best.features.slice(-8));
  const features: Readonly<Record<ConfidenceFeature, number>> = {
    score: best.score,
    margin: Math.min(5, best.score - (rival?.score ?? best.score - 2)),
    share: 1 / total,
    coverage: match.coverage,
    coverageWithContext: match.coverageWithContext,
    cosine: best.cosine,
    largestMissing: match.largestMissing,
    passageCoverage: best.segment.match.coverage,
    passageBm25: best.segment.match.bm25,
    bestPassage: Math.max(...ranking.segments.map((segment) => segment.match.coverage)),
    unseenShare: ranking.question.unseenShare,
    fits: fit,
    isOpenKind: ranking.question.kind === "other" ? 1 : 0,
  };
  return confidenceFeatures.map((name) => features[name]);
}

/** Between 0 and 1. */
export function probabilityOf(features: readonly number[], weights: ConfidenceWeights): number {
  return sigmoid(
    dot(
      confidenceFeatures.map((name) => weights[name]),
      features,
    ) + weights.intercept,
  );
}
