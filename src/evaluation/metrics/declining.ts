// Declining, right and wrong. Kept apart on purpose: one pooled rate would hide both.
import type { Metric } from "../../core/scores.ts";
import { deterministicMetric, notApplicable, scored, unscored } from "./score.ts";

/** `correct-decline` v1: 1 if an unanswerable question was declined, else 0. A failed answer is neither: unscored. */
export function correctDecline(): Metric {
  return deterministicMetric({
    name: "correct-decline",
    version: "1",
    label: "share of the unanswerable questions that were declined",
    score: (question, answer) => {
      if (question.answerable) return notApplicable("the question is answerable");
      if (answer.outcome === "failed") return unscored("the answer failed");
      return scored(answer.outcome === "declined" ? 1 : 0);
    },
  });
}

/** `over-decline` v1: 1 if an answerable question was declined, else 0; lower is better. A failed answer is unscored. */
export function overDecline(): Metric {
  return deterministicMetric({
    name: "over-decline",
    version: "1",
    label: "share of the answerable questions that were declined (lower is better)",
    higherIsBetter: false,
    score: (question, answer) => {
      if (!question.answerable) return notApplicable("the question is unanswerable");
      if (answer.outcome === "failed") return unscored("the answer failed");
      return scored(answer.outcome === "declined" ? 1 : 0);
    },
  });
}
