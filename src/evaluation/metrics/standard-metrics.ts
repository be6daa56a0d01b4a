// The metrics that every comparison computes, in the order in which a report shows them.
import type { Metric } from "../../core/scores.ts";
import { citationPrecision, citationRecall } from "./citations.ts";
import { contains } from "./containment.ts";
import { correctDecline, overDecline } from "./declining.ts";
import { schemaChecker } from "./json-answer.ts";
import { quality } from "./quality.ts";
import { meanReciprocalRankAtK, ndcgAtK, recallAtK } from "./retrieval.ts";
import { schemaValid } from "./schema-valid.ts";
import { exactMatch, tokenOverlapF1 } from "./squad.ts";
import { styleChecks } from "./style-checks.ts";

/** The headline first. None needs a model or the network. */
export function standardMetrics(): readonly Metric[] {
  const check = schemaChecker();
  return [
    quality(check),
    contains(),
    exactMatch(),
    tokenOverlapF1(),
    correctDecline(),
    overDecline(),
    citationPrecision(),
    citationRecall(),
    recallAtK(1),
    recallAtK(5),
    recallAtK(10),
    meanReciprocalRankAtK(10),
    ndcgAtK(10),
    schemaValid(check),
    styleChecks(),
  ];
}
