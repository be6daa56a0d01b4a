// How every metric here speaks: the three outcomes of scoring, and the factory for metrics that need no model.
import type { Answer } from "../../core/answers.ts";
import type { Json } from "../../core/json.ts";
import type { HeldOutQuestion } from "../../core/questions.ts";
import type { Metric, Score } from "../../core/scores.ts";

export type DeterministicMetric = {
  readonly name: string;
  /** Changes whenever the same answer would score differently. */
  readonly version: string;
  readonly label: string;
  /** Default true. */
  readonly higherIsBetter?: boolean;
  readonly config?: Json;
  readonly score: (question: HeldOutQuestion, answer: Answer) => Score;
};

/** Wraps a pure scoring function. The score lies in [0, 1] and depends on this question and this answer alone. */
export function deterministicMetric(metric: DeterministicMetric): Metric {
  const { score, higherIsBetter = true, config = {}, ...rest } = metric;
  return { ...rest, higherIsBetter, config, score: async (question, answer) => score(question, answer) };
}

export function scored(value: number, detail?: Json): Score {
  return detail === undefined ? { status: "scored", value } : { status: "scored", value, detail };
}

export function notApplicable(reason: string): Score {
  return { status: "not-applicable", reason };
}

export function unscored(reason: string): Score {
  return { status: "unscored", reason };
}
