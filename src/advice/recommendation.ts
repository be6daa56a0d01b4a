// Says which approach to ship, on what evidence, and what would change the answer, in sentences that a manager can read.
import type { ComparedApproach, ComparedPair, Recommendation, ScoredApproach } from "../core/comparison.ts";
import { breakEven, type RunningCost } from "../economics/monthly.ts";
import {
  type Choice,
  type Constraints,
  ceiling,
  choose,
  comparableCost,
  fitOf,
  isBetter,
  isIdle,
  isScored,
  pairFrom,
  qualityOf,
} from "./candidates.ts";
import { count, milliseconds, ofHundred, perThousand, pValue, signed, usd } from "./wording.ts";

export type { Constraints } from "./candidates.ts";

export type RecommendationInput = {
  readonly approaches: readonly ComparedApproach[];
  /** Pairs on `quality` decide; others are ignored. */
  readonly pairs: readonly ComparedPair[];
  /** Held-out questions asked. */
  readonly questionCount: number;
  readonly constraints: Constraints;
  /** Difference in quality, in [0, 1], that the test would show with 80% power; null where it cannot be said. */
  readonly detectableDifference: number | null;
};

/** Questions below which a recommendation says that it rests on few. */
const sensibleMinimum = 200;

/**
 * Recommends by the rule in candidates.ts. Never a yardstick, never an approach that was not run. Null where nothing meets
 * the constraints, or where doing nothing is significantly better than the best there is.
 */
export function recommend(input: RecommendationInput): Recommendation {
  const { approaches, pairs, constraints } = input;
  const choice = choose(approaches, pairs, constraints);
  if (!choice) return nothingToRecommend(input);
  const { winner } = choice;
  const warnings = yardstickWarnings(winner, input);
  const idleIsBetter = approaches.some((approach) => isIdle(approach) && isBetter(approach.name, winner.name, pairs));
  return {
    approach: idleIsBetter ? null : winner.name,
    because: [
      ...(idleIsBetter ? [`Nothing is fit to be shipped: doing nothing scores better than ${winner.name}.`] : []),
      ...warnings,
      qualitySentence(winner, input.questionCount),
      ...comparisonSentences(choice, input),
      ...choiceSentences(choice),
      ...neverDearerThan(choice),
      powerSentence(winner, input.detectableDifference),
      ...ceilingSentence(winner, approaches),
    ],
    unless: unlessSentences(choice, input),
  };
}

function nothingToRecommend({ approaches, constraints }: RecommendationInput): Recommendation {
  const scored = approaches.filter(isScored).filter(({ yardstick }) => !yardstick);
  const reasons = scored.map((one) => `${one.name} does not fit: ${fitOf(one, constraints).reasons.join("; ")}.`);
  const because =
    scored.length > 0 ? reasons : ["No approach has a scored answer, so there is nothing to choose from."];
  return { approach: null, because, unless: notRunSentences(approaches) };
}

function qualitySentence(winner: ScoredApproach, questionCount: number): string {
  const { mean, low, high, n } = winner.scores["quality"]!;
  const interval = `95% interval ${ofHundred(low)} to ${ofHundred(high)}`;
  return `${winner.name} scores ${ofHundred(mean)} of 100 for quality (${interval}); ${n} of ${questionCount} questions could be scored.`;
}

function yardstickWarnings(winner: ScoredApproach, { approaches, pairs }: RecommendationInput): readonly string[] {
  const floors = approaches.filter(isScored).filter(({ yardstick, name }) => yardstick && name !== ceiling);
  return floors
    .filter((floor) => !isBetter(winner.name, floor.name, pairs))
    .map((floor) => {
      const isWorse = isBetter(floor.name, winner.name, pairs);
      const verdict = isWorse ? "is WORSE than" : "is NOT shown to be better than";
      return `WARNING: ${winner.name} ${verdict} the yardstick ${floor.name} (${ofHundred(qualityOf(floor))} of 100).`;
    });
}

function comparisonSentences(
  { winner }: Choice,
  { approaches, pairs, constraints }: RecommendationInput,
): readonly string[] {
  const others = approaches.filter(isScored).filter(({ yardstick, name }) => !yardstick && name !== winner.name);
  return others.map((other) => {
    const pair = pairFrom(winner.name, other.name, pairs);
    const misfit = fitOf(other, constraints).verdict === "no" ? ", which breaks a constraint" : "";
    if (!pair) return `${other.name}${misfit} shares no scored question with ${winner.name}: not compared.`;
    const interval = `${signed(pair.difference)} points, 95% interval ${signed(pair.low)} to ${signed(pair.high)}`;
    const evidence = `(${interval}; adjusted ${pValue(pair.pAdjusted)})`;
    if (isBetter(winner.name, other.name, pairs)) return `It is better than ${other.name}${misfit} ${evidence}.`;
    if (isBetter(other.name, winner.name, pairs)) return `It is worse than ${other.name}${misfit} ${evidence}.`;
    return `No difference found between it and ${other.name}${misfit} ${evidence}.`;
  });
}

