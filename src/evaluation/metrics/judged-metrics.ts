// The metrics that every comparison computes with its judge, in the order in which a report shows them.
import type { Metric } from "../../core/scores.ts";
import type { Judge } from "../judges/judge.ts";
import { alceCitations } from "./alce.ts";
import { correctness, relevancy } from "./correctness.ts";
import { contextPrecision, contextRecall, faithfulness, hallucination, noiseSensitivity } from "./grounding.ts";

export function judgedMetrics(judge: Judge): readonly Metric[] {
  return [
    correctness(judge),
    relevancy(judge),
    faithfulness(judge),
    hallucination(judge),
    contextPrecision(judge),
    contextRecall(judge),
    noiseSensitivity(judge),
    ...alceCitations(judge),
  ];
}
