// Which assumption would change the bill: one at a time, everything else as stated.

import type { Usage } from "../core/models.ts";
import type { SensitivityRow } from "../core/money.ts";
import type { Cost, CostModel } from "../core/scores.ts";
import { approachMoney, type MoneyInputs } from "./approach-money.ts";
import { monthlyOutlay } from "./break-even.ts";
import { type ApproachLedger, isEmbedded } from "./ledger.ts";
import { monthlyUsd } from "./monthly.ts";
import { sumCosts } from "./price-book.ts";

type Scenario = {
  readonly change: string;
  readonly inputs: MoneyInputs;
  readonly ledgers: readonly ApproachLedger[];
};

/** Rows for what can matter here: remote prices only where a remote model is used. Empty without a volume. */
export function sensitivity(ledgers: readonly ApproachLedger[], inputs: MoneyInputs): readonly SensitivityRow[] {
  const volume = inputs.traffic.queriesPerMonth;
  return volume === undefined ? [] : scenarios(ledgers, inputs, volume).map(rowOf);
}

function scenarios(ledgers: readonly ApproachLedger[], inputs: MoneyInputs, volume: number): readonly Scenario[] {
  const calls = ledgers.flatMap(({ answers }) => answers.flat());
  const traffic = (change: string, changes: Partial<MoneyInputs["traffic"]>): Scenario => ({
    change,
    ledgers,
    inputs: { ...inputs, traffic: { ...inputs.traffic, ...changes } },
  });
  const prices = (change: string, model: CostModel): Scenario => ({
    change,
    ledgers,
    inputs: { ...inputs, prices: model },
  });
  const machine = (factor: number) => scaled(inputs.prices, ({ modelId }) => (isEmbedded(modelId) ? factor : 1));
  const remote = (factor: number) => scaled(inputs.prices, ({ modelId }) => (isEmbedded(modelId) ? 1 : factor));
  return [
    traffic("as stated", {}),
    traffic("a tenth of the questions", { queriesPerMonth: volume / 10 }),
    traffic("ten times the questions", { queriesPerMonth: volume * 10 }),
    ...(calls.some(({ modelId }) => isEmbedded(modelId))
      ? [
          prices("the machine hour at half the price", machine(0.5)),
          prices("the machine hour at twice the price", machine(2)),
        ]
      : []),
    ...(calls.some(({ modelId }) => !isEmbedded(modelId))
      ? [
          prices("remote models at half the price", remote(0.5)),
          prices("remote models at twice the price", remote(2)),
          traffic("all questions in batches", { batchShare: 1 }),
          {
            change: "90% of remote input tokens read from the provider's cache",
            inputs,
            ledgers: ledgers.map(withCachedInput),
          },
        ]
      : []),
    traffic("half the horizon", { horizonMonths: inputs.traffic.horizonMonths / 2 }),
  ];
}

function rowOf({ change, inputs, ledgers }: Scenario): SensitivityRow {
  const { horizonMonths, queriesPerMonth = 0 } = inputs.traffic;
  const costs = ledgers.map((ledger) => {
    const outlay = monthlyOutlay(approachMoney(ledger, inputs), horizonMonths);
    return [ledger.approach, monthlyUsd(outlay, queriesPerMonth)] as const;
  });
  const [cheapest] = costs.filter(([, usd]) => usd !== null).sort(([, a], [, b]) => a! - b!);
  return { change, monthlyUsd: Object.fromEntries(costs), cheapest: cheapest?.[0] ?? null };
}

function scaled(prices: CostModel, factorOf: (usage: Usage) => number): CostModel {
  const scale = (cost: Cost, factor: number): Cost =>
    cost.status === "priced" ? { status: "priced", usd: cost.usd * factor } : cost;
  return {
    ...prices,
    cost: (usage) => sumCosts(usage.map((call) => scale(prices.cost([call]), factorOf(call)))),
  };
}

function withCachedInput(ledger: ApproachLedger): ApproachLedger {
  const cached = (usage: Usage): Usage =>
    isEmbedded(usage.modelId)
      ? usage
      : { ...usage, cachedInputTokens: Math.max(usage.cachedInputTokens, 0.9 * usage.inputTokens) };
  return { ...ledger, answers: ledger.answers.map((calls) => calls.map(cached)) };
}
