// Says which approach to ship, on what evidence, and what would change the answer, in sentences that a manager can read.
import type {
  ComparedApproach,
  ComparedPair,
  Recommendation,
  RoutingFinding,
  ScoredApproach,
} from "../core/comparison.ts";
import type { ApproachMoney } from "../core/money.ts";
import {
  type Choice,
  type Correction,
  ceiling,
  choose,
  groundOf,
  isBetter,
  isIdle,
  isScored,
  isWorthless,
  pairFrom,
  qualityOf,
} from "./candidates.ts";
import { type Constraints, fitOf } from "./constraints.ts";
import { undecidedSentence } from "./questions-to-decide.ts";
import { notRunSentences, outlay, unlessSentences } from "./unless.ts";
import { milliseconds, ofHundred, perThousand, pValue, signed } from "./wording.ts";

export type RecommendationInput = {
  readonly approaches: readonly ComparedApproach[];
  /** Pairs on `quality` decide; others are ignored. */
  readonly pairs: readonly ComparedPair[];
  /** Held-out questions asked. */
  readonly questionCount: number;
  readonly constraints: Constraints;
  /** Difference in quality, in [0, 1], that the test would show with 80% power; null where it cannot be said. */
  readonly detectableDifference: number | null;
  /** Holm's, or another correction for several tests. */
  readonly correct: Correction;
  /** What changes cost; absent: nothing is said of them. */
  readonly money?: readonly ApproachMoney[];
  readonly routing?: RoutingFinding | null;
  /** What limits every figure, said before all else; each begins with WARNING. */
  readonly warnings?: readonly string[];
};

/** Questions below which a recommendation says that it rests on few. */
const sensibleMinimum = 200;

/**
 * Recommends by the rule in candidates.ts. Never a yardstick, never an approach that was not run. Null where nothing meets
 * the constraints, or where doing nothing is significantly better than the best there is.
 */
export function recommend(input: RecommendationInput): Recommendation {
  const { because, ...advice } = adviceFrom(input);
  return { ...advice, because: [...(input.warnings ?? []), ...because] };
}

function adviceFrom(input: RecommendationInput): Recommendation {
  const { approaches, constraints } = input;
  const choice = choose(approaches, input.pairs, constraints, input.correct);
  if (!choice) return nothingToRecommend(input);
  const { winner, pairs } = choice;
  const undecided = undecidedSentence(choice, winner.scores["quality"]!.n, input.detectableDifference);
  const idleIsBetter = approaches.some((approach) => isIdle(approach) && isBetter(approach.name, winner.name, pairs));
  return {
    approach: idleIsBetter ? null : winner.name,
    because: [
      ...(idleIsBetter ? [`Nothing is fit to be shipped: doing nothing scores better than ${winner.name}.`] : []),
      ...yardstickWarnings(winner, input),
      ...(undecided === null ? [] : [undecided]),
      qualitySentence(winner, input.questionCount),
      ...comparisonSentences(choice, input),
      ...choiceSentences(choice),
      ...neverDearerThan(choice),
      powerSentence(winner, input.detectableDifference),
      ...ceilingSentence(winner, approaches),
      ...routingSentence(input.routing),
    ],
    notToldApart: choice.tied.map(({ name }) => name).filter((name) => name !== winner.name),
    unless: unlessSentences(choice, input),
  };
}

function nothingToRecommend({ approaches, constraints }: RecommendationInput): Recommendation {
  const scored = approaches.filter(isScored).filter(({ yardstick }) => !yardstick);
  if (scored.length === 0) {
    const because = ["No approach has a scored answer, so there is nothing to choose from."];
    return { approach: null, because, unless: notRunSentences(approaches) };
  }
  if (scored.every(isWorthless)) {
    const because = [
      "Every approach that was run declines every question or scores below 5 of 100: there is nothing to ship yet.",
    ];
    return { approach: null, because, unless: notRunSentences(approaches) };
  }
  const reasonsOf = (one: ScoredApproach) => fitOf(one, constraints).reasons.join("; ");
  const [closest, ...others] = scored.toSorted(
    (a, b) => fitOf(a, constraints).miss - fitOf(b, constraints).miss || qualityOf(b) - qualityOf(a),
  );
  return {
    approach: null,
    because: [
      `No approach meets the constraints. Closest is ${closest!.name} (${ofHundred(qualityOf(closest!))} of 100): ${reasonsOf(closest!)}.`,
      ...others.map((one) => `${one.name} does not fit: ${reasonsOf(one)}.`),
    ],
    unless: notRunSentences(approaches),
  };
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
  { winner, pairs }: Choice,
  { approaches, constraints }: RecommendationInput,
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
function choiceSentences(choice: Choice): readonly string[] {
  const { winner, tied, isFitUnknown } = choice;
  const { perQuery } = winner.costUsd;
  const cost =
    perQuery === null
      ? `at an unknown cost (${winner.costReason ?? "no reason given"})`
      : `at ${perThousand(perQuery)}`;
  const speed = `half of its answers within ${milliseconds(winner.latencyMs.p50)}, 95% within ${milliseconds(winner.latencyMs.p95)}`;
  const runnersUp = tied.filter(({ name }) => name !== winner.name);
  const costs = runnersUp.map(
    ({ name, costUsd }) => `${name} ${costUsd.perQuery === null ? "unknown" : perThousand(costUsd.perQuery)}`,
  );
  const reason = perQuery === null ? "no cost is known and it scores highest" : grounds[groundOf(choice)];
  return [
    ...(runnersUp.length > 0 ? [`Among those that cannot be told apart ${reason} (${costs.join("; ")}).`] : []),
    ...(isFitUnknown ? [`It is not shown to meet the constraints, but nothing shows that it breaks them.`] : []),
    `It answers ${cost}; ${speed}.`,
  ];
}

const grounds: Readonly<Record<ReturnType<typeof groundOf>, string>> = {
  cheaper: "it is the cheapest",
  better: "none costs less to the cent per 1,000 questions, and of the cheapest it scores highest",
  faster: "none costs less to the cent per 1,000 questions or scores higher, and it is the fastest",
};

function powerSentence(winner: ScoredApproach, difference: number | null): string {
  const { n } = winner.scores["quality"]!;
  const few =
    n < sensibleMinimum
      ? ` ${n} scored ${n === 1 ? "question is" : "questions are"} few: ${sensibleMinimum} are a sensible minimum for a decision.`
      : "";
  if (difference === null) return `With these questions no difference between approaches can be tested.${few}`;
  return `A true difference of about ${ofHundred(difference)} points or more would show in four of five such comparisons, even between the two that are hardest to compare.${few}`;
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

function routingSentence(routing: RoutingFinding | null | undefined): readonly string[] {
  if (!routing) return [];
  const elsewhere = Object.entries(routing.byKind).filter(([, approach]) => approach !== routing.single);
  if (elsewhere.length === 0) return [`${routing.single} is the best for every kind of question: nothing to route.`];
  const routes = elsewhere.map(([kind, approach]) => `${kind} to ${approach}`);
  const interval = `${signed(routing.gain)} points, 95% interval ${signed(routing.low)} to ${signed(routing.high)}`;
  const isGain = routing.gain > 0 && routing.p < 0.05;
  const verdict = isGain
    ? `Sending each kind of question to its own approach (${routes.join(", ")}; the rest to ${routing.single}) gains`
    : "Sending each kind of question to its own approach shows no gain:";
  return [
    `${verdict} ${interval} over ${routing.single} alone, on questions that had no part in the choice, if the kind is known.`,
  ];
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
