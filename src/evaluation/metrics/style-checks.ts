// House style by regular expression: rules that need no judge.
import type { Answer } from "../../core/answers.ts";
import type { HeldOutQuestion, StyleCheck } from "../../core/questions.ts";
import type { Metric, Score } from "../../core/scores.ts";
import { deterministicMetric, notApplicable, scored, unscored } from "./score.ts";

function isKept(text: string, check: StyleCheck): boolean {
  return "must" in check ? new RegExp(check.must, "iu").test(text) : !new RegExp(check.mustNot, "iu").test(text);
}

/** Share of the rules that the text keeps (flags `iu`). Throws `SyntaxError` where a pattern is broken. */
export function checksPassed(text: string, checks: readonly StyleCheck[]): number {
  return checks.filter((check) => isKept(text, check)).length / checks.length;
}

/** Saying nothing breaks no rule of what not to say: a question declined that had an answer keeps `must` rules at most. */
function keptBy(question: HeldOutQuestion, answer: Answer): number {
  const isEvasion = answer.outcome === "declined" && question.answerable;
  const kept = question.checks.filter((check) => !(isEvasion && "mustNot" in check) && isKept(answer.text, check));
  return kept.length / question.checks.length;
}

function scoreChecks(question: HeldOutQuestion, answer: Answer, formula: (kept: number) => number): Score {
  if (question.checks.length === 0) return notApplicable("the question has no checks");
  if (answer.outcome === "failed") return scored(0, "the answer failed");
  try {
    return scored(formula(keptBy(question, answer)));
  } catch (error) {
    return unscored(`a check is no regular expression: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * `checks` v2: share of the question's `checks` that the text keeps. A declined answer to an answerable question earns
 * nothing for `mustNot` rules (v1 gave it full marks for them); a failed answer scores 0; a broken pattern leaves the
 * score `unscored`.
 */
export function styleChecks(): Metric {
  return deterministicMetric({
    name: "checks",
    version: "2",
    label: "share of the style rules kept (patterns that must, or must not, match; declining earns no `mustNot`)",
    score: (question, answer) => scoreChecks(question, answer, (kept) => kept),
  });
}

/** `all-checks` v1: 1 where every rule is kept, counted as in `checks`, else 0. */
export function allChecks(): Metric {
  return deterministicMetric({
    name: "all-checks",
    version: "1",
    label: "share of the answers that keep every style rule",
    score: (question, answer) => scoreChecks(question, answer, (kept) => (kept === 1 ? 1 : 0)),
  });
}
