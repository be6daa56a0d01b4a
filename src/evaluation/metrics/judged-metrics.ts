// The metrics that every comparison computes with its judge, in the order in which a report shows them.
import type { Metric } from "../../core/scores.ts";
import type { Judge } from "../judges/judge.ts";
import { alceCitations } from "./alce.ts";
import { correctness, relevancy } from "./correctness.ts";
import { contextPrecision, contextRecall, faithfulness, hallucination, noiseSensitivity } from "./grounding.ts";
import { styleRubric } from "./style-rubric.ts";

/**
 * A judge of words leaves out what asks whether a sentence is right, to the point, or wrong: a true sentence holds more words
 * than a short reference, and it would call most of them wrong. `quality`, `contains` and `f1` say it without a judge.
 */
export function judgedMetrics(judge: Judge): readonly Metric[] {
  const ofMeaning = judge.readsMeaning ? [correctness(judge), relevancy(judge), noiseSensitivity(judge)] : [];
  return [
    ...ofMeaning,
    faithfulness(judge),
    hallucination(judge),
    contextPrecision(judge),
    contextRecall(judge),
    ...alceCitations(judge),
    ...styleRubric(judge),
  ];
}

/** Those that need neither reference nor gold: they can score answers to questions that nobody has answered before. */
export function unreferencedMetrics(judge: Judge): readonly Metric[] {
  const ofMeaning = judge.readsMeaning ? [relevancy(judge)] : [];
  return [...ofMeaning, faithfulness(judge), hallucination(judge), ...alceCitations(judge)];
}
