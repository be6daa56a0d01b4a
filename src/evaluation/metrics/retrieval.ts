// Retrieval metrics over the passages an approach put before its model. What is gold is decided in gold-matching.ts.
import type { Answer } from "../../core/answers.ts";
import type { HeldOutQuestion } from "../../core/questions.ts";
import type { Metric, Score } from "../../core/scores.ts";
import { goldItems, rankedGains } from "./gold-matching.ts";
import { ndcgAt, recallAt, reciprocalRankAt } from "./ranking.ts";
import { deterministicMetric, notApplicable, scored, unscored } from "./score.ts";

type RankFormula = (gains: readonly number[], grades: readonly number[]) => number;

/**
 * Not applicable without gold, and for approaches that do not retrieve (no passage, and no time spent on retrieving). A
 * retrieval that found nothing scores 0; a failed answer without passages is unscored, for its ranking is unknown.
 */
function scoreRanking(question: HeldOutQuestion, answer: Answer, formula: RankFormula): Score {
  const gold = goldItems(question.relevant);
  if (gold.length === 0) return notApplicable("the question names no relevant evidence");
  if (answer.hits.length === 0 && answer.outcome === "failed") return unscored("the answer failed before it retrieved");
  if (answer.hits.length === 0 && answer.ms.retrieve === 0) return notApplicable("the approach does not retrieve");
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

/** `recall@k` v1: share of the gold evidence among the first k passages. Source: trec_eval `recall`. */
export function recallAtK(k: number): Metric {
  return deterministicMetric({
    name: `recall@${k}`,
    version: "1",
    label: `share of the gold evidence among the first ${k} passages`,
    score: (question, answer) => scoreRanking(question, answer, (gains, grades) => recallAt(gains, grades.length, k)),
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
