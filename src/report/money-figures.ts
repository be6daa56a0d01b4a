// How small amounts and break-even volumes are spelled, the same in every report.
import type { BreakEvenPair, ReturnOnInvestment } from "../core/money.ts";
import { dollars, isKnown, wholeNumber } from "./figures.ts";

/** Like `dollars`, but of less than a cent it gives two digits that count: "$0.00042". */
export function exactDollars(usd: number | null | undefined): string {
  if (!isKnown(usd) || usd === 0 || Math.abs(usd) >= 0.01) return dollars(usd);
  const decimals = Math.min(12, 1 - Math.floor(Math.log10(Math.abs(usd))));
  return `$${usd.toFixed(decimals)}`;
}

export function breakEvenSentence(pair: BreakEvenPair): string {
  const { a, b, cheaperAbove, alwaysCheaper, questionsInAll, questionsPerMonth, interval, reason } = pair;
  if (alwaysCheaper !== undefined) {
    return `${alwaysCheaper} costs less than ${alwaysCheaper === a ? b : a} at every volume.`;
  }
  if (cheaperAbove === undefined) return `${a} and ${b}: ${reason ?? "not known"}.`;
  const other = cheaperAbove === a ? b : a;
  const monthly = questionsPerMonth === null ? "" : ` from ${atLeastOne(questionsPerMonth)} questions a month`;
  const inAll =
    questionsInAll === null
      ? ""
      : `; its extra upfront cost is earned back after ${atLeastOne(questionsInAll)} questions${intervalText(interval)}`;
  return `${cheaperAbove} costs less than ${other}${monthly}${inAll}.`;
}

function intervalText(interval: BreakEvenPair["interval"]): string {
  if (interval === null) return "";
  const { low, high } = interval;
  if (high === null) return ` (95%: ${atLeastOne(low)} or more, perhaps never)`;
  return ` (95%: ${atLeastOne(low)} to ${atLeastOne(high)})`;
}

function atLeastOne(questions: number): string {
  return wholeNumber(Math.max(1, Math.ceil(questions)));
}

/** Money alone: quality is another question. */
export function returnSentence(one: ReturnOnInvestment): string {
  const { approach, against, extraUpfrontUsd, savedPerMonthUsd: saved, paidBackMonths, overHorizon } = one;
  const difference = saved >= 0 ? `saves ${exactDollars(saved)}` : `costs ${exactDollars(-saved)} more`;
  const back = paidBackMonths === null ? "never paid back" : `paid back in ${paidBackMonths.toFixed(1)} months`;
  return `${approach} against ${against}: ${exactDollars(extraUpfrontUsd)} more upfront, ${difference} a month: ${back}; return ${Math.round(overHorizon * 100)}%.`;
}
