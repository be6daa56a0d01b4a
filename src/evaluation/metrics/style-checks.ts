// House style by regular expression: rules that need no judge.
import type { StyleCheck } from "../../core/questions.ts";
import type { Metric } from "../../core/scores.ts";
import { deterministicMetric, notApplicable, scored, unscored } from "./score.ts";

/** Share of the rules that the text keeps (flags `iu`). Throws `SyntaxError` where a pattern is broken. */
export function checksPassed(text: string, checks: readonly StyleCheck[]): number {
  const kept = checks.filter((check) =>
    "must" in check ? new RegExp(check.must, "iu").test(text) : !new RegExp(check.mustNot, "iu").test(text),
  );
  return kept.length / checks.length;
}

/**
 * `checks` v1: share of the question's `checks` that the text keeps. The text of a declined answer is judged like any
 * other, for people read it; a failed answer scores 0; a broken pattern leaves the score `unscored`.
 */
export function styleChecks(): Metric {
  return deterministicMetric({
    name: "checks",
    version: "1",
    label: "share of the style rules (patterns that must, or must not, match) that the answer keeps",
    score: (question, answer) => {
      if (question.checks.length === 0) return notApplicable("the question has no checks");
      if (answer.outcome === "failed") return scored(0, "the answer failed");
      try {
        return scored(checksPassed(answer.text, question.checks));
      } catch (error) {
        return unscored(`a check is no regular expression: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
  });
}
