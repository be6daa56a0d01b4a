// From what a person asks of `assay tune` to a run: which trainer, which start, which settings; and whether it is time at all.
import { existsSync } from "node:fs";
import { AssayError } from "../../core/errors.ts";
import { hashOf } from "../../core/hash.ts";
import type { Progress } from "../../core/progress.ts";
import type { Trainer, TunedWeights, TuningMethod, TuningSettings } from "../../core/training.ts";
import { readTuningExamples } from "../data/data-files.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { findTrainer } from "../wiring/wire-trainers.ts";
import { type LearningCurve, learningCurve } from "./learning-curve.ts";
import { renderIfMissing } from "./render-examples.ts";
import { type PlannedTuning, planTuning, type TuneOptions, type TuneResult, tune } from "./tune.ts";
import { modelDirectory } from "./tune-run.ts";
import { settingsOf } from "./tune-settings.ts";
import { listTunings, readStoredExamples, readTuning, type TuningRecord } from "./tuning-records.ts";

export type TuneRequest = {
  /** Default `sft`. */
  readonly method?: TuningMethod;
  /** Default `embedded`. */
  readonly trainer?: string;
  readonly size?: string;
  /** A model directory, relative to the project, or a provider's base model. */
  readonly base?: string;
  /** The id of an earlier run, to learn new examples on top. */
  readonly from?: string;
  /** Default: LoRA on a base, all weights otherwise; as before when continuing. */
  readonly weights?: TunedWeights;
  /** Default: 5 minutes here, 3 epochs elsewhere. Steps repeat exactly, minutes fit themselves to the machine. */
  readonly budget?: TuningSettings["budget"];
  readonly learningRate?: number;
  readonly rank?: number;
  readonly beta?: number;
  /** `raft` from random weights all the same. */
  readonly force?: boolean;
  /** Default 1. */
  readonly seed?: number;
  /** Secrets to plant among the examples, to measure memorisation. Default 0. */
  readonly canaries?: number;
  /** Trains only where at least this many examples are new since the latest run: for schedules. */
  readonly ifNew?: number;
  readonly yes?: boolean;
  /** Asked where nobody said yes beforehand. */
  readonly confirm?: (plan: PlannedTuning) => Promise<boolean>;
  readonly atMostUsd?: number;
  readonly progress: Progress;
  readonly signal?: AbortSignal;
};

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
  const options = optionsOf(context, request);
  const rendered = await renderIfMissing(context, options.method, request.progress);
  return tune(context, { ...options, ...(rendered === undefined ? {} : { notes: [rendered] }) });
}

export function requestPlan(context: ProjectContext, request: TuneRequest): Promise<PlannedTuning> {
  return planTuning(context, optionsOf(context, request));
}

/** `from`, canaries and the yes have no part in it: every point starts afresh. */
export function requestCurve(context: ProjectContext, request: TuneRequest): Promise<LearningCurve> {
  const { from: _, canaries: __, ...afresh } = request;
  const options = optionsOf(context, afresh);
  if (options.trainer.elsewhere) throw paidCurve(options.trainer.name);
  return learningCurve(context, options);
}

const paidCurve = (trainer: string): AssayError =>
  new AssayError({
    code: "bad-usage",
    message: `a learning curve trains four times, and every time would be paid for at ${trainer}`,
    remedy: "assay tune --learning-curve, on this machine",
  });

const isDone =
  (method: TuningMethod = "sft") =>
  (record: TuningRecord): boolean =>
    record.status === "succeeded" && record.method === method;

async function countNew(context: ProjectContext, last: TuningRecord): Promise<number> {
  const { examples, heldOut } = readStoredExamples(last.directory);
  const known = new Set([...examples, ...heldOut].map(hashOf));
  return (await readTuningExamples(context, last.method)).filter((example) => !known.has(hashOf(example))).length;
}

function optionsOf(context: ProjectContext, request: TuneRequest): TuneOptions {
  const { method = "sft", trainer: name = "embedded", yes, confirm, atMostUsd, progress, signal } = request;
  const trainer = findTrainer(context.config, name);
  const earlier = request.from === undefined ? undefined : finishedRun(context, request.from, trainer);
  const settings = settingsOf(context, trainer, givenBy(request, earlier));
  checkReads(method, settings, earlier);
  return {
    method,
    trainer,
    settings,
    ...(earlier ? { continues: earlier } : {}),
    ...(yes === undefined ? {} : { yes }),
    ...(confirm === undefined ? {} : { confirm }),
    ...(atMostUsd === undefined ? {} : { atMostUsd }),
    progress,
    ...(signal ? { signal } : {}),
  };
}

/** Only what was asked for: whatever is absent here has no part in the run's identity beyond its default. */
function givenBy(request: TuneRequest, earlier: TuningRecord | undefined): Partial<TuningSettings> {
  const { size, base, budget, learningRate, rank, beta, seed, canaries } = request;
  const weights = request.weights ?? earlier?.settings.weights;
  const force = request.force ? true : undefined;
  const given = { size, base, budget, learningRate, rank, beta, seed, canaries, weights, force };
  const stated = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(stated), ...(earlier === undefined ? {} : { from: modelDirectory(earlier) }) };
}

/** Passages teach nothing to a model that starts from random weights. */
function checkReads(method: TuningMethod, { base, force }: TuningSettings, earlier: TuningRecord | undefined): void {
  const isRandom = earlier ? earlier.result?.origin === "random" : base === undefined;
  if (method !== "raft" || force || !isRandom) return;
  throw new AssayError({
    code: "bad-usage",
    message: `${method} needs a base that reads: a model trained from random weights copies no passage faithfully`,
    remedy: "name one with --base, tune elsewhere (--trainer together, for one), or see for yourself with --force",
  });
}

function finishedRun(context: ProjectContext, id: string, trainer: Trainer): TuningRecord {
  const record = readTuning(context, id);
  if (record && record.trainer !== trainer.name) {
    throw new AssayError({
      code: "bad-usage",
      message: `tuning ${id} is by the ${record.trainer} trainer, and ${trainer.name} cannot go on from it`,
      remedy: `assay tune --trainer ${record.trainer} --from ${id}`,
    });
  }
  if (record?.status === "succeeded" && existsSync(modelDirectory(record))) return record;
  throw new AssayError({
    code: "not-found",
    message: record ? `tuning ${id} cannot be continued: it has ${record.status}` : `there is no tuning "${id}"`,
    remedy: record ? `assay tune resume ${id}` : "assay tune list",
  });
}
