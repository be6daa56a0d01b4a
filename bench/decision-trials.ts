// Plays one world once: simulated answers, the product's own tests and recommendation, and what became of the decision.
import { recommend } from "../src/advice/recommendation.ts";
import type { ScoredApproach } from "../src/core/comparison.ts";
import type { HeldOutQuestion } from "../src/core/questions.ts";
import { type ApproachScores, comparePairs } from "../src/evaluation/pairs.ts";
import { type Resampling, resamplingOf } from "../src/evaluation/resampling.ts";
import { routingGain } from "../src/evaluation/routing.ts";
import type { ScoredAnswer } from "../src/evaluation/score-answers.ts";
import { holmAdjust } from "../src/evaluation/statistics/holm.ts";
import { type Random, seededRandom } from "../src/evaluation/statistics/random.ts";
import { type Arm, arms, trueQuality, type World } from "./decision-worlds.ts";

/** Share of the questions on which all arms meet the same luck: some questions are hard for everybody. */
const sharedLuck = 0.7;

export type Outcome = {
  readonly recommended: string | null;
  /** A winner is claimed: shown better than every other arm. */
  readonly isClaimed: boolean;
  readonly isRight: boolean;
  /** True accuracy given away against the best arm. */
  readonly lost: number;
  readonly isRoutingClaimed: boolean;
};

/** Questions of two kinds in turn; the same for every world, so that the resampling is drawn once. */
export function simulatedQuestions(count: number, resamples: number): Resampling {
  const questions = Array.from({ length: count }, (_, index): HeldOutQuestion => {
    const kind = index % 2 === 0 ? "fact" : "style";
    return { id: `q${index}`, text: "", references: [], answerable: true, kind, relevant: [], checks: [] };
  });
  return resamplingOf(questions, { resamples });
}

export function playWorld(world: World, resampling: Resampling): Outcome {
  const random = seededRandom(world.seed * 31 + resampling.questions.length);
  const luck = resampling.questions.map(() => random.next());
  const scores = arms.map((name) => ({ name, rows: answersOf(world.accuracy[name], luck, resampling, random) }));
  return judge(world, scores, resampling);
}

/** The best leads each of the six others by `gap`; one of the two is right alone on `discordance` of the questions. */
export function playGap(gap: number, discordance: number, resampling: Resampling, seed: number): boolean {
  const random = seededRandom(seed);
  const level = 0.7;
  const [loses, wins] = [(discordance + gap) / 2 / level, (discordance - gap) / 2 / (1 - level)];
  const best = resampling.questions.map(() => random.next() < level);
  const others = arms.slice(1).map((name) => ({
    name,
    values: best.map((isRight) => (isRight ? random.next() >= loses : random.next() < wins)),
  }));
  const scores = [{ name: arms[0], values: best }, ...others].map(({ name, values }) => ({
    name,
    rows: values.map((value, index) => scored(resampling.questions[index]!, value)),
  }));
  const { approach, notToldApart } = advise(scores, resampling, () => 0.001);
  return approach === arms[0] && notToldApart?.length === 0;
}

function judge(world: World, scores: readonly ApproachScores[], resampling: Resampling): Outcome {
  const { approach, notToldApart } = advise(scores, resampling, (arm) => world.costPerQueryUsd[arm]);
  const routing = routingGain(scores, resampling, { seed: world.seed });
  const reached = approach === null ? 0 : trueQuality(world.accuracy[approach as Arm]);
  return {
    recommended: approach,
    isClaimed: notToldApart?.length === 0,
    isRight: approach === world.best,
    lost: trueQuality(world.accuracy[world.best]) - reached,
    isRoutingClaimed: routing !== null && routing.gain > 0 && routing.p < 0.05,
  };
}

function advise(scores: readonly ApproachScores[], resampling: Resampling, costOf: (arm: Arm) => number) {
  return recommend({
    approaches: scores.map(({ name, rows }) => toRow(name, rows, costOf(name as Arm))),
    pairs: comparePairs(scores, resampling, ["quality"]),
    questionCount: resampling.questions.length,
    constraints: {},
    detectableDifference: null,
    correct: holmAdjust,
  });
}

function answersOf(
  accuracy: { readonly fact: number; readonly style: number },
  luck: readonly number[],
  { questions }: Resampling,
  random: Random,
): readonly ScoredAnswer[] {
  return questions.map((question, index) => {
    const draw = random.next() < sharedLuck ? luck[index]! : random.next();
    return scored(question, draw < accuracy[question.kind as "fact" | "style"]);
  });
}

function scored(question: HeldOutQuestion, isRight: boolean): ScoredAnswer {
  const scores: ScoredAnswer["scores"] = { quality: { status: "scored", value: isRight ? 1 : 0 } };
  return { question, scores } as ScoredAnswer;
}

function toRow(name: string, rows: readonly ScoredAnswer[], perQuery: number): ScoredApproach {
  const right = rows.filter(
    ({ scores }) => scores["quality"]?.status === "scored" && scores["quality"].value === 1,
  ).length;
  const mean = right / rows.length;
  return {
    name,
    status: "scored",
    yardstick: false,
    scores: { quality: { mean, low: mean, high: mean, n: rows.length, missing: 0 } },
    prepareMs: 0,
    latencyMs: { p50: 100, p95: 200 },
    throughputQps: 10,
    costUsd: { perQuery, upfront: 0, monthly: null },
    labels: [],
    notes: [],
  };
}
