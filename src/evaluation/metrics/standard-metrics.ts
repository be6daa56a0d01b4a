// The metrics that every comparison computes, in the order in which a report shows them.
import type { Metric } from "../../core/scores.ts";
import { citationPrecision, citationRecall, verifiedCitations } from "./citations.ts";
import { contains } from "./containment.ts";
import { correctDecline, overDecline } from "./declining.ts";
import { schemaChecker } from "./json-answer.ts";
import { quality } from "./quality.ts";
import { averagePrecisionOfAll, meanReciprocalRankAtK, ndcgAtK, precisionAtK, recallAtK } from "./retrieval.ts";
import { schemaValid } from "./schema-valid.ts";
import { allFields, fieldMatch, labelAccuracy } from "./slots.ts";
import { spanMetrics } from "./spans.ts";
import { exactMatch, tokenOverlapF1 } from "./squad.ts";
import { allChecks, styleChecks } from "./style-checks.ts";

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
    verifiedCitations(),
    recallAtK(1),
    recallAtK(5),
    recallAtK(10),
    precisionAtK(5),
    averagePrecisionOfAll(),
    meanReciprocalRankAtK(10),
    ndcgAtK(10),
    ...spanMetrics(),
    schemaValid(check),
    fieldMatch(),
    allFields(),
    labelAccuracy(),
    styleChecks(),
    allChecks(),
  ];
}
