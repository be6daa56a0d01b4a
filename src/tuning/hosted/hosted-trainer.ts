// Any provider of fine-tuning behind the seam that all trainers share; `wire` speaks its protocol.
import { readFileSync } from "node:fs";
import { AssayError } from "../../core/errors.ts";
import type { Cost } from "../../core/scores.ts";
import type {
  JobsElsewhere,
  Retirement,
  TrainCall,
  Trainer,
  TuningJob,
  TuningPlan,
  TuningResult,
} from "../../core/training.ts";
import { type DatasetFiles, datasetFiles } from "./dataset-file.ts";
import { explained } from "./explain.ts";
import { followJob, lookOnce } from "./follow-job.ts";
import { openJobLog, readJobLog } from "./job-log.ts";
import { type Journal, type JournalEntry, openJournal } from "./journal.ts";
import { ServiceError, unlessRefused } from "./service-error.ts";
import { attemptOf, jobAct, noteEnd, startJob, uploadAct } from "./start-job.ts";
import { priceListIsOld, trainingPrice } from "./training-prices.ts";
import { tunedResult } from "./tuned-result.ts";
import type { EarlierJob, HostedWire, JobView, JobWishes } from "./wire.ts";

export type HostedTrainerOptions = {
  /** How often a job is asked how it stands. */
  readonly pollMs: number;
  /** The provider that answers, as the model registry calls it. Default: the trainer's own name. */
  readonly answersWith?: string | undefined;
  /** What training costs, where the user knows better than the list. */
  readonly usdPerMillionTrainingTokens?: number | undefined;
  /** Told of every journal entry. */
  readonly onWritten?: (entry: JournalEntry) => void;
};

const resultAct = "result";

export function hostedTrainer(wire: HostedWire, options: HostedTrainerOptions): Trainer {
  const { clock } = wire.service;
  const journalOf = (directory: string): Journal =>
    openJournal(directory, { clock, ...(options.onWritten ? { onWritten: options.onWritten } : {}) });
  return {
    name: wire.name,
    version: "1",
    config: wire.identity,
    bases: "name",
    plan: (job, call = {}) => inWords(wire, () => planned(wire, options, job, journalOf(job.directory), call)),
    train: (job, call) => inWords(wire, () => trained(wire, options, job, journalOf(job.directory), call)),
    events: readJobLog,
    elsewhere: jobsAt(wire, journalOf),
  };
}

async function planned(
  wire: HostedWire,
  options: HostedTrainerOptions,
  job: TuningJob,
  journal: Journal,
  call: { readonly signal?: AbortSignal },
): Promise<TuningPlan> {
  const wishes = wishesOf(wire, job);
  const files = datasetFiles(job, wire.rules);
  const { notes } = await wire.inspect(wishes, call);
  const price = await priceOf(wire, options, { wishes, files, journal, call });
  return {
    tokensPerEpoch: files.training.tokens,
    epochs: wishes.epochs,
    expectedMinutes: null,
    cost: price.cost,
    hosting: wire.hosting,
    notes: [...notes, ...(price.isFromOldList ? [priceListIsOld] : [])],
  };
}

type Pricing = {
  readonly wishes: JobWishes;
  readonly files: DatasetFiles;
  readonly journal: Journal;
  readonly call: { readonly signal?: AbortSignal };
};

/** The provider's own price where it has the files already; nothing is uploaded to learn it. */
async function priceOf(wire: HostedWire, options: HostedTrainerOptions, { wishes, files, journal, call }: Pricing) {
  const { training, validation } = files;
  const [file, heldOut] = [journal.made(uploadAct(training)), validation && journal.made(uploadAct(validation))];
  if (wire.estimate && file !== undefined && heldOut !== undefined) {
    const uploaded = { training: String(file), validation: heldOut === null ? null : String(heldOut) };
    const estimate = await wire.estimate(wishes, uploaded, call);
    if (!("unavailable" in estimate)) return { cost: estimate.cost, isFromOldList: false };
  }
  const { settings, method, base } = wishes;
  return trainingPrice({
    trainer: wire.name,
    label: wire.service.label,
    base,
    tokens: wire.billedTokens(wishes, training, validation),
    isPlainLora: settings.weights === "lora" && method !== "dpo",
    usdPerMillion: options.usdPerMillionTrainingTokens,
  });
}

async function trained(
  wire: HostedWire,
  options: HostedTrainerOptions,
  job: TuningJob,
  journal: Journal,
  call: TrainCall,
): Promise<TuningResult> {
  const wishes = wishesOf(wire, job);
  const log = openJobLog(job.directory);
  const wakes = presentJob(journal) !== undefined;
  let id: string;
  try {
    id = await startJob({ wire, job, wishes, journal, call });
  } catch (error) {
    if (!call.signal?.aborted) throw error;
    return tunedResult({ wire, job, wishes, reason: "cancelled" });
  }
  const view = await followJob({ wire, id, log, pollMs: options.pollMs, wakes, call }).catch(gone(journal, wire, id));
  if (view === null) return tunedResult({ wire, job, wishes, reason: "detached" });
  if (view.status === "cancelled") {
    noteEnd(journal, view.said);
    return tunedResult({ wire, job, wishes, view, reason: "cancelled" });
  }
  if (view.status !== "succeeded" || view.model === null) {
    noteEnd(journal, view.said);
    throw ended(wire, view);
  }
  return registered(wire, options, { job, wishes, journal, view, model: view.model, call });
}

