// Reorders the first candidates of a retriever by a linear score over a dozen features: no language model, under 2 ms.
import type { Hit, Reranker, Retrieval } from "../../core/retrieval.ts";
import { shippedRerankerWeights } from "./linear-reranker-weights.ts";
import { dot, fitLogistic, type LogisticRow } from "./logistic-regression.ts";
import { featuresOfCandidates, type RerankerWeights, type RerankParts, rerankFeatures } from "./rerank-features.ts";

export type { RerankerWeights } from "./rerank-features.ts";

export type LinearRerankerOptions = RerankParts & {
  /** Default: the shipped ones. `trainReranker` makes others from a user's labels. */
  readonly weights?: RerankerWeights;
  /** How many of the first hits are reordered; the others follow in their old order. Default 30. */
  readonly candidates?: number;
};

/** Keeps every hit it is given, adds the leg `reranked` and makes its score the hit's. */
export function linearReranker(options: LinearRerankerOptions): Reranker {
  const { analyser, lexicon, weights = shippedRerankerWeights, candidates = 30 } = options;
  const vector = rerankFeatures.map((name) => weights[name]);
  return {
    name: "embedded/linear",
    version: "1",
    config: { weights, candidates, analyser: analyser.config },
    rerank: async (query, hits) => {
      const started = performance.now();
      const head = hits.slice(0, candidates);
      const features = featuresOfCandidates(query, head, { analyser, lexicon });
      const scored = head.map((hit, position) => ({ hit, score: dot(vector, features[position] ?? []) }));
      const ordered = scored.sort((a, b) => b.score - a.score);
      return retrievalOf(ordered, hits.slice(candidates), performance.now() - started);
    },
  };
}

type Scored = { readonly hit: Hit; readonly score: number };

/** Hits that were not looked at get scores below the last that was, so that scores fall with rank. */
function retrievalOf(ordered: readonly Scored[], rest: readonly Hit[], durationMs: number): Retrieval {
  const lowest = ordered.at(-1)?.score ?? 0;
  const tail = rest.map((hit, position) => ({ hit, score: lowest - (position + 1) * 1e-3 }));
  const hits = [...ordered, ...tail].map(({ hit, score }, position) => ({
    ...hit,
    score,
    legs: { ...hit.legs, reranked: { rank: position + 1, score } },
  }));
  const tokens = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 };
  return { hits, usage: [{ modelId: "embedded/linear", ...tokens, durationMs, cpuMs: durationMs }] };
}

/** A question, the candidates that a retriever gave for it, and the ids of the chunks that were right. */
export type RerankerExample = {
  readonly query: string;
  readonly hits: readonly Hit[];
  readonly relevant: readonly string[];
};

export type TrainRerankerOptions = RerankParts & {
  /** What few examples leave as it is. Default: the shipped weights. */
  readonly prior?: RerankerWeights;
  /** How many questions the prior is worth. Default 10. */
  readonly ridge?: number;
};

/**
 * Pairwise logistic regression on the differences between right and wrong candidates of the same question. Every
 * question counts the same, however many candidates it has; questions without a right or a wrong one teach nothing.
 */
export function trainReranker(examples: readonly RerankerExample[], options: TrainRerankerOptions): RerankerWeights {
  const { prior = shippedRerankerWeights, ridge = 10 } = options;
  const rows = examples.flatMap(({ query, hits, relevant }) => {
    const features = featuresOfCandidates(query, hits, options);
    const isRight = (position: number) => relevant.includes(hits[position]?.chunk.id ?? "");
    return differenceRows(features, isRight);
  });
  if (rows.length === 0) return prior;
  const weights = fitLogistic(rows, { ridge, prior: rerankFeatures.map((name) => prior[name]) });
  return Object.fromEntries(rerankFeatures.map((name, at) => [name, weights[at] ?? 0])) as RerankerWeights;
}

/** One row per pair of a right and a wrong candidate; together they weigh 1. */
export function differenceRows(
  features: readonly (readonly number[])[],
  isRight: (position: number) => boolean,
): readonly LogisticRow[] {
  const right = features.filter((_, position) => isRight(position));
  const wrong = features.filter((_, position) => !isRight(position));
  const weight = 1 / Math.max(1, right.length * wrong.length);
  return right.flatMap((a) =>
    wrong.map((b) => ({ features: a.map((value, at) => value - (b[at] as number)), label: 1, weight })),
  );
}
