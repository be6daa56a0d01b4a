// Everything about money that a comparison's ledger says, at the stated prices and traffic.
import type { MoneyReport } from "../core/money.ts";
import { answerCosts, approachMoney, type MoneyInputs } from "./approach-money.ts";
import { breakEvenPairs } from "./break-even.ts";
import type { ComparisonLedger } from "./ledger.ts";
import type { PriceBook } from "./price-book.ts";
import type { Rates, Traffic } from "./rates.ts";
import { returnsOf } from "./return-on-investment.ts";
import { sensitivity } from "./sensitivity.ts";

/** Yardsticks are left out: nobody ships them. */
export function moneyReport(
  ledger: ComparisonLedger,
  inputs: MoneyInputs & { readonly prices: PriceBook },
): MoneyReport {
  const { prices, traffic, rates } = inputs;
  const ledgers = ledger.approaches.filter(({ yardstick }) => !yardstick);
  const priced = ledgers.map((one) => ({ money: approachMoney(one, inputs), answerUsd: answerCosts(one, prices) }));
  const approaches = priced.map(({ money }) => money);
  const usage = ledgers.flatMap(({ answers, preparing, indexing }) => [...answers.flat(), ...preparing, ...indexing]);
  return {
    queriesPerMonth: traffic.queriesPerMonth ?? null,
    horizonMonths: traffic.horizonMonths,
    approaches,
    breakEven: breakEvenPairs(priced, traffic.horizonMonths),
    sensitivity: sensitivity(ledgers, inputs),
    returns: returnsOf(approaches, traffic.horizonMonths),
    assumptions: [
      ...prices.assumptions(usage.map(({ modelId }) => modelId)),
      ...statedAssumptions(rates, traffic),
      ledger.indexingBasis,
    ],
  };
}

function statedAssumptions(rates: Rates, traffic: Traffic): readonly string[] {
  const { queriesPerMonth, horizonMonths, batchShare } = traffic;
  const { personHourUsd, vectorStoreMonthUsd, endpointHourUsd, endpointHoursPerMonth } = rates;
  return [
    queriesPerMonth === undefined
      ? "No volume is stated, so there is no monthly cost: `assay cost --queries-per-month N`."
      : `${queriesPerMonth.toLocaleString("en-US")} questions a month, each as dear as the mean of those asked here.`,
    `Upfront costs serve ${horizonMonths} months.`,
    ...(batchShare > 0
      ? [`${100 * batchShare}% of the questions go in batches, ${100 * rates.batchDiscount}% off remote models.`]
      : []),
    ...(personHourUsd === undefined ? [] : [`A person's hour costs USD ${personHourUsd}, from the config.`]),
    ...(vectorStoreMonthUsd === undefined
      ? []
      : [`A vector store costs USD ${vectorStoreMonthUsd} a month, from the config.`]),
    ...(endpointHourUsd === undefined
      ? []
      : [
          `A dedicated endpoint costs USD ${endpointHourUsd} an hour for ${endpointHoursPerMonth} hours a month, from the config.`,
        ]),
    "Discounts for volume, taxes, and the work of running a service are not counted.",
  ];
}
