// Exact match and token F1 as the SQuAD 2.0 evaluator defines them: English articles and ASCII punctuation only.
import type { Answer } from "../../core/answers.ts";
import type { HeldOutQuestion } from "../../core/questions.ts";
import type { Metric, Score } from "../../core/scores.ts";
import { saidBy } from "./answer-words.ts";
import { deterministicMetric, notApplicable, scored } from "./score.ts";

const asciiPunctuation = /[!-/:-@[-`{-~]/g;
/** Python's `\b` is Unicode-aware and JavaScript's is not, hence the look-arounds. */
const englishArticle = /(?<![\p{L}\p{N}_])(?:a|an|the)(?![\p{L}\p{N}_])/gu;

/** In the evaluator's order: lower case, ASCII punctuation removed, articles to blanks, blanks squeezed. */
export function normaliseSquad(text: string): string {
  return text
    .toLowerCase()
    .replace(asciiPunctuation, "")
    .replace(englishArticle, " ")
    .split(/\s+/u)
    .filter((word) => word !== "")
    .join(" ");
}

/** References that normalise to nothing do not count; a question left without any expects the empty answer. */
function goldAnswers(references: readonly string[]): readonly string[] {
  const gold = references.filter((reference) => normaliseSquad(reference) !== "");
  return gold.length > 0 ? gold : [""];
}

/** 1 where prediction and one of the references are equal after normalisation, else 0. */
export function squadExactMatch(prediction: string, references: readonly string[]): number {
  const said = normaliseSquad(prediction);
  return goldAnswers(references).some((reference) => normaliseSquad(reference) === said) ? 1 : 0;
}

/** Harmonic mean of the precision and recall of the bag of tokens; the best over all references. */
export function squadF1(prediction: string, references: readonly string[]): number {
  return Math.max(...goldAnswers(references).map((reference) => tokenF1(prediction, reference)));
}

function tokenF1(prediction: string, reference: string): number {
  const said = tokens(prediction);
  const gold = tokens(reference);
  if (said.length === 0 || gold.length === 0) return said.length === gold.length ? 1 : 0;
  const left = new Map<string, number>();
  for (const token of gold) left.set(token, (left.get(token) ?? 0) + 1);
  let common = 0;
  for (const token of said) {
    const count = left.get(token) ?? 0;
    if (count > 0) common += 1;
    left.set(token, count - 1);
  }
  return (2 * common) / (said.length + gold.length);
}

function tokens(text: string): readonly string[] {
  return normaliseSquad(text)
    .split(" ")
    .filter((token) => token !== "");
}

function scoreWith(formula: (prediction: string, references: readonly string[]) => number) {
  return (question: HeldOutQuestion, answer: Answer): Score => {
    if (question.answerable && question.references.length === 0) return notApplicable("the question has no reference");
    if (answer.outcome === "failed") return scored(0, "the answer failed");
    if (!question.answerable) return scored(formula(saidBy(answer), []));
    return scored(answer.outcome === "declined" ? 0 : formula(saidBy(answer), question.references));
  };
}

/**
 * `exact-match` v1: equality after SQuAD normalisation, the best over references. An unanswerable question scores 1 only
 * when declined or answered with nothing. A failed answer scores 0. Source: SQuAD 2.0 `evaluate-v2.0.py`.
 */
export function exactMatch(): Metric {
  return deterministicMetric({
    name: "exact-match",
    version: "1",
    label: "answer equals a reference after SQuAD normalisation; unanswerable: 1 when declined",
    score: scoreWith(squadExactMatch),
  });
}

/**
 * `f1` v1: 2·common tokens / (tokens said + tokens in the reference), the best over references; unanswerable and failed
 * as in `exact-match`. Source: SQuAD 2.0 `evaluate-v2.0.py`.
 */
export function tokenOverlapF1(): Metric {
  return deterministicMetric({
    name: "f1",
    version: "1",
    label: "token F1 against the best reference, SQuAD normalisation; unanswerable: 1 when declined",
    score: scoreWith(squadF1),
  });
}
