// Turns a comparison's figures into advice: overall, by kind of question, and whether a router would pay.
import { adviseByKind } from "../../advice/kinds.ts";
import { recommend } from "../../advice/recommendation.ts";
import type { ComparedApproach, ComparisonReport } from "../../core/comparison.ts";
import type { HeldOutQuestion } from "../../core/questions.ts";
import type { ComparisonLedger } from "../../economics/ledger.ts";
import { moneyReport } from "../../economics/money-report.ts";
import type { PriceBook } from "../../economics/price-book.ts";
import { holmAdjust } from "../../evaluation/statistics/holm.ts";
import type { ComparisonStatistics } from "../comparison/comparison-statistics.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { moneyInputs } from "../wiring/prices.ts";

/** What advice rests on besides the scores. */
export type AdviceGround = {
  readonly config: ProjectContext["config"];
  readonly questions: readonly HeldOutQuestion[];
  readonly ledger: ComparisonLedger;
  readonly prices: PriceBook;
  /** What limits every figure. */
  readonly warnings: readonly string[];
};

type Advice = Pick<ComparisonReport, "recommendation" | "adviceByKind" | "routing" | "money">;

/** `approaches` are the rows of the scoreboard. */
export function adviceOf(
  { config, questions, ledger, prices, warnings }: AdviceGround,
  approaches: readonly ComparedApproach[],
  statistics: ComparisonStatistics,
): Advice {
  const { pairs, detectableDifference, byKind, pairsByKind, routing } = statistics;
  const money = moneyReport(ledger, moneyInputs(config, prices));
  const common = { approaches, constraints: config.constraints, correct: holmAdjust };
  const questionCount = questions.length;
  return {
    recommendation: recommend({
      ...common,
      pairs,
      questionCount,
      detectableDifference,
      money: money.approaches,
      routing,
      warnings,
    }),
    adviceByKind: adviseByKind({ ...common, byKind, pairsByKind, questionsByKind: countKinds(questions) }),
    routing,
    money,
  };
}

export function countKinds(questions: readonly HeldOutQuestion[]): Readonly<Record<string, number>> {
  const byKind: Record<string, number> = {};
  for (const { kind = "unlabelled" } of questions) byKind[kind] = (byKind[kind] ?? 0) + 1;
  return byKind;
}
