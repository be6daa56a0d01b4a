// What would change the recommendation: more questions, other limits, other prices, changing documents. Chooses nothing.
import type { ComparedApproach, ScoredApproach } from "../core/comparison.ts";
import type { ApproachMoney } from "../core/money.ts";
import { breakEven, type RunningCost } from "../economics/monthly.ts";
import { type Choice, isScored, qualityOf } from "./candidates.ts";
import { type Constraints, fitOf } from "./constraints.ts";
import { retirementSentences } from "./retirement.ts";
import { count, ofHundred, signed, usd } from "./wording.ts";

export type UnlessInput = {
  readonly approaches: readonly ComparedApproach[];
  readonly constraints: Constraints;
  readonly detectableDifference: number | null;
  readonly money?: readonly ApproachMoney[];
};

/** What would change the recommendation, one sentence each. */
export function unlessSentences(choice: Choice, input: UnlessInput): readonly string[] {
  const { best, winner } = choice;
  const { approaches, constraints, detectableDifference: difference } = input;
  const scored = approaches.filter(isScored).filter(({ yardstick }) => !yardstick);
  const excluded = scored.filter((one) => one.name !== winner.name && fitOf(one, constraints).verdict !== "yes");
  const observedMore = qualityOf(best) - qualityOf(winner);
  return [
    ...(observedMore > 0
      ? [
          `More questions show that ${best.name}, ${signed(observedMore)} points here, really is better, and that is worth its price.`,
        ]
      : []),
    ...(difference === null
      ? []
      : [
          `A difference below ${ofHundred(difference)} points matters to you: four times the questions would halve that figure.`,
        ]),
    ...excluded.map(
      (one) =>
        `The constraints change: ${one.name} (${ofHundred(qualityOf(one))} of 100) was set aside because ${fitOf(one, constraints).reasons.join(" and ")}.`,
    ),
    ...unknownCosts(scored),
    ...repayments(choice),
    ...notRunSentences(approaches),
    ...changeSentences(input.money ?? []),
    ...retirementSentences(scored),
  ];
}

function unknownCosts(scored: readonly ScoredApproach[]): readonly string[] {
  return scored
    .filter(({ costUsd }) => costUsd.perQuery === null)
    .map(
      ({ name, costReason }) =>
        `The cost of ${name} becomes known (${costReason ?? "no reason given"}): unknown costs rank last.`,
    );
}

/** Preparing may cost what cheaper answers save: after how many questions in all. Cents are not worth a sentence. */
function repayments({ winner, tied }: Choice): readonly string[] {
  return tied.flatMap((other) => {
    const even = breakEven(outlay(other), outlay(winner));
    const extraUsd = (winner.costUsd.upfront ?? 0) - (other.costUsd.upfront ?? 0);
    if (even.queriesPerMonth === null || extraUsd < 0.01) return [];
    return [
      `Fewer than ${count(even.queriesPerMonth)} questions will ever be asked: until then the ${usd(extraUsd)} that ` +
        `${winner.name} costs more to prepare than ${other.name} is not earned back.`,
    ];
  });
}

/** What one changed document and one changed rule cost each approach, by the work that they take. */
function changeSentences(money: readonly ApproachMoney[]): readonly string[] {
  if (money.length === 0) return [];
  const spelled = (what: "documentChange" | "behaviourChange") =>
    [...Map.groupBy(money, (one) => priceOf(one[what]))].map(
      ([price, of]) => `${of.map(({ approach }) => approach).join(", ")}: ${price}`,
    );
  return [
    `Documents change often. One change costs ${spelled("documentChange").join("; ")}.`,
    `The wanted behaviour changes often. One change costs ${spelled("behaviourChange").join("; ")}.`,
  ];
}

function priceOf({ usd: amount, reason, work }: ApproachMoney["documentChange"]): string {
  return `${amount === null ? `an unknown sum (${reason})` : usd(amount)} (${work})`;
}

/** Upfront costs are paid once, so the "month" of the break-even is the whole time of service. */
export function outlay({ costUsd }: ScoredApproach): RunningCost {
  return { perQueryUsd: costUsd.perQuery, fixedUsdPerMonth: costUsd.upfront };
}

export function notRunSentences(approaches: readonly ComparedApproach[]): readonly string[] {
  return approaches.flatMap((one) =>
    one.status === "not-run" && !one.yardstick ? [`${one.name} does better; it was not run: ${one.reason}`] : [],
  );
}
