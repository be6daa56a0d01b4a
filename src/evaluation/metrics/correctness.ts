// Answers judged against the question and its reference, claim by claim.
import type { Metric } from "../../core/scores.ts";
import type { Judge } from "../judges/judge.ts";
import { judgedMetric, shareOf } from "./judged.ts";
import { notApplicable, scored } from "./score.ts";

/**
 * `correctness` v2: harmonic mean of claim precision (claims of the answer that follow from a reference / claims of it) and
 * claim recall (claims of the fullest reference that follow from the answer / claims of it); both in `detail`. A declined
 * answer to an answerable question scores 0. Source: RAGChecker `computation.py`; no embedding lifts wrong answers. Since
 * v2 a reference is read behind its question, for a bare "25 minutes" supports no sentence.
 */
export function correctness(judge: Judge): Metric {
  return judgedMetric(judge, {
    name: "correctness",
    version: "2",
    label: "F1 of the answer's claims against the reference's (RAGChecker)",
    score: async (judged) => {
      const { question, answer } = judged;
      if (!question.answerable) return notApplicable("the question is unanswerable");
      if (question.references.length === 0) return notApplicable("the question has no reference");
      if (answer.outcome === "declined") return scored(0, "declined");
      const said = await judged.said();
      if (said.length === 0) return scored(0, "the answer claims nothing");
      const right = await judged.support(said, judged.references);
      const found = await judged.support(await judged.gold(), [answer.text]);
      const precision = shareOf(right.map(({ supported }) => supported));
      const recall = shareOf(found.map(({ supported }) => supported));
      return scored(harmonicMean(precision, recall), { precision, recall });
    },
  });
}

export function harmonicMean(a: number, b: number): number {
  return a + b === 0 ? 0 : (2 * a * b) / (a + b);
}

/**
 * `relevancy` v1: claims of the answer that help to answer the question, true or not / claims of it. Declined answers are not
 * applicable. Source: deepeval's answer relevancy; unlike ragas' it needs no embedding and has a true 0 and 1.
 */
export function relevancy(judge: Judge): Metric {
  return judgedMetric(judge, {
    name: "relevancy",
    version: "1",
    label: "share of the answer's claims that address the question (deepeval)",
    score: async (judged) => {
      if (judged.answer.outcome === "declined") return notApplicable("the answer was declined");
      const claims = await judged.said();
      if (claims.length === 0) return notApplicable("the answer claims nothing");
      return scored(shareOf(await judged.relevance(claims)));
    },
  });
}
