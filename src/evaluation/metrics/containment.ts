// Answer containment: does the answer, however long, say what the reference says? Knows no language and no model.
import type { Metric } from "../../core/scores.ts";
import { containsWords, foldWords, saidBy } from "./answer-words.ts";
import { deterministicMetric, notApplicable, scored } from "./score.ts";

/** True where one of the references stands in the text, word for word after folding. */
export function containsReference(text: string, references: readonly string[]): boolean {
  const folded = foldWords(text);
  return references.some((reference) => containsWords(folded, foldWords(reference)));
}

/**
 * `contains` v1: 1 if a folded reference (`foldWords`) is a run of whole words of the folded answer, else 0; answerable
 * questions with references only. Fair to quoted sentences and to chat, blind to what else a long answer says: read it
 * beside `f1`. A declined or failed answer scores 0.
 */
export function contains(): Metric {
  return deterministicMetric({
    name: "contains",
    version: "1",
    label: "the answer contains a reference, word for word, whatever stands around it",
    score: (question, answer) => {
      if (!question.answerable) return notApplicable("the question is unanswerable");
      if (question.references.length === 0) return notApplicable("the question has no reference");
      return scored(containsReference(saidBy(answer), question.references) ? 1 : 0);
    },
  });
}
