// Asks every question again, past the call cache, to tell the model's own noise from the spread between questions.
import type { Answer } from "../../core/answers.ts";
import type { RepeatRow } from "../../core/comparison.ts";
import { hashOf } from "../../core/hash.ts";
import type { Progress } from "../../core/progress.ts";
import type { HeldOutQuestion, TrainingExample } from "../../core/questions.ts";
import { quality } from "../../evaluation/metrics/quality.ts";
import { answerAll } from "../../evaluation/runner.ts";
import { scoreAnswers } from "../../evaluation/score-answers.ts";
import { summariseRepeats } from "../../evaluation/statistics/repeats.ts";
import { tableStore } from "../state/call-store.ts";
import { prepareApproach } from "../wiring/open-approach.ts";
import { type ApproachParts, type PlannedApproach, planApproach } from "../wiring/wire-approaches.ts";

type ReadyPlan = Extract<PlannedApproach, { approach: unknown }>;

export type RepeatsInput = {
  readonly parts: Omit<ApproachParts, "generator" | "gold">;
  readonly plans: readonly PlannedApproach[];
  readonly questions: readonly HeldOutQuestion[];
  readonly training: readonly TrainingExample[];
  /** At least 2. */
  readonly repeats: number;
  readonly progress: Progress;
};

/**
 * One row per approach that can run, yardsticks left out. Answers are kept by the number of their repeat: a killed run goes
 * on where it stopped, and no two repeats share a reply.
 */
export async function measureRepeats(input: RepeatsInput): Promise<readonly RepeatRow[]> {
  const { context, knowledge } = input.parts;
  const generator = await context.models.uncached(context.config.generator, knowledge.parts);
  const rows: RepeatRow[] = [];
  for (const { name, yardstick } of input.plans.filter((plan) => "approach" in plan)) {
    const plan = planApproach(name, { ...input.parts, generator });
    if (yardstick || plan === undefined || !("approach" in plan)) continue;
    rows.push({ name, ...summariseRepeats(await scoresOf(input, plan)) });
  }
  return rows;
}

/** Quality by question and repeat; questions that lack a score in any repeat are left out, as `n` then shows. */
async function scoresOf(input: RepeatsInput, plan: ReadyPlan): Promise<readonly (readonly number[])[]> {
  const { parts, questions, training, repeats, progress } = input;
  const { context, knowledge } = parts;
  const prepared = await prepareApproach(context, knowledge, plan.approach, training, progress);
  const answerer = await plan.approach.open(prepared.directory);
  const byRepeat: (number | null)[][] = [];
  try {
    for (let repeat = 1; repeat <= repeats; repeat += 1) {
      const answered = await answerAll({
        answerer,
        questions,
        concurrency: context.config.generator.startsWith("embedded/") ? 1 : context.config.evaluation.concurrency,
        store: tableStore<Answer>(context.database, "answers"),
        keyOf: ({ text }) => hashOf({ prepared: prepared.key, text, repeat }),
        progress,
      });
      const scored = await scoreAnswers({ answered, metrics: [quality()] });
      byRepeat.push(scored.map(({ scores, answer }) => qualityOf(scores["quality"], answer)));
    }
  } finally {
    await answerer.close();
  }
  const perQuestion = questions.map((_, at) => byRepeat.map((values) => values[at] ?? null));
  return perQuestion.filter((values): values is number[] => values.every((value) => value !== null));
}

/** A call that failed says nothing about the model's noise. */
function qualityOf(
  score: { readonly status: string; readonly value?: number } | undefined,
  answer: Answer,
): number | null {
  return score?.status === "scored" && answer.outcome !== "failed" ? (score.value ?? null) : null;
}
