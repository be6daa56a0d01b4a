// Looks after training runs that exist: how they stand, stopping them, going on.
import { AssayError } from "../../core/errors.ts";
import type { Progress } from "../../core/progress.ts";
import type { JobElsewhere, JobStatus, Trainer, TuningEvent } from "../../core/training.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { agree, type PlannedTuning } from "./tune.ts";
import { modelDirectory, runTuning, storedJob } from "./tune-run.ts";
import { listTunings, readTuning, requestCancel, type TuningRecord, writeTuning } from "./tuning-records.ts";

/** By the name that a run was trained with. Throws `AssayError` `unknown-model` for a trainer that is not there. */
export type FindTrainer = (name: string) => Trainer;

export type TuningProgress = {
  readonly step: number;
  readonly totalSteps: number;
  readonly epoch: number;
  readonly loss: number;
  /** The last one measured. */
  readonly heldOutLoss: number | null;
  /** Null where a provider does not tell, as the time left is. */
  readonly tokensPerSecond: number | null;
  /** 0 once it has ended. */
  readonly etaMs: number | null;
};

/** How a job elsewhere stood when it was last asked. */
export type JobState = {
  readonly status: JobStatus;
  /** The provider's own word. */
  readonly said: string;
  /** How much of the work is done, 0 to 1; null where it does not tell. */
  readonly share: number | null;
};

export type TuningState = TuningRecord & {
  /** Null before the first step. */
  readonly progress: TuningProgress | null;
  /** Null for a run on this machine, and before its job exists. */
  readonly job: JobState | null;
  /** Weights of earlier steps that can be answered with, by their names at the provider. */
  readonly checkpoints: readonly { readonly step: number; readonly model: string }[];
  /** Why the provider could not be asked; what is shown is then what it said last. */
  readonly unasked?: string;
};

/** `id` absent: the newest run. Asks the provider of an unfinished job how it stands. Throws `AssayError` `not-found`. */
export async function tuningStatus(
  context: ProjectContext,
  id: string | undefined,
  trainers: FindTrainer,
): Promise<TuningState> {
  const record = meant(context, id, () => true, "no training has been started here");
  const trainer = trainers(record.trainer);
  const directory = modelDirectory(record);
  const unasked = isFinal(record) ? undefined : await look(trainer, directory);
  const events = trainer.events(directory);
  return {
    ...record,
    progress: progressOf(record, events),
    job: jobOf(events),
    checkpoints: events.flatMap((one) => (one.type === "checkpoint" ? [{ step: one.step, model: one.model }] : [])),
    ...(unasked === undefined ? {} : { unasked }),
  };
}

const isFinal = ({ status }: TuningRecord): boolean => status === "succeeded" || status === "cancelled";

/** Why it could not be asked, where that is so: what stands in the folder is worth showing all the same. */
async function look({ elsewhere }: Trainer, directory: string): Promise<string | undefined> {
  try {
    await elsewhere?.look(directory);
    return undefined;
  } catch (error) {
    if (AssayError.isInstance(error)) return error.message;
    throw error;
  }
}

function jobOf(events: readonly TuningEvent[]): JobState | null {
  const last = events.findLast((event) => event.type === "status");
  return last ? { status: last.status, said: last.said, share: last.share } : null;
}

function progressOf({ status }: TuningRecord, events: readonly TuningEvent[]): TuningProgress | null {
  const last = events.findLast((event) => event.type === "step");
  if (!last) return null;
  const heldOut = events.findLast((event) => event.type === "evaluation");
  const { step, totalSteps, epoch, loss, tokensPerSecond, etaMs } = last;
  const isGoing = status === "running";
  return {
    step,
    totalSteps,
    epoch,
    loss,
    heldOutLoss: heldOut?.heldOutLoss ?? null,
    tokensPerSecond,
    etaMs: isGoing ? etaMs : 0,
  };
}

/**
 * Asks the process that trains to stop: it saves within a second or at its next step, whichever is later. A job elsewhere is
 * stopped at its provider, for good. A run that nobody trains any more is cancelled at once.
 */
export async function cancelTuning(
  context: ProjectContext,
  id: string | undefined,
  trainers: FindTrainer,
): Promise<TuningRecord> {
  const record = meant(context, id, isOpen, "no training is running");
  if (!isOpen(record)) {
    throw new AssayError({
      code: "not-found",
      message: `tuning ${record.id} is not running: it has ${record.status}`,
      remedy: "assay tune list",
    });
  }
  const trainer = trainers(record.trainer);
  await trainer.elsewhere?.cancel(modelDirectory(record));
  if (record.status === "running" && record.isElsewhere) return record;
  if (record.status === "running") {
    requestCancel(record.directory);
    return record;
  }
  await trainer.stopLeftover?.(modelDirectory(record));
  const cancelled: TuningRecord = { ...record, status: "cancelled", finishedAt: new Date().toISOString() };
  writeTuning(cancelled);
  return cancelled;
}

/** Of a failed run the job may go on elsewhere: what failed was following it. */
const isOpen = ({ status, isElsewhere = false }: TuningRecord): boolean =>
  status === "running" || status === "interrupted" || status === "detached" || (isElsewhere && status === "failed");
const isUnfinished = ({ status }: TuningRecord): boolean => status !== "succeeded" && status !== "running";

export type ResumeOptions = {
  readonly id?: string;
  readonly trainers: FindTrainer;
  readonly progress: Progress;
  readonly signal?: AbortSignal;
  /** Going on with a job that its provider ended means paying for a new one: it waits for a yes, as the first did. */
  readonly yes?: boolean;
  readonly confirm?: (plan: PlannedTuning) => Promise<boolean>;
  readonly atMostUsd?: number;
};

/** Goes on with the examples that the run began with. Throws `AssayError`: `not-found`, `state-in-use`, what training throws. */
export async function resumeTuning(context: ProjectContext, options: ResumeOptions): Promise<TuningRecord> {
  const { id, trainers, progress, signal, atMostUsd } = options;
  const record = meant(context, id, isUnfinished, "no training waits to be resumed");
  if (record.status === "succeeded") return record;
  const trainer = trainers(record.trainer);
  if (trainer.elsewhere?.startsAnew(modelDirectory(record))) await agree(await planAnew(record, trainer), options);
  const limit = atMostUsd === undefined ? {} : { atMostUsd };
  return runTuning(record, { trainer, progress, ...limit, ...(signal ? { signal } : {}) });
}

async function planAnew(record: TuningRecord, trainer: Trainer): Promise<PlannedTuning> {
  const { id, method, settings, examples, heldOut, notes } = record;
  const plan = await trainer.plan(storedJob(record));
  return { id, method, trainer: trainer.name, settings, examples, heldOut, ...plan, warnings: notes };
}

/** All jobs of the account at a trainer's provider. Throws `AssayError` `bad-usage` for a trainer without one. */
export async function jobsElsewhere(trainer: Trainer): Promise<readonly JobElsewhere[]> {
  if (trainer.elsewhere) return trainer.elsewhere.list();
  throw new AssayError({
    code: "bad-usage",
    message: `the ${trainer.name} trainer runs on this machine: there is no provider to ask`,
    remedy: "assay tune list",
  });
}

function meant(
  context: ProjectContext,
  id: string | undefined,
  fits: (record: TuningRecord) => boolean,
  none: string,
): TuningRecord {
  const found = id === undefined ? listTunings(context).find(fits) : readTuning(context, id);
  if (found) return found;
  throw new AssayError({
    code: "not-found",
    message: id === undefined ? none : `there is no tuning "${id}"`,
    remedy: id === undefined ? "assay tune" : "assay tune list",
  });
}
