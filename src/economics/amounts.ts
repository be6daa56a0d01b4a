// Sums in which one unknown makes the whole unknown, and keeps its reason.
import type { Amount, AmountPart } from "../core/money.ts";
import type { Cost } from "../core/scores.ts";

export function known(usd: number): Amount {
  return { usd };
}

export function unknownAmount(reason: string): Amount {
  return { usd: null, reason };
}

export function amountOf(cost: Cost): Amount {
  return cost.status === "priced" ? known(cost.usd) : unknownAmount(cost.reason);
}

/** The sum, or the reasons why there is none. Nothing sums to 0. */
export function sum(amounts: readonly Amount[]): Amount {
  const reasons = [...new Set(amounts.flatMap(({ reason }) => (reason === undefined ? [] : [reason])))];
  if (reasons.length > 0) return unknownAmount(reasons.join("; "));
  return known(amounts.reduce((total, { usd }) => total + (usd ?? 0), 0));
}

export function times(amount: Amount, factor: number): Amount {
  return amount.usd === null ? amount : known(amount.usd * factor);
}

export function part(label: string, amount: Amount): AmountPart {
  return { label, ...amount };
}
