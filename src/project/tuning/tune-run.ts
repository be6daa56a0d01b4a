// Runs one training job in this process: one trainer per run, a record that always tells how it stands, and a way to stop it.
import { join } from "node:path";
import { AssayError } from "../../core/errors.ts";
import type { Progress } from "../../core/progress.ts";
import type { Trainer, TuningJob, TuningResult } from "../../core/training.ts";
import { diskError, withLock } from "../state/state-folder.ts";
import {
  asOwnRun,
  forgetCancelRequest,
  isCancelRequested,
  readStoredExamples,
  runLock,
  type TuningRecord,
  writeTuning,
} from "./tuning-records.ts";

export type RunTuningOptions = {
  readonly trainer: Trainer;
  readonly progress: Progress;
  readonly signal?: AbortSignal;
  readonly atMostUsd?: number;
};

/** How often a run looks whether another process asked it to stop. */
const cancelPollMs = 1000;

/**
 * Trains, or goes on where the run stood, and returns the record as it ended. Throws `AssayError` after writing down why it
 * failed; `state-in-use` where another process trains this very run.
 */
export async function runTuning(record: TuningRecord, options: RunTuningOptions): Promise<TuningRecord> {
  const { directory } = record;
  return withLock(runLock(directory), `training ${record.id}`, () =>
    asOwnRun(directory, async () => {
      forgetCancelRequest(directory);
      const { finishedAt: _, error: __, result: ___, ...unfinished } = record;
      const { atMostUsd } = options;
      const running: TuningRecord = {
        ...unfinished,
        status: "running",
        ...(atMostUsd === undefined ? {} : { atMostUsd }),
      };
      writeTuning(running);
      const ended = await trained(running, options);
      writeTuning(ended);
      return ended;
    }),
  );
}

async function trained(record: TuningRecord, { trainer, progress, signal }: RunTuningOptions): Promise<TuningRecord> {
  const stop = new AbortController();
  const poll = setInterval(() => isCancelRequested(record.directory) && stop.abort(), cancelPollMs);
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const { atMostUsd } = record;
  const limit = atMostUsd === undefined ? {} : { atMostUsd };
  try {
    return finished(record, await trainer.train(storedJob(record), { progress, signal: either, ...limit }));
  } catch (cause) {
    const error = explained(cause, record);
    writeFailure(record, error);
    throw error;
  } finally {
    clearInterval(poll);
  }
}

/** The job as it was when the run began. */
export function storedJob({ method, settings, directory }: TuningRecord): TuningJob {
  return { method, settings, ...readStoredExamples(directory), directory: modelDirectory({ directory }) };
}

/** Where the trainer keeps its checkpoints and, at the end, the tuned model. */
export const modelDirectory = ({ directory }: Pick<TuningRecord, "directory">): string => join(directory, "model");

function finished(record: TuningRecord, result: TuningResult): TuningRecord {
  if (result.reason === "detached") return { ...record, status: "detached" };
  const ended = { ...record, result, finishedAt: new Date().toISOString() };
  const { reason, bestStep, tooLong } = result;
  const notes = [
    ...record.notes,
    ...(tooLong.length > 0 ? [`${tooLong.length} examples are longer than the model takes and were left out`] : []),
  ];
  if (reason === "cancelled") return { ...ended, notes: record.notes, status: "cancelled" };
  if (reason !== "diverged") return { ...ended, notes, status: "succeeded" };
  if (bestStep === null) return { ...ended, notes, status: "failed", error: diverged(result) };
  return {
    ...ended,
    status: "succeeded",
    notes: [...notes, `the loss ran away at step ${result.steps}: the weights of step ${bestStep} were kept`],
  };
}

const diverged = ({ steps }: TuningResult) => ({
  code: "bad-examples",
  message: `the loss ran away at step ${steps}, before any good weights were kept`,
  remedy: "assay tune --learning-rate with a third of what it was, or more examples",
});

function explained(cause: unknown, { id, directory }: TuningRecord): AssayError {
  const known = AssayError.isInstance(cause) ? cause : undefined;
  if (known?.code === "disk-full") {
    return new AssayError({
      code: "disk-full",
      message: `${directory}: the disk is full; training stands at its last checkpoint`,
      remedy: `free some space, then: assay tune resume ${id}`,
      isRetryable: true,
      cause,
    });
  }
  if (known) return known;
  const fileError = typeof (cause as NodeJS.ErrnoException | undefined)?.code === "string";
  if (fileError) return diskError(cause, directory);
  return new AssayError({
    code: "internal",
    message: `training ${id} broke off: ${cause instanceof Error ? cause.message : String(cause)}`,
    remedy: `assay tune resume ${id}`,
    cause,
  });
}

/** On a full disk even this may fail; the run then reads as interrupted, which is as true. */
function writeFailure(record: TuningRecord, { code, message, remedy }: AssayError): void {
  const error = { code, message, ...(remedy === undefined ? {} : { remedy }) };
  try {
    writeTuning({ ...record, status: "failed", error, finishedAt: new Date().toISOString() });
  } catch {
    // The failure itself is about to be thrown.
  }
}
