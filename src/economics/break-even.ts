// From which volume one approach pays against another, with the interval that the measured costs leave.
import type { ApproachMoney, BreakEvenPair } from "../core/money.ts";
import { type BreakEven, breakEven } from "./monthly.ts";

export type PricedApproach = {
  readonly money: ApproachMoney;
  /** By question, in one order for all approaches; null where unpriced. */
  readonly answerUsd: readonly (number | null)[];
};

/** Every pair once. Upfront costs are spread over `horizonMonths` for the monthly volume. */
export function breakEvenPairs(approaches: readonly PricedApproach[], horizonMonths: number): readonly BreakEvenPair[] {
  return approaches.flatMap((a, index) => approaches.slice(index + 1).map((b) => breakEvenOf(a, b, horizonMonths)));
}

function breakEvenOf(a: PricedApproach, b: PricedApproach, horizonMonths: number): BreakEvenPair {
  const names = { a: a.money.approach, b: b.money.approach };
  const inAll = breakEven(outlay(a.money), outlay(b.money));
  const perMonth = breakEven(monthlyOutlay(a.money, horizonMonths), monthlyOutlay(b.money, horizonMonths));
  const shown = perMonth.queriesPerMonth === null ? inAll : perMonth;
  return {
    ...names,
    questionsInAll: inAll.queriesPerMonth,
    interval: inAll.queriesPerMonth === null ? null : intervalOf(a, b),
    questionsPerMonth: perMonth.queriesPerMonth,
    ...(shown.queriesPerMonth === null
      ? { reason: reasonFor(a.money, b.money, shown), ...alwaysCheaper(shown, names) }
      : { cheaperAbove: names[shown.cheaperAbove] }),
  };
}

/** One-time costs alone: the "month" is the whole time of service. */
function outlay({ perQuery, upfront }: ApproachMoney) {
  return { perQueryUsd: perQuery.usd, fixedUsdPerMonth: upfront.usd };
}

export function monthlyOutlay({ perQuery, upfront, fixedPerMonth }: ApproachMoney, horizonMonths: number) {
  const fixed =
    upfront.usd === null || fixedPerMonth.usd === null ? null : fixedPerMonth.usd + upfront.usd / horizonMonths;
  return { perQueryUsd: perQuery.usd, fixedUsdPerMonth: fixed };
}

function alwaysCheaper(even: BreakEven, names: { readonly a: string; readonly b: string }) {
  if (even.queriesPerMonth !== null || even.alwaysCheaper === undefined) return {};
  return { alwaysCheaper: names[even.alwaysCheaper] };
}

function reasonFor(a: ApproachMoney, b: ApproachMoney, even: BreakEven): string {
  const reasons = [a, b].flatMap((one) =>
    [one.perQuery, one.upfront, one.fixedPerMonth].flatMap(({ reason }) => (reason === undefined ? [] : [reason])),
  );
  if (reasons.length > 0) return [...new Set(reasons)].join("; ");
  return even.queriesPerMonth === null ? even.reason : "";
}

/** extra / (d ± 1.96·SE) for the paired difference d of the costs per question. Null below two questions. */
function intervalOf(a: PricedApproach, b: PricedApproach): BreakEvenPair["interval"] {
  const extra = Math.abs((a.money.upfront.usd ?? 0) - (b.money.upfront.usd ?? 0));
  const differences = a.answerUsd.flatMap((usd, index) => {
    const other = b.answerUsd[index] ?? null;
    return usd === null || other === null ? [] : [usd - other];
  });
  if (differences.length < 2) return null;
  const mean = differences.reduce((total, usd) => total + usd, 0) / differences.length;
  const squares = differences.reduce((total, usd) => total + (usd - mean) ** 2, 0);
  const half = 1.959964 * Math.sqrt(squares / (differences.length * (differences.length - 1)));
  const slowest = Math.abs(mean) - half;
  return { low: extra / (Math.abs(mean) + half), high: slowest > 0 ? extra / slowest : null };
}
