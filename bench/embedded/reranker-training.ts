// Trains the weights of the linear reranker and says, corpus by corpus, what they are worth on corpora left out.
import type { Hit } from "../../src/core/retrieval.ts";
import { differenceRows } from "../../src/models/embedded/linear-reranker.ts";
import { dot, fitLogistic, type LogisticRow } from "../../src/models/embedded/logistic-regression.ts";
import {
  featuresOfCandidates,
  type RerankerWeights,
  rerankFeatures,
} from "../../src/models/embedded/rerank-features.ts";
import type { PreparedCorpus } from "./memory-index.ts";
import type { TrainingCorpus } from "./training-corpora.ts";

export type RankedQuestion = {
  readonly features: readonly (readonly number[])[];
  readonly isRight: readonly boolean[];
  /** Right passages in the corpus, found or not. */
  readonly relevantCount: number;
};

export type CorpusRankings = { readonly name: string; readonly questions: readonly RankedQuestion[] };

const candidates = 30;

export async function rankingsOf(
  corpus: TrainingCorpus,
  prepared: PreparedCorpus,
  denseWeight: number,
): Promise<CorpusRankings> {
  const questions: RankedQuestion[] = [];
  for (const { text, relevant } of corpus.questions) {
    const hits: readonly Hit[] = (await prepared.hybrid(text, denseWeight)).slice(0, candidates);
    const features = featuresOfCandidates(text, hits, prepared);
    const isRight = hits.map(({ chunk }) => relevant.includes(chunk.id));
    questions.push({ features, isRight, relevantCount: relevant.length });
  }
  return { name: corpus.name, questions };
}

/** Every corpus weighs the same, however many questions it has. */
export function fitReranker(corpora: readonly CorpusRankings[]): readonly number[] {
  const rows = corpora.flatMap(({ questions }) => {
    const taught = questions.map(({ features, isRight }) => differenceRows(features, (at) => isRight[at] === true));
    const share = 500 / Math.max(1, taught.filter((pairs) => pairs.length > 0).length);
    return taught.flat().map((row): LogisticRow => ({ ...row, weight: (row.weight ?? 1) * share }));
  });
  return fitLogistic(rows, { ridge: 5 });
}

export function namedWeights(vector: readonly number[]): RerankerWeights {
  return Object.fromEntries(
    rerankFeatures.map((name, at) => [name, Number((vector[at] ?? 0).toFixed(4))]),
  ) as RerankerWeights;
}

/** Mean over the questions of nDCG@10 and hit@1, in percent; `weights` absent: the order of the fusion. */
export function rankingQuality(
  { questions }: CorpusRankings,
  weights?: readonly number[],
): { readonly ndcg10: number; readonly hit1: number } {
  let ndcg = 0;
  let hits = 0;
  const answerable = questions.filter(({ relevantCount }) => relevantCount > 0);
  for (const { features, isRight, relevantCount } of answerable) {
    const order = features.map((vector, at) => ({ at, score: weights ? dot(weights, vector) : -at }));
    order.sort((a, b) => b.score - a.score);
    const gains = order.map(({ at }) => (isRight[at] ? 1 : 0));
    const ideal = discounted(Array.from({ length: Math.min(10, relevantCount) }, () => 1));
    ndcg += discounted(gains.slice(0, 10)) / ideal;
    hits += gains[0] ?? 0;
  }
  return { ndcg10: (100 * ndcg) / answerable.length, hit1: (100 * hits) / answerable.length };
}

function discounted(gains: readonly number[]): number {
  return gains.reduce((sum, gain, at) => sum + gain / Math.log2(at + 2), 0);
}
