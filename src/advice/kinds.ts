// The recommendation for each kind of question, and whether sending each kind to its own approach would pay.
import type {
  ComparedApproach,
  ComparedPair,
  ComparisonReport,
  KindAdvice,
  ScoredApproach,
} from "../core/comparison.ts";
import {
  type Choice,
  type Correction,
  choose,
  declinesEverything,
  groundOf,
  isScored,
  isWorthless,
  qualityOf,
} from "./candidates.ts";
import type { Constraints } from "./constraints.ts";
import { ofHundred } from "./wording.ts";

export type KindInput = {
  readonly approaches: readonly ComparedApproach[];
  readonly byKind: ComparisonReport["byKind"];
  /** Pairs on `quality` within each kind, raw p-values. */
  readonly pairsByKind: Readonly<Record<string, readonly ComparedPair[]>>;
  readonly questionsByKind: Readonly<Record<string, number>>;
  readonly constraints: Constraints;
  readonly correct: Correction;
};

/**
 * Latency and cost are those of all questions; an approach that declines everything is shipped for no kind. With k kinds each kind's tests
 * stand at a k-th of the error rate.
 */
export function adviseByKind(input: KindInput): readonly KindAdvice[] {
  const kinds = Object.keys(input.byKind);
  const answering = input.approaches.filter((row) => row.yardstick || !isScored(row) || !declinesEverything(row));
  const correct: Correction = (pValues) => input.correct(pValues).map((p) => Math.min(1, p * kinds.length));
  return kinds.map((kind) => {
    const rows = answering.map((row) =>
      row.status === "scored" ? { ...row, scores: input.byKind[kind]?.[row.name] ?? {} } : row,
    );
    const scored = rows.filter(isScored);
    const choice = choose(scored, input.pairsByKind[kind] ?? [], input.constraints, correct);
    const questions = input.questionsByKind[kind] ?? 0;
    return choice === null ? noAdvice(kind, questions, scored) : adviceFor(kind, questions, choice);
  });
}

function noAdvice(kind: string, questions: number, scored: readonly ScoredApproach[]): KindAdvice {
  const candidates = scored.filter(({ yardstick }) => !yardstick);
  const [best] = candidates.toSorted((a, b) => qualityOf(b) - qualityOf(a));
  const because =
    best && candidates.every(isWorthless)
      ? `None answers this kind: the best, ${best.name}, scores ${ofHundred(qualityOf(best))} of 100.`
      : "No approach that fits has a scored answer.";
  return { kind, questions, approach: null, quality: null, notToldApart: [], because };
}

function adviceFor(kind: string, questions: number, choice: Choice): KindAdvice {
  const { winner, tied } = choice;
  const quality = winner.scores["quality"]!;
  const notToldApart = tied.filter(({ name }) => name !== winner.name).map(({ name }) => name);
  return { kind, questions, approach: winner.name, quality, notToldApart, because: reasonFor(choice, notToldApart) };
}

function reasonFor(choice: Choice, others: readonly string[]): string {
  const { winner, best } = choice;
  const score = ofHundred(winner.scores["quality"]!.mean);
  if (others.length === 0) return `${winner.name} scores ${score} of 100, better than every other that fits.`;
  const higher =
    winner.name === best.name
      ? ""
      : `; ${best.name} scores ${ofHundred(best.scores["quality"]!.mean)}, which may be chance`;
  return `${winner.name} scores ${score} of 100 and is not told apart from ${others.join(", ")}: ${preference[groundOf(choice)]}${higher}.`;
}

const preference: Readonly<Record<ReturnType<typeof groundOf>, string>> = {
  cheaper: "the cheaper is named",
  better: "costs are alike, and the one that scores higher is named",
  faster: "costs and scores are alike, and the faster is named",
};
