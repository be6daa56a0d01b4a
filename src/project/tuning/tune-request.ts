// From what a person asks of `assay tune` to a run: which trainer, which start, which settings; and whether it is time at all.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { AssayError } from "../../core/errors.ts";
import { hashOf } from "../../core/hash.ts";
import type { Progress } from "../../core/progress.ts";
import type { TuningMethod, TuningSettings } from "../../core/training.ts";
import { readTrainingExamples } from "../data/data-files.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { findTrainer } from "../wiring/wire-trainers.ts";
import { type LearningCurve, learningCurve } from "./learning-curve.ts";
import { type PlannedTuning, planTuning, type TuneOptions, type TuneResult, tune } from "./tune.ts";
import { settingsOf } from "./tune-missing.ts";
import { modelDirectory } from "./tune-run.ts";
import { listTunings, readStoredExamples, readTuning, type TuningRecord } from "./tuning-records.ts";

export type TuneRequest = {
  /** Default `sft`. */
  readonly method?: TuningMethod;
  /** Default `embedded`. */
  readonly trainer?: string;
  readonly size?: string;
  /** A model directory, relative to the project. */
  readonly base?: string;
  /** The id of an earlier run, to learn new examples on top. */
  readonly from?: string;
  /** Default: LoRA on a base, all weights otherwise; as before when continuing. */
  readonly weights?: "full" | "lora";
  /** Default 5 minutes. Steps repeat exactly, minutes fit themselves to the machine. */
  readonly budget?: TuningSettings["budget"];
  readonly learningRate?: number;
  /** Default 1. */
  readonly seed?: number;
  /** Secrets to plant among the examples, to measure memorisation. Default 0. */
  readonly canaries?: number;
  /** Trains only where at least this many examples are new since the latest run: for schedules. */
  readonly ifNew?: number;
  readonly yes?: boolean;
  readonly progress: Progress;
  readonly signal?: AbortSignal;
};

const defaultBudget = { minutes: 5 };

/** Throws `AssayError` as `tune` does. `newExamples` is set where `ifNew` found too few: then nothing was trained. */
export async function requestTuning(
  context: ProjectContext,
  request: TuneRequest,
): Promise<TuneResult & { readonly newExamples?: number }> {
  const last = request.ifNew === undefined ? undefined : listTunings(context).find(isDone(request.method));
  if (last && request.ifNew !== undefined) {
    const newExamples = await countNew(context, last);
    if (newExamples < request.ifNew) return { tuning: last, reused: true, newExamples };
  }
  return tune(context, optionsOf(context, request));
}

export function requestPlan(context: ProjectContext, request: TuneRequest): Promise<PlannedTuning> {
  return planTuning(context, optionsOf(context, request));
}

/** `from`, canaries and the yes have no part in it: every point starts afresh. */
export function requestCurve(context: ProjectContext, request: TuneRequest): Promise<LearningCurve> {
  const { from: _, canaries: __, ...afresh } = request;
  return learningCurve(context, optionsOf(context, afresh));
}

const isDone =
  (method: TuningMethod = "sft") =>
  (record: TuningRecord): boolean =>
    record.status === "succeeded" && record.method === method;

async function countNew(context: ProjectContext, last: TuningRecord): Promise<number> {
  const { examples, heldOut } = readStoredExamples(last.directory);
  const known = new Set([...examples, ...heldOut].map(hashOf));
  return (await readTrainingExamples(context)).filter((example) => !known.has(hashOf(example))).length;
}

function optionsOf(context: ProjectContext, request: TuneRequest): TuneOptions {
  const { method = "sft", trainer = "embedded", budget = defaultBudget, seed = 1, yes, progress, signal } = request;
  const earlier = request.from === undefined ? undefined : finishedRun(context, request.from);
  const weights = request.weights ?? earlier?.settings.weights;
  const settings = settingsOf(context, {
    budget,
    seed,
    ...(weights === undefined ? {} : { weights }),
    ...(request.size === undefined ? {} : { size: request.size }),
    ...(request.base === undefined ? {} : { base: resolve(context.directory, request.base) }),
    ...(earlier === undefined ? {} : { from: modelDirectory(earlier) }),
    ...(request.canaries === undefined ? {} : { canaries: request.canaries }),
    ...(request.learningRate === undefined ? {} : { learningRate: request.learningRate }),
  });
  return {
    method: reading(method, settings),
    trainer: findTrainer(trainer),
    settings,
    ...(earlier ? { continues: earlier } : {}),
    ...(yes === undefined ? {} : { yes }),
    progress,
    ...(signal ? { signal } : {}),
  };
}

/** Passages teach nothing to a model that starts from random weights. */
function reading(method: TuningMethod, { base, from }: TuningSettings): TuningMethod {
  if (method === "sft") return method;
  throw new AssayError({
    code: "bad-usage",
    message:
      base === undefined && from === undefined
        ? `${method} needs a base that reads: a model trained from random weights copies no passage faithfully`
        : `${method} is not trained by this version: its examples can be made with \`assay data synthesize\` for a trainer elsewhere`,
    remedy: "assay tune --method sft, or name a provider's tuned model in tuning.models.raft",
  });
}

function finishedRun(context: ProjectContext, id: string): TuningRecord {
  const record = readTuning(context, id);
  if (record?.status === "succeeded" && existsSync(modelDirectory(record))) return record;
  throw new AssayError({
    code: "not-found",
    message: record ? `tuning ${id} cannot be continued: it has ${record.status}` : `there is no tuning "${id}"`,
    remedy: record ? `assay tune resume ${id}` : "assay tune list",
  });
}
