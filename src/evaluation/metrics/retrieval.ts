// Retrieval metrics over the passages an approach put before its model. What is gold is decided in gold-matching.ts.
import type { Answer } from "../../core/answers.ts";
import type { HeldOutQuestion } from "../../core/questions.ts";
import type { Metric, Score } from "../../core/scores.ts";
import { goldItems, rankedGains } from "./gold-matching.ts";
import { averagePrecision, ndcgAt, precisionAt, recallAt, reciprocalRankAt } from "./ranking.ts";
import { deterministicMetric, notApplicable, scored, unscored } from "./score.ts";

type RankFormula = (gains: readonly number[], grades: readonly number[]) => number;

/**
 * Not applicable without gold. No passage at all scores 0, as trec_eval counts it: whether the approach retrieves in the
 * first place cannot be seen from one answer (see `ranksPassages`). A failed answer without passages is unscored, for its
 * ranking is unknown.
 */
function scoreRanking(question: HeldOutQuestion, answer: Answer, formula: RankFormula): Score {
  const gold = goldItems(question.relevant);
  if (gold.length === 0) return notApplicable("the question names no relevant evidence");
  if (answer.hits.length === 0 && answer.outcome === "failed") return unscored("the answer failed before it retrieved");
  const gains = rankedGains(
    answer.hits.map((hit) => hit.chunk),
    gold,
  );
  return scored(
    formula(
      gains,
      gold.map((item) => item.grade),
    ),
  );
}

/** True for the metrics below: they mean nothing for an approach that never puts a passage before its model. */
export function ranksPassages(metric: Metric): boolean {
  return /^(?:(?:recall|precision|mrr|ndcg)@\d+|average-precision|span-(?:recall|precision|iou))$/.test(metric.name);
}

/** `recall@k` v1: share of the gold evidence among the first k passages. Source: trec_eval `recall`. */
export function recallAtK(k: number): Metric {
  return deterministicMetric({
    name: `recall@${k}`,
    version: "1",
    label: `share of the gold evidence among the first ${k} passages`,
    score: (question, answer) => scoreRanking(question, answer, (gains, grades) => recallAt(gains, grades.length, k)),
  });
}

/** `precision@k` v1: share of the first k passages that are gold; a shorter list misses the rest. Source: trec_eval `P`. */
export function precisionAtK(k: number): Metric {
  return deterministicMetric({
    name: `precision@${k}`,
    version: "1",
    label: `share of the first ${k} passages that are gold (gold found / ${k})`,
    score: (question, answer) => scoreRanking(question, answer, (gains) => precisionAt(gains, k)),
  });
}

/** `average-precision` v1: over all passages shown and all gold; its mean over questions is MAP. Source: trec_eval `map`. */
export function averagePrecisionOfAll(): Metric {
  return deterministicMetric({
    name: "average-precision",
    version: "1",
    label: "mean precision at the rank of each gold item, 0 for those not shown (trec_eval map)",
    score: (question, answer) =>
      scoreRanking(question, answer, (gains, grades) => averagePrecision(gains, grades.length)),
  });
}

/** `mrr@k` v1: 1 / rank of the first gold passage, 0 if none is among the first k. */
export function meanReciprocalRankAtK(k: number): Metric {
  return deterministicMetric({
    name: `mrr@${k}`,
    version: "1",
    label: `1 / rank of the first gold passage within ${k}`,
    score: (question, answer) => scoreRanking(question, answer, (gains) => reciprocalRankAt(gains, k)),
  });
}

/** `ndcg@k` v1: graded, linear gain, discount log₂(rank + 1), ideal cut at k. Source: trec_eval `ndcg_cut`. */
export function ndcgAtK(k: number): Metric {
  return deterministicMetric({
    name: `ndcg@${k}`,
    version: "1",
    label: `discounted gain of the first ${k} passages against the ideal order (trec_eval, linear gain)`,
    score: (question, answer) => scoreRanking(question, answer, (gains, grades) => ndcgAt(gains, grades, k)),
  });
}
