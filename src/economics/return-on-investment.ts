// What a higher upfront cost gives back within the horizon, in money alone: quality is another question.
import type { ApproachMoney, ReturnOnInvestment } from "../core/money.ts";

/** Differences of less than a cent are no investment. */
const leastExtraUsd = 0.01;

/** Against the approach with the least known upfront cost. Approaches with an unknown figure are left out. */
export function returnsOf(approaches: readonly ApproachMoney[], horizonMonths: number): readonly ReturnOnInvestment[] {
  const priced = approaches.filter(({ upfront, monthly }) => upfront.usd !== null && monthly.usd !== null);
  const [reference] = priced.toSorted((a, b) => a.upfront.usd! - b.upfront.usd! || a.monthly.usd! - b.monthly.usd!);
  if (reference === undefined) return [];
  return priced.flatMap((one) => {
    const extraUpfrontUsd = one.upfront.usd! - reference.upfront.usd!;
    if (extraUpfrontUsd < leastExtraUsd) return [];
    const savedPerMonthUsd = reference.monthly.usd! - one.monthly.usd!;
    return [
      {
        approach: one.approach,
        against: reference.approach,
        extraUpfrontUsd,
        savedPerMonthUsd,
        paidBackMonths: savedPerMonthUsd > 0 ? extraUpfrontUsd / savedPerMonthUsd : null,
        overHorizon: (savedPerMonthUsd * horizonMonths - extraUpfrontUsd) / extraUpfrontUsd,
      },
    ];
  });
}
