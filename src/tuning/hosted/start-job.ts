// From examples to a job at a provider: upload, the provider's own estimate, create; each of it once in the life of a run.
import { AssayError } from "../../core/errors.ts";
import { hashOf } from "../../core/hash.ts";
import type { TrainCall, TuningJob } from "../../core/training.ts";
import type { DatasetFile } from "./dataset-file.ts";
import { datasetFiles } from "./dataset-file.ts";
import type { Journal } from "./journal.ts";
import { ServiceError } from "./service-error.ts";
import type { HostedWire, JobWishes, Uploaded } from "./wire.ts";

/** OpenAI's word for a door that is closed to this organisation. */
const closedDoor = "training_not_available";

export type StartInput = {
  readonly wire: HostedWire;
  readonly job: TuningJob;
  readonly wishes: JobWishes;
  readonly journal: Journal;
  readonly call: TrainCall;
};

/** The id of the run's present job, created where there is none. */
export async function startJob(input: StartInput): Promise<string> {
  const { wire, job, wishes, journal, call } = input;
  const attempt = attemptOf(journal);
  const known = journal.made(jobAct(attempt));
  if (known !== undefined) return String(known);
  await wire.inspect(wishes, call);
  const files = datasetFiles(job, wire.rules);
  const uploaded: Uploaded = {
    training: await upload(input, files.training),
    validation: files.validation === null ? null : await upload(input, files.validation),
  };
  await refuseDearer(wire, wishes, uploaded, call);
  const hashes = { training: files.training.hash, validation: files.validation?.hash ?? null };
  const { budget: _, ...settings } = wishes.settings;
  const made = { wire: wire.identity, ...wishes, settings: { ...settings }, hashes, attempt };
  const key = `assay-${hashOf(JSON.parse(JSON.stringify(made))).slice(0, 16)}`;
  const request = { ...wishes, ...uploaded, key };
  try {
    return await journal.once(jobAct(attempt), {
      find: () => wire.find(request, call),
      perform: () => wire.create(request, call),
    });
  } catch (error) {
    if (!(error instanceof ServiceError && error.code === closedDoor)) throw error;
    const areGone = await takeBack(input, [files.training, files.validation]);
    throw doorIsClosed(wire.service.label, areGone, error);
  }
}

/** Nothing is to stay behind a closed door. True where the provider confirmed that. */
async function takeBack({ wire, journal, call }: StartInput, files: readonly (DatasetFile | null)[]): Promise<boolean> {
  let areGone = true;
  for (const file of files) {
    const id = file === null ? undefined : journal.made(uploadAct(file));
    if (file === null || id === undefined) continue;
    // Forgotten first: a file that is found again costs a look-up, one that is believed in and gone costs the job.
    journal.undo(uploadAct(file));
    try {
      await wire.remove(file, String(id), journal, call);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      areGone = false;
    }
  }
  return areGone;
}

const doorIsClosed = (label: string, areGone: boolean, cause: unknown): AssayError =>
  new AssayError({
    code: "model-refused",
    message: `${label} creates no fine-tuning jobs for this organisation any more (${closedDoor}); the uploaded files ${areGone ? "are deleted again" : "could not be deleted: delete them there"}`,
    remedy:
      "tune elsewhere: --trainer together or fireworks, an Azure address in tuning.trainers.openai.baseUrl, or --trainer trl on a GPU",
    cause,
  });

async function upload({ wire, journal, wishes, call }: StartInput, file: DatasetFile): Promise<string> {
  const known = journal.made(uploadAct(file));
  if (known !== undefined) return String(known);
  const id = await wire.upload(file, journal, wishes, call);
  journal.note(uploadAct(file), id);
  return id;
}

/** Made once the provider has taken and checked the file; what happens in between is the wire's to remember. */
export const uploadAct = (file: DatasetFile): string => `file ${file.hash}`;
const jobAct = (attempt: number): string => `job ${attempt}`;
const endAct = (attempt: number): string => `end ${attempt}`;

/** Counted from 1; the next begins once a provider has ended the last without a model. */
export function attemptOf(journal: Journal): number {
  let attempt = 1;
  while (journal.made(endAct(attempt)) !== undefined) attempt += 1;
  return attempt;
}

/** The job of this attempt, where it exists. */
export function presentJob(journal: Journal): string | undefined {
  return journal.made(jobAct(attemptOf(journal)))?.toString();
}

export function noteEnd(journal: Journal, said: string): void {
  const attempt = attemptOf(journal);
  if (journal.made(jobAct(attempt)) !== undefined) journal.note(endAct(attempt), said);
}

/** The provider has seen the files now and knows better than any list. */
async function refuseDearer(wire: HostedWire, wishes: JobWishes, files: Uploaded, call: TrainCall): Promise<void> {
  const estimate = await wire.estimate?.(wishes, files, call);
  if (estimate === undefined || "unavailable" in estimate) return;
  const { cost, mayProceed, limit } = estimate;
  const { label } = wire.service;
  if (!mayProceed) {
    throw new AssayError({
      code: "model-refused",
      message: `${label} does not let this account start the job: it is beyond its limit${limit === undefined ? "" : ` of ${limit}`}`,
      remedy: `raise the limit at ${label}, then: assay tune resume`,
    });
  }
  if (cost.status !== "priced" || cost.usd <= (call.atMostUsd ?? Number.POSITIVE_INFINITY)) return;
  throw new AssayError({
    code: "bad-usage",
    message: `${label} estimates $${cost.usd.toFixed(2)}, more than the $${call.atMostUsd} of --max-usd; nothing was started`,
    remedy: "assay tune resume --max-usd N, or train on fewer examples or epochs",
  });
}
