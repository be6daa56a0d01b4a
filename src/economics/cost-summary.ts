// The three figures of a scoreboard row: per question, upfront, per month.
import type { CostSummary } from "../core/comparison.ts";
import { sum } from "./amounts.ts";
import { approachMoney, type MoneyInputs } from "./approach-money.ts";
import { endpointPerQuery } from "./endpoint.ts";
import type { ApproachLedger } from "./ledger.ts";

export type CostReport = {
  readonly costUsd: CostSummary;
  /** Why a figure is null; absent where all are known. */
  readonly costReason?: string;
};

/** A question bears its share of an endpoint that is paid by the hour. One unknown call makes its figure null and leaves the others. */
export function costSummary(ledger: ApproachLedger, inputs: MoneyInputs): CostReport {
  const { perQuery: asked, upfront, monthly } = approachMoney(ledger, inputs);
  const perQuery = sum([asked, endpointPerQuery(ledger, inputs.rates, inputs.traffic.queriesPerMonth)]);
  const reasons = [perQuery, upfront, monthly].flatMap(({ reason }) => (reason === undefined ? [] : [reason]));
  return {
    costUsd: { perQuery: perQuery.usd, upfront: upfront.usd, monthly: monthly.usd },
    ...(reasons.length > 0 ? { costReason: [...new Set(reasons)].join("; ") } : {}),
  };
}
