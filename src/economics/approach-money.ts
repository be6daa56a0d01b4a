// What one approach costs: per question, once, per month, and per change. From its ledger, a price book and what the user states.

import type { Usage } from "../core/models.ts";
import type { Amount, AmountPart, ApproachMoney } from "../core/money.ts";
import type { CostModel } from "../core/scores.ts";
import { amountOf, known, part, sum, times, unknownAmount } from "./amounts.ts";
import { behaviourChange, documentChange } from "./change-costs.ts";
import { endpointParts, isPaidByTheHour, mayNeedEndpoint } from "./endpoint.ts";
import { type ApproachLedger, byModel, isEmbedded } from "./ledger.ts";
import type { Rates, Traffic } from "./rates.ts";

export type MoneyInputs = { readonly prices: CostModel; readonly rates: Rates; readonly traffic: Traffic };

/**
 * A part that the approach is known to use and that has no price makes its sum unknown. Hosting and people's hours that the
 * config does not state are in no sum; `notCounted` names them.
 */
export function approachMoney(ledger: ApproachLedger, inputs: MoneyInputs): ApproachMoney {
  const { traffic } = inputs;
  const perQueryParts = answerParts(ledger, inputs);
  const perQuery = ledger.answers.length === 0 ? unknownAmount("no question was asked") : sum(perQueryParts);
  const preparing = amountOf(inputs.prices.cost(ledger.preparing));
  const changes = {
    documentChange: documentChange(ledger, inputs, preparing),
    behaviourChange: behaviourChange(ledger, preparing),
  };
  const upfrontParts = [...machineParts(ledger, inputs.prices), ...peopleParts(ledger, inputs.rates)];
  const fixedParts = [...hostingParts(ledger, inputs.rates), ...changeParts(changes, traffic)];
  const fixedPerMonth = sum(fixedParts);
  return {
    approach: ledger.approach,
    traits: ledger.traits,
    perQuery,
    upfront: sum(upfrontParts),
    fixedPerMonth,
    monthly: monthly(perQuery, fixedPerMonth, traffic.queriesPerMonth),
    parts: { perQuery: perQueryParts, upfront: upfrontParts, fixedPerMonth: fixedParts },
    ...changes,
    recheck: times(perQuery, ledger.answers.length),
    notCounted: notCounted(ledger, inputs),
  };
}

/** Cost of each answer, unpriced ones null: for the spread of the mean. */
export function answerCosts(ledger: ApproachLedger, prices: CostModel): readonly (number | null)[] {
  return ledger.answers.map((usage) => amountOf(prices.cost(usage)).usd);
}

function monthly(perQuery: Amount, fixed: Amount, queriesPerMonth: number | undefined): Amount {
  if (queriesPerMonth === undefined) return unknownAmount("queriesPerMonth is not set, so there is no monthly cost");
  // Asking nothing costs nothing, whatever an answer would have cost.
  return sum([queriesPerMonth === 0 ? known(0) : times(perQuery, queriesPerMonth), fixed]);
}

function answerParts(ledger: ApproachLedger, { prices, rates, traffic }: MoneyInputs): readonly AmountPart[] {
  const batch = 1 - traffic.batchShare * rates.batchDiscount;
  return [...byModel(ledger.answers.flat())].map(([modelId, usage]) => {
    const total = isPaidByTheHour(ledger, modelId) ? known(0) : amountOf(prices.cost(usage));
    return part(modelId, times(total, (isEmbedded(modelId) ? 1 : batch) / ledger.answers.length));
  });
}

function machineParts(ledger: ApproachLedger, prices: CostModel): readonly AmountPart[] {
  const price = (stage: string, usage: readonly Usage[]) =>
    [...byModel(usage)].map(([modelId, calls]) => part(`${stage}: ${modelId}`, amountOf(prices.cost(calls))));
  return [...price("indexing", ledger.indexing), ...price("preparing", ledger.preparing)];
}

function peopleParts(ledger: ApproachLedger, rates: Rates): readonly AmountPart[] {
  const { personHourUsd, labelMinutesPerExample } = rates;
  if (personHourUsd === undefined) return [];
  const setUp = rates.setupHours[ledger.approach];
  const labels = usesExamples(ledger) && labelMinutesPerExample !== undefined;
  const labelHours = labels ? (ledger.examples * labelMinutesPerExample) / 60 : 0;
  return [
    ...(setUp === undefined ? [] : [part(`set-up, ${setUp} hours`, known(setUp * personHourUsd))]),
    ...(labels
      ? [
          part(
            `labelling ${ledger.examples} examples, ${labelHours.toFixed(1)} hours`,
            known(labelHours * personHourUsd),
          ),
        ]
      : []),
  ];
}

function hostingParts(ledger: ApproachLedger, rates: Rates): readonly AmountPart[] {
  const { traits } = ledger;
  const { vectorStoreMonthUsd } = rates;
  return [
    ...(traits.knowledge === "index" && vectorStoreMonthUsd !== undefined
      ? [part("vector store", known(vectorStoreMonthUsd))]
      : []),
    ...endpointParts(ledger, rates),
  ];
}

type Changes = Pick<ApproachMoney, "documentChange" | "behaviourChange">;

function changeParts(changes: Changes, traffic: Traffic): readonly AmountPart[] {
  const { documentChangesPerMonth = 0, behaviourChangesPerMonth = 0 } = traffic;
  const line = (label: string, count: number, change: Amount) =>
    count > 0 ? [part(`${count} ${label}`, times(change, count))] : [];
  return [
    ...line("document changes", documentChangesPerMonth, changes.documentChange),
    ...line("behaviour changes", behaviourChangesPerMonth, changes.behaviourChange),
  ];
}

function notCounted(ledger: ApproachLedger, { rates, traffic }: MoneyInputs): readonly string[] {
  const { traits, approach } = ledger;
  const { personHourUsd, labelMinutesPerExample } = rates;
  const missing: readonly (readonly [boolean, string])[] = [
    [
      traits.knowledge === "index" && rates.vectorStoreMonthUsd === undefined,
      "hosting the index (prices.vectorStoreMonthUsd)",
    ],
    [
      mayNeedEndpoint(ledger) && rates.endpointHourUsd === undefined,
      "a dedicated endpoint, if the provider needs one (prices.endpointHourUsd)",
    ],
    [
      personHourUsd === undefined || rates.setupHours[approach] === undefined,
      `people's hours to set it up (prices.personHourUsd, prices.setupHours)`,
    ],
    [
      usesExamples(ledger) && (personHourUsd === undefined || labelMinutesPerExample === undefined),
      "people's hours to label examples (prices.personHourUsd, prices.labelMinutesPerExample)",
    ],
    [traffic.documentChangesPerMonth === undefined, "changes of documents (traffic.documentChangesPerMonth)"],
    [traffic.behaviourChangesPerMonth === undefined, "changes of behaviour (traffic.behaviourChangesPerMonth)"],
  ];
  return missing.flatMap(([isMissing, what]) => (isMissing ? [what] : []));
}

function usesExamples({ traits, examples }: ApproachLedger): boolean {
  return (traits.behaviour === "examples" || traits.behaviour === "weights") && examples > 0;
}
