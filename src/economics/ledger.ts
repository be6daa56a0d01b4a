// Adds up what an approach used: per question asked, and once for preparing it.
import type { CostSummary } from "../core/comparison.ts";
import type { Usage } from "../core/models.ts";
import type { Cost, CostModel } from "../core/scores.ts";
import { monthlyUsd } from "./monthly.ts";

export type LedgerInput = {
  /** The usage of each answer, failed ones included: they are paid for too. */
  readonly answers: readonly { readonly usage: readonly Usage[] }[];
  /** What preparing used: embedding, training. */
  readonly preparing: readonly Usage[];
  readonly costModel: CostModel;
  /** Absent: no monthly figure. */
  readonly queriesPerMonth?: number;
};

export type CostReport = {
  readonly costUsd: CostSummary;
  /** Why a figure is null; absent where all are known. */
  readonly costReason?: string;
};

/** Mean cost of an answer, cost of preparing, and the month at the given volume. One unknown call makes its figure null. */
export function summariseCosts(input: LedgerInput): CostReport {
  const { answers, preparing, costModel, queriesPerMonth } = input;
  const total = costModel.cost(answers.flatMap(({ usage }) => usage));
  const perQueryUsd = total.status === "priced" && answers.length > 0 ? total.usd / answers.length : null;
  const upfront = costModel.cost(preparing);
  const monthly =
    perQueryUsd === null || queriesPerMonth === undefined
      ? null
      : monthlyUsd({ perQueryUsd, fixedUsdPerMonth: 0 }, queriesPerMonth);
  const reasons = [
    reasonOf(total) ?? (answers.length === 0 ? "no question was asked" : undefined),
    reasonOf(upfront),
    queriesPerMonth === undefined ? "queriesPerMonth is not configured, so there is no monthly cost" : undefined,
  ].filter((reason) => reason !== undefined);
  return {
    costUsd: { perQuery: perQueryUsd, upfront: usdOf(upfront), monthly },
    ...(reasons.length > 0 ? { costReason: [...new Set(reasons)].join("; ") } : {}),
  };
}

function usdOf(cost: Cost): number | null {
  return cost.status === "priced" ? cost.usd : null;
}

function reasonOf(cost: Cost): string | undefined {
  return cost.status === "unpriced" ? cost.reason : undefined;
}