/** Why this one of those that the test cannot tell apart; and what it costs. */
function choiceSentences({ winner, tied, isFitUnknown }: Choice): readonly string[] {
  const { perQuery } = winner.costUsd;
  const cost =
    perQuery === null
      ? `at an unknown cost (${winner.costReason ?? "no reason given"})`
      : `at ${perThousand(perQuery)}`;
  const speed = `half of its answers within ${milliseconds(winner.latencyMs.p50)}, 95% within ${milliseconds(winner.latencyMs.p95)}`;
  const runnersUp = tied.filter(({ name }) => name !== winner.name);
  const isCheapest = runnersUp.every((other) => comparableCost(winner) < comparableCost(other));
  const costs = runnersUp.map(
    ({ name, costUsd }) => `${name} ${costUsd.perQuery === null ? "unknown" : perThousand(costUsd.perQuery)}`,
  );
  const reason = reasonFor(perQuery !== null, isCheapest);
  return [
    ...(runnersUp.length > 0 ? [`Among those that cannot be told apart ${reason} (${costs.join("; ")}).`] : []),
    ...(isFitUnknown ? [`It is not shown to meet the constraints, but nothing shows that it breaks them.`] : []),
    `It answers ${cost}; ${speed}.`,
  ];
}

function reasonFor(isCostKnown: boolean, isCheapest: boolean): string {
  if (!isCostKnown) return "no cost is known and it scores highest";
  if (isCheapest) return "it is the cheapest";
  return "none costs less to the cent per 1,000 questions, and of the cheapest it scores highest";
}

function powerSentence(winner: ScoredApproach, difference: number | null): string {
  const { n } = winner.scores["quality"]!;
  const few =
    n < sensibleMinimum ? ` ${n} questions are few: ${sensibleMinimum} are a sensible minimum for a decision.` : "";
  if (difference === null) return `With these questions no difference between approaches can be tested.${few}`;
  return `A true difference of about ${ofHundred(difference)} points or more would show in four of five such comparisons.${few}`;
}

function ceilingSentence(winner: ScoredApproach, approaches: readonly ComparedApproach[]): readonly string[] {
  const oracle = approaches.filter(isScored).find(({ name }) => name === ceiling);
  if (!oracle) return [];
  const reach =
    qualityOf(oracle) > qualityOf(winner)
      ? "the most that better retrieval could reach"
      : "better retrieval alone would gain nothing";
  return [`Given the right passages (${ceiling}) the same reader scores ${ofHundred(qualityOf(oracle))}: ${reach}.`];
}

function unlessSentences(choice: Choice, input: RecommendationInput): readonly string[] {
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
    "Documents change often or a provider retires its model: what that costs each approach was not measured here.",
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

/** The other half of break-even: where there is none, because the choice is never dearer. */
function neverDearerThan({ winner, tied }: Choice): readonly string[] {
  const { perQueryUsd: perQuery, fixedUsdPerMonth: upfront } = outlay(winner);
  const names = tied
    .filter(({ name }) => name !== winner.name)
    .filter(({ costUsd }) => costUsd.perQuery !== null && costUsd.upfront !== null)
    .filter(
      ({ costUsd }) =>
        perQuery !== null && upfront !== null && perQuery <= costUsd.perQuery! && upfront <= costUsd.upfront!,
    )
    .map(({ name }) => name);
  return names.length > 0 ? [`At every volume it costs no more than ${names.join(" and ")}.`] : [];
}

/** Upfront costs are paid once, so the "month" of the break-even is the whole time of service. */
function outlay({ costUsd }: ScoredApproach): RunningCost {
  return { perQueryUsd: costUsd.perQuery, fixedUsdPerMonth: costUsd.upfront };
}

function notRunSentences(approaches: readonly ComparedApproach[]): readonly string[] {
  return approaches.flatMap((one) =>
    one.status === "not-run" && !one.yardstick ? [`${one.name} does better; it was not run: ${one.reason}`] : [],
  );
}
