// House style by rules in plain words, graded by a judge that reads. Rules that a pattern can tell are `checks`.
import type { Metric } from "../../core/scores.ts";
import type { Judge } from "../judges/judge.ts";
import { judgedMetric, shareOf } from "./judged.ts";
import { notApplicable, scored } from "./score.ts";

/**
 * `style-rubric` v1: rules of the question's `rubric` that the answer keeps / rules; verdicts with their quotes in `detail`.
 * An answerable question that was declined keeps none. No entry for a judge that cannot tell style. Source: ours; each rule
 * is a verdict of its own, because one grade for a whole rubric hides which rule failed.
 */
export function styleRubric(judge: Judge): readonly Metric[] {
  if (judge.rules === undefined) return [];
  const metric = judgedMetric(judge, {
    name: "style-rubric",
    version: "1",
    label: "share of the rubric's rules of style that the answer keeps",
    score: async ({ question, answer, rules }) => {
      const { rubric = [] } = question;
      if (rubric.length === 0) return notApplicable("the question has no rubric");
      if (answer.outcome === "declined" && question.answerable) return scored(0, "declined");
      const verdicts = await rules(rubric);
      return scored(
        shareOf(verdicts.map(({ kept }) => kept)),
        verdicts.map((verdict) => ({ ...verdict })),
      );
    },
  });
  return [metric];
}
