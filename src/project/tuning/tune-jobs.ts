// Looks after training runs that exist: how they stand, stopping them, going on.
import { AssayError } from "../../core/errors.ts";
import type { Progress } from "../../core/progress.ts";
import type { Trainer, TuningEvent } from "../../core/training.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { modelDirectory, runTuning } from "./tune-run.ts";
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
  readonly tokensPerSecond: number;
  /** 0 once it has ended. */
  readonly etaMs: number;
};

export type TuningState = TuningRecord & {
  /** Null before the first step. */
  readonly progress: TuningProgress | null;
};

/** `id` absent: the newest run. Throws `AssayError` `not-found`. */
export function tuningStatus(context: ProjectContext, id: string | undefined, trainers: FindTrainer): TuningState {
  const record = meant(context, id, () => true, "no training has been started here");
  const events = trainers(record.trainer).events(modelDirectory(record));
  return { ...record, progress: progressOf(record, events) };
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
 * Asks the process that trains to stop: it saves within a second or at its next step, whichever is later. A run that nobody
 * trains any more is cancelled at once.
 */
export function cancelTuning(context: ProjectContext, id: string | undefined): TuningRecord {
  const record = meant(context, id, isOpen, "no training is running");
  if (!isOpen(record)) {
    throw new AssayError({
      code: "not-found",
      message: `tuning ${record.id} is not running: it has ${record.status}`,
      remedy: "assay tune list",
    });
  }
  if (record.status === "running") {
    requestCancel(record.directory);
    return record;
  }
  const cancelled: TuningRecord = { ...record, status: "cancelled", finishedAt: new Date().toISOString() };
  writeTuning(cancelled);
  return cancelled;
}

const isOpen = ({ status }: TuningRecord): boolean => status === "running" || status === "interrupted";
const isUnfinished = ({ status }: TuningRecord): boolean => status !== "succeeded" && status !== "running";

export type ResumeOptions = {
  readonly id?: string;
  readonly trainers: FindTrainer;
  readonly progress: Progress;
  readonly signal?: AbortSignal;
};

/** Goes on with the examples that the run began with. Throws `AssayError`: `not-found`, `state-in-use`, what training throws. */
export async function resumeTuning(context: ProjectContext, options: ResumeOptions): Promise<TuningRecord> {
  const { id, trainers, progress, signal } = options;
  const record = meant(context, id, isUnfinished, "no training waits to be resumed");
  if (record.status === "succeeded") return record;
  return runTuning(record, { trainer: trainers(record.trainer), progress, ...(signal ? { signal } : {}) });
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
