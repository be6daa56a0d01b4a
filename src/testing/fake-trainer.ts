// A trainer without a model: its losses follow from step and seed, it saves after every step, and goes on from what it saved.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { AssayError } from "../core/errors.ts";
import type { Cost } from "../core/scores.ts";
import type { StopReason, Trainer, TuningEvent, TuningJob, TuningResult } from "../core/training.ts";

export type FakeTrainerOptions = {
  /** Per step. Default 0. */
  readonly stepMs?: number;
  /** The loss runs away at this step. */
  readonly divergesAt?: number;
  /** The disk is full at this step. */
  readonly diskFullAt?: number;
  /** Default: free. */
  readonly cost?: Cost;
};

type Saved = { readonly step: number; readonly events: readonly TuningEvent[] };

/** Steps are those of the job's budget; one minute is taken as 20 steps. */
export function fakeTrainer(options: FakeTrainerOptions = {}): Trainer {
  return {
    name: "fake",
    version: "1",
    config: {},
    bases: "folder",
    plan: async ({ examples }) => ({
      tokensPerEpoch: 20 * examples.length,
      expectedMinutes: 1,
      cost: options.cost ?? { status: "priced", usd: 0 },
    }),
    events: (directory) => saved(directory).events,
    async train(job, { signal, progress }) {
      const stage = progress.start("train", stepsOf(job));
      const from = unended(saved(job.directory));
      let state = from;
      for (;;) {
        const reason = stopReason(job, state.step, options, signal);
        if (reason) {
          save(job.directory, { ...state, events: [...state.events, { type: "end", step: state.step, reason }] });
          stage.end();
          return resultOf(job, state.step, from.step, reason);
        }
        if (options.stepMs) await wait(options.stepMs);
        state = stepped(job, state);
        if (state.step === options.diskFullAt) throw diskFull(job.directory);
        save(job.directory, state);
        stage.advance(1);
      }
    },
  };
}

const stepsOf = ({ settings: { budget } }: TuningJob): number =>
  "steps" in budget ? budget.steps : Math.ceil(20 * ("minutes" in budget ? budget.minutes : budget.epochs));

function stopReason(
  job: TuningJob,
  step: number,
  { divergesAt }: FakeTrainerOptions,
  signal?: AbortSignal,
): StopReason | undefined {
  if (signal?.aborted) return "cancelled";
  if (step === divergesAt) return "diverged";
  return step >= stepsOf(job) ? "budget" : undefined;
}

function lossAt({ settings: { seed } }: TuningJob, step: number): number {
  return 4 * Math.exp(-step / 10) + 0.05 * Math.sin(seed * 13 + step * 7) + 0.1;
}

function stepped(job: TuningJob, { step: before, events }: Saved): Saved {
  const step = before + 1;
  const loss = lossAt(job, step);
  const totalSteps = stepsOf(job);
  const pace = { tokensPerSecond: 1000, elapsedMs: step * 10, etaMs: (totalSteps - step) * 10 };
  const evaluation = { type: "evaluation", step, heldOutLoss: loss + 0.2, best: true } as const;
  return {
    step,
    events: [...events, { type: "step", step, totalSteps, epoch: step / 10, loss, ...pace }, evaluation],
  };
}

const fileIn = (directory: string): string => join(directory, "fake.json");

function saved(directory: string): Saved {
  if (!existsSync(fileIn(directory))) return { step: 0, events: [] };
  return JSON.parse(readFileSync(fileIn(directory), "utf8")) as Saved;
}

const unended = ({ step, events }: Saved): Saved => ({ step, events: events.filter(({ type }) => type !== "end") });

function save(directory: string, state: Saved): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(`${fileIn(directory)}.partial`, JSON.stringify(state));
  renameSync(`${fileIn(directory)}.partial`, fileIn(directory));
}

const diskFull = (directory: string): AssayError =>
  new AssayError({
    code: "disk-full",
    message: `${directory}: the disk is full; what was stored before is intact`,
    remedy: "free some space, then run the same command again",
    isRetryable: true,
  });

function resultOf(job: TuningJob, steps: number, resumedFromStep: number, reason: StopReason): TuningResult {
  return {
    reason,
    resumedFromStep,
    engine: "none",
    origin: "random",
    parameters: 1000,
    trainableParameters: 1000,
    examples: job.examples.length,
    replayedExamples: 0,
    heldOut: job.heldOut.length,
    tooLong: [],
    steps,
    tokens: steps * 100,
    ms: steps * 10,
    cpuMs: steps * 10,
    firstLoss: steps > 0 ? lossAt(job, 1) : null,
    bestLoss: steps > 0 ? lossAt(job, steps) + 0.2 : null,
    bestStep: steps > 0 ? steps : null,
  };
}