/** A job that was deleted at its provider never ends by itself. */
function gone(journal: Journal, { service: { label } }: HostedWire, id: string) {
  return (error: unknown): never => {
    if (!(error instanceof ServiceError) || error.status !== 404) throw error;
    noteEnd(journal, "gone");
    throw new AssayError({
      code: "not-found",
      message: `${label} has no job ${id} any more: it was deleted there`,
      remedy: "assay tune resume --yes starts a new one from the same upload",
      cause: error,
    });
  };
}

const presentJob = (journal: Journal): string | undefined => journal.made(jobAct(attemptOf(journal)))?.toString();

type Registering = {
  readonly job: TuningJob;
  readonly wishes: JobWishes;
  readonly journal: Journal;
  readonly view: JobView;
  readonly model: string;
  readonly call: TrainCall;
};

async function registered(
  wire: HostedWire,
  options: HostedTrainerOptions,
  { job, wishes, journal, view, model, call }: Registering,
): Promise<TuningResult> {
  const log = openJobLog(job.directory);
  for (const { step, model: name } of await unlessRefused(wire.checkpoints(view.id, call), [])) {
    log.add([{ id: `checkpoint ${name}`, event: { type: "checkpoint", step, model: name } }]);
  }
  const retires =
    (await retirementOf(wire, { ...wishes, base: model }, call)) ?? (await retirementOf(wire, wishes, call));
  const reason = view.isEarlyStopped ? "early-stop" : "budget";
  const earlier: EarlierJob = { job: view.id, model, base: wishes.base };
  journal.note(resultAct, earlier);
  return tunedResult({
    ...{ wire, job, wishes, view, reason },
    cost: view.cost ?? billedByList(wire, options, wishes, view),
    model: {
      name: `${options.answersWith ?? wire.name}/${model}`,
      hosting: wire.hosting,
      retires,
      toDo: wire.toDo(model),
    },
  });
}

/** The model is trained and paid for: that its facts cannot be read now is no reason to fail. */
async function retirementOf(wire: HostedWire, wishes: JobWishes, call: TrainCall): Promise<Retirement | null> {
  try {
    return (await wire.inspect(wishes, call)).retires;
  } catch (error) {
    if (error instanceof ServiceError || AssayError.isInstance(error)) return null;
    throw error;
  }
}

function billedByList(wire: HostedWire, options: HostedTrainerOptions, wishes: JobWishes, view: JobView): Cost {
  const { label } = wire.service;
  if (view.tokens === null) return { status: "unpriced", reason: `${label} did not say what it billed` };
  const { settings, method, base } = wishes;
  return trainingPrice({
    ...{ trainer: wire.name, label, base, tokens: view.tokens },
    isPlainLora: settings.weights === "lora" && method !== "dpo",
    usdPerMillion: options.usdPerMillionTrainingTokens,
  }).cost;
}

const ended = (wire: HostedWire, view: JobView): AssayError =>
  new AssayError({
    code: "model-failed",
    message: `${wire.service.label} ended job ${view.id} without a model (${view.said}): ${view.error ?? "it gave no reason"}`,
    remedy: "assay tune resume --yes starts a new job from the same upload; assay tune status shows what it told",
  });

/** Throws `AssayError` for what no provider, or not this one, can be asked. */
function wishesOf(wire: HostedWire, job: TuningJob): JobWishes {
  const { method, settings } = job;
  const { label } = wire.service;
  if (!("epochs" in settings.budget)) {
    throw new AssayError({
      code: "bad-usage",
      message: `${label} trains by epochs, not by minutes or steps`,
      remedy: "assay tune --epochs N",
    });
  }
  if ((settings.canaries ?? 0) > 0) {
    throw new AssayError({
      code: "bad-usage",
      message: `${label} does not tell how likely its models find a text, so canaries would measure nothing`,
      remedy: "leave --canaries out",
    });
  }
  const earlier = settings.from === undefined ? null : earlierJob(settings.from);
  const base = earlier?.base ?? settings.base;
  if (base === undefined) {
    throw new AssayError({
      code: "bad-usage",
      message: `${label} needs a base model`,
      remedy: "assay tune --base NAME",
    });
  }
  const wishes = { method, settings, epochs: settings.budget.epochs, base, earlier };
  wire.check(wishes);
  return wishes;
}

function earlierJob(directory: string): EarlierJob {
  const lines = readFileSync(`${directory}/journal.jsonl`, "utf8").split("\n").filter(Boolean);
  const entries = lines.map((line) => JSON.parse(line) as JournalEntry);
  const found = entries.findLast((entry) => entry.act === resultAct && entry.phase === "done");
  if (found?.phase === "done") return found.made as EarlierJob;
  throw new AssayError({
    code: "not-found",
    message: `${directory}: no finished job to go on from`,
    remedy: "assay tune list",
  });
}

function jobsAt(wire: HostedWire, journalOf: (directory: string) => Journal): JobsElsewhere {
  return {
    look: (directory, call = {}) =>
      inWords(wire, async () => {
        const id = presentJob(journalOf(directory));
        if (id !== undefined) await lookOnce(wire, id, openJobLog(directory), call);
      }),
    cancel: (directory, call) =>
      inWords(wire, async () => {
        const journal = journalOf(directory);
        const id = presentJob(journal);
        if (id === undefined) return;
        await wire.cancel(id, call);
        const { status, said } = await lookOnce(wire, id, openJobLog(directory), call ?? {});
        if (status === "cancelled") noteEnd(journal, said);
      }),
    startsAnew: (directory) => {
      const journal = journalOf(directory);
      return attemptOf(journal) > 1 && presentJob(journal) === undefined;
    },
    list: (call) => inWords(wire, () => wire.list(call)),
  };
}

async function inWords<T>(wire: HostedWire, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explained(error, { label: wire.service.label, keyVariable: wire.keyVariable });
  }
}
