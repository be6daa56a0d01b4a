// How many questions it would take to tell apart what this many could not. Chooses nothing.
import type { ScoredApproach } from "../core/comparison.ts";
import { type Choice, qualityOf } from "./candidates.ts";
import { count, ofHundred } from "./wording.ts";

/** A gap below this would take more questions than anybody writes, and few would act on it. */
const smallestGap = 0.005;

/**
 * Null where the choice is decided. The figure rests on √n: a difference that is g times what this comparison could see
 * takes 1/g² times its questions. It takes the gap seen here for the true one, which the sentence says, and what the two
 * that are hardest to compare need, so fewer may do.
 */
export function undecidedSentence(
  { best, winner, tied }: Choice,
  questions: number,
  detectableDifference: number | null,
): string | null {
  const rival = winner.name === best.name ? runnerUp(best, tied) : best;
  if (rival === undefined) return null;
  const others = tied.filter(({ name }) => name !== winner.name).map(({ name }) => name);
  const verdict = `Not decided: these questions do not tell ${winner.name} from ${others.join(", ")}`;
  const gap = Math.abs(qualityOf(rival) - qualityOf(winner));
  if (gap < smallestGap) return `${verdict}, and nothing seen here says that ${rival.name} is better or worse.`;
  if (detectableDifference === null) return `${verdict}; how many would cannot be said from so few.`;
  const needed = questions * (detectableDifference / gap) ** 2;
  // A capped figure is a floor: the comparison could not have seen even the largest difference there can be.
  const about = detectableDifference >= 1 ? "at least" : "at most about";
  return `${verdict}. If the ${ofHundred(gap)} points between it and ${rival.name} are real, ${about} ${count(twoDigits(needed))} questions would show it.`;
}

function runnerUp(best: ScoredApproach, tied: readonly ScoredApproach[]): ScoredApproach | undefined {
  return tied.filter(({ name }) => name !== best.name).toSorted((a, b) => qualityOf(b) - qualityOf(a))[0];
}

/** The estimate is no better than that. */
function twoDigits(questions: number): number {
  return Number(questions.toPrecision(2));
}
