// Who may be recommended, and who of them wins. Decides by numbers alone; the words are written elsewhere.
import type { ComparedApproach, ComparedPair, ScoredApproach } from "../core/comparison.ts";
import { type Constraints, fitOf } from "./constraints.ts";

const significance = 0.05;

/** An approach with gold at hand: a ceiling, not a floor. */
export const ceiling = "oracle";
/** Yardsticks that do nothing: whoever is not above them has no business being shipped. */
const idle: ReadonlySet<string> = new Set(["always-decline", "majority-answer"]);

/** Adjusts the p-values of one family of tests, in the order given. */
export type Correction = (pValues: readonly number[]) => readonly number[];

/** Mean of the headline metric, −∞ where nothing was scored. */
export function qualityOf(approach: ScoredApproach): number {
  const summary = approach.scores["quality"];
  return summary && summary.n > 0 ? summary.mean : Number.NEGATIVE_INFINITY;
}

export function isScored(approach: ComparedApproach): approach is ScoredApproach {
  return approach.status === "scored" && Number.isFinite(qualityOf(approach));
}

/** The pair of a and b on quality, seen from a. */
export function pairFrom(a: string, b: string, pairs: readonly ComparedPair[]): ComparedPair | null {
  const found = pairs.find(
    (pair) => pair.metric === "quality" && ((pair.a === a && pair.b === b) || (pair.a === b && pair.b === a)),
  );
  if (!found || found.a === a) return found ?? null;
  const { difference, low, high } = found;
  return { ...found, a, b, difference: -difference, low: -high, high: -low };
}

/** True only when the corrected test says so. */
export function isBetter(a: string, b: string, pairs: readonly ComparedPair[]): boolean {
  const pair = pairFrom(a, b, pairs);
  return pair !== null && pair.pAdjusted < significance && pair.difference > 0;
}

export function isIdle(approach: ComparedApproach): boolean {
  return approach.yardstick && idle.has(approach.name);
}

export type Choice = {
  /** Meets the constraints and has the highest observed quality. */
  readonly best: ScoredApproach;
  /** `best` and all that the test cannot tell from it, the choice first. */
  readonly tied: readonly ScoredApproach[];
  readonly winner: ScoredApproach;
  /** True where even the winner is only not known to break a constraint. */
  readonly isFitUnknown: boolean;
  /** All pairs, those of `best` corrected as the family that the decision rests on. */
  readonly pairs: readonly ComparedPair[];
};

/**
 * Of the approaches that meet the constraints (failing any, those not known to break them) and score above every idle
 * yardstick (failing any, all), the best by observed quality and whatever is not significantly worse are tied; the
 * cheapest of the tied wins. Null where no approach is left.
 */
export function choose(
  approaches: readonly ComparedApproach[],
  pairs: readonly ComparedPair[],
  constraints: Constraints,
  correct: Correction,
): Choice | null {
  const scored = approaches.filter(isScored).filter((one) => !one.yardstick && !isWorthless(one));
  const fitting = scored.filter((approach) => fitOf(approach, constraints).verdict === "yes");
  const unknown = scored.filter((approach) => fitOf(approach, constraints).verdict === "unknown");
  const eligible = aboveIdle(fitting.length > 0 ? fitting : unknown, approaches);
  const [best] = eligible.toSorted((a, b) => qualityOf(b) - qualityOf(a) || byPreference(a, b));
  if (!best) return null;
  const decisive = againstBest(best.name, new Set(scored.map(({ name }) => name)), pairs, correct);
  const tied = eligible.filter((one) => !isBetter(best.name, one.name, decisive)).sort(byPreference);
  return { best, tied, winner: tied[0]!, isFitUnknown: fitting.length === 0, pairs: decisive };
}

/**
 * The decision asks whether the best is better than each of the others, so these tests are its family, not every pair of
 * everybody. That the best was picked by the same answers costs nothing: it is called the winner only where it beats the
 * runner-up, which is the hardest test of the family.
 */
function againstBest(
  best: string,
  candidates: ReadonlySet<string>,
  pairs: readonly ComparedPair[],
  correct: Correction,
): readonly ComparedPair[] {
  const isDecisive = ({ a, b, metric }: ComparedPair) =>
    metric === "quality" && (a === best || b === best) && candidates.has(a) && candidates.has(b);
  const family = pairs.filter(isDecisive);
  const adjusted = correct(family.map(({ p }) => p));
  return [
    ...family.map((pair, index) => ({ ...pair, pAdjusted: adjusted[index]! })),
    ...pairs.filter((pair) => !isDecisive(pair)),
  ];
}

/** An approach below this is right less than once in twenty questions: better than nothing, and nothing to ship. */
const leastWorth = 0.05;

/** Nothing that a team could ship: no answer, or hardly one that is right. */
export function isWorthless(approach: ScoredApproach): boolean {
  return declinesEverything(approach) || qualityOf(approach) < leastWorth;
}

/** To ship an approach that answers nothing is to ship nothing, however many questions it was right to decline. */
export function declinesEverything({ scores }: ScoredApproach): boolean {
  const [wrongly, rightly] = [scores["over-decline"], scores["correct-decline"]];
  // Without an answerable question there is only the other kind to go by.
  const declined = wrongly !== undefined && wrongly.n > 0 ? wrongly : rightly;
  return declined !== undefined && declined.n > 0 && declined.mean === 1;
}

function aboveIdle(candidates: readonly ScoredApproach[], all: readonly ComparedApproach[]): readonly ScoredApproach[] {
  const floor = Math.max(...all.filter(isIdle).filter(isScored).map(qualityOf));
  const above = candidates.filter((candidate) => qualityOf(candidate) > floor);
  return above.length > 0 ? above : candidates;
}

/** Known cost before unknown; then cheaper, better, faster, and the name so that the order never depends on the input's. */
function byPreference(a: ScoredApproach, b: ScoredApproach): number {
  return (
    comparableCost(a) - comparableCost(b) ||
    qualityOf(b) - qualityOf(a) ||
    a.latencyMs.p95 - b.latencyMs.p95 ||
    (a.name < b.name ? -1 : 1)
  );
}

/** The first of the rule's grounds that sets the winner apart from the next of the tied. */
export function groundOf({ tied: [winner, next] }: Choice): "cheaper" | "better" | "faster" {
  if (winner === undefined || next === undefined || comparableCost(winner) < comparableCost(next)) return "cheaper";
  return qualityOf(winner) > qualityOf(next) ? "better" : "faster";
}

/** To the cent per 1,000 questions: below that the clock's noise would decide. Unknown costs rank last. */
export function comparableCost({ costUsd }: ScoredApproach): number {
  return costUsd.perQuery === null ? Number.MAX_VALUE : Math.round(costUsd.perQuery * 100_000);
}
