// Training runs on disk: `.assay/tunings/<id>/` holds the record, the job, the trainer's checkpoints and the tuned model.
// Records are files, so that a rebuilt control database forgets no training. Knows no trainer.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AssayError } from "../../core/errors.ts";
import type { TuningExample, TuningMethod, TuningResult, TuningSettings } from "../../core/training.ts";
import { diskError, lockHolder } from "../state/state-folder.ts";
import type { ProjectContext } from "../wiring/context.ts";

/**
 * `interrupted`: the process that trained is gone without a word; `assay tune resume` goes on from its last checkpoint.
 * `detached`: nobody here follows a job that goes on elsewhere; `assay tune resume` follows it again.
 */
export type TuningStatus = "running" | "interrupted" | "detached" | "succeeded" | "failed" | "cancelled";

export type TuningRecord = {
  /** The hash of all that the tuned model depends on, shortened. */
  readonly id: string;
  readonly method: TuningMethod;
  readonly trainer: string;
  /** Its job lives at a provider and outlasts this process. */
  readonly isElsewhere?: boolean;
  readonly status: TuningStatus;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly finishedAt?: string;
  readonly settings: TuningSettings;
  /** Names all examples of the project as they were: a model of other examples is out of date. */
  readonly examplesHash: string;
  readonly examples: number;
  readonly heldOut: number;
  /** Absolute path of the run's folder. */
  readonly directory: string;
  /** What a provider may bill at most, where its user said so. */
  readonly atMostUsd?: number;
  /** Absent until it ended; kept when it was cancelled. */
  readonly result?: TuningResult;
  /** Why it failed, and the next command. */
  readonly error?: { readonly code: string; readonly message: string; readonly remedy?: string };
  /** What its user should know, e.g. that the loss ran away. */
  readonly notes: readonly string[];
};

/** What the trainer works on, as it was when the run began: a resumed run meets the same examples. */
export type StoredExamples = {
  readonly examples: readonly TuningExample[];
  readonly heldOut: readonly TuningExample[];
};

const recordFile = (directory: string): string => join(directory, "tuning.json");
const examplesFile = (directory: string): string => join(directory, "job.json");
const cancelFile = (directory: string): string => join(directory, "cancel");
export const runLock = (directory: string): string => join(directory, "lock");

export const tuningDirectory = (context: ProjectContext, id: string): string => join(context.state.tunings, id);

/** Runs of this very process: their lock does not tell them from a dead process that had the same number. */
const ownRuns = new Set<string>();

/** Marks the run as alive for as long as `work` takes. */
export async function asOwnRun<T>(directory: string, work: () => Promise<T>): Promise<T> {
  ownRuns.add(directory);
  try {
    return await work();
  } finally {
    ownRuns.delete(directory);
  }
}

/** Undefined where there is no such run. Throws `AssayError` `corrupt-state` for a record that cannot be read. */
export function readTuning(context: ProjectContext, id: string): TuningRecord | undefined {
  const directory = tuningDirectory(context, id);
  if (!existsSync(recordFile(directory))) return undefined;
  try {
    const stored = JSON.parse(readFileSync(recordFile(directory), "utf8")) as TuningRecord;
    const isLeft = stored.status === "running" && !isAlive(directory);
    return { ...stored, directory, status: isLeft ? left(stored) : stored.status };
  } catch (cause) {
    throw new AssayError({
      code: "corrupt-state",
      message: `${recordFile(directory)}: cannot be read`,
      remedy: `delete the folder ${directory} and run \`assay tune\` again`,
      cause,
    });
  }
}

const left = ({ isElsewhere = false }: TuningRecord): TuningStatus => (isElsewhere ? "detached" : "interrupted");

const isAlive = (directory: string): boolean => ownRuns.has(directory) || lockHolder(runLock(directory)) !== undefined;

/** Newest first. */
export function listTunings(context: ProjectContext): readonly TuningRecord[] {
  if (!existsSync(context.state.tunings)) return [];
  return readdirSync(context.state.tunings)
    .flatMap((id) => readTuning(context, id) ?? [])
    .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
}

export function writeTuning(record: TuningRecord): void {
  writeWhole(record.directory, recordFile(record.directory), record);
}

export function writeStoredExamples(directory: string, job: StoredExamples): void {
  writeWhole(directory, examplesFile(directory), job);
}

/** Throws `AssayError` `corrupt-state`. */
export function readStoredExamples(directory: string): StoredExamples {
  try {
    return JSON.parse(readFileSync(examplesFile(directory), "utf8")) as StoredExamples;
  } catch (cause) {
    throw new AssayError({
      code: "corrupt-state",
      message: `${examplesFile(directory)}: cannot be read`,
      remedy: `delete the folder ${directory} and run \`assay tune\` again`,
      cause,
    });
  }
}

/** Asks whichever process trains to stop; it looks every second. */
export function requestCancel(directory: string): void {
  writeWhole(directory, cancelFile(directory), { requestedAt: new Date().toISOString() });
}

export const isCancelRequested = (directory: string): boolean => existsSync(cancelFile(directory));

export const forgetCancelRequest = (directory: string): void => rmSync(cancelFile(directory), { force: true });

/** In place all at once or not at all. */
function writeWhole(directory: string, path: string, value: unknown): void {
  try {
    mkdirSync(directory, { recursive: true });
    writeFileSync(`${path}.partial`, `${JSON.stringify(value)}\n`);
    renameSync(`${path}.partial`, path);
  } catch (cause) {
    throw diskError(cause, path);
  }
}
