// Any provider of fine-tuning behind the seam that all trainers share; `wire` speaks its protocol.
import type { CallOptions } from "../../core/component.ts";
import type { TrainCall, Trainer, TuningJob, TuningPlan, TuningResult } from "../../core/training.ts";
import { datasetFiles } from "./dataset-file.ts";
import { endOfJob, gone } from "./end-of-job.ts";
import { inWords } from "./explain.ts";
import { followJob } from "./follow-job.ts";
import { openJobLog, readJobLog } from "./job-log.ts";
import { expectedPrice } from "./job-price.ts";
import { wishesOf } from "./job-wishes.ts";
import { jobsAt } from "./jobs-elsewhere.ts";
import { type Journal, type JournalEntry, openJournal } from "./journal.ts";
import { presentJob, startJob } from "./start-job.ts";
import { priceListIsOld } from "./training-prices.ts";
import { tunedResult } from "./tuned-result.ts";
import type { HostedWire } from "./wire.ts";

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

export function hostedTrainer(wire: HostedWire, options: HostedTrainerOptions): Trainer {
  const { clock } = wire.service;
  const journalOf = (directory: string): Journal =>
    openJournal(directory, { clock, ...(options.onWritten ? { onWritten: options.onWritten } : {}) });
  const runOf = (job: TuningJob): Run => ({ wire, options, job, journal: journalOf(job.directory) });
  return {
    name: wire.name,
    version: "1",
    config: wire.identity,
    bases: "name",
    plan: (job, call = {}) => inWords(wire, () => planned(runOf(job), call)),
    train: (job, call) => inWords(wire, () => trained(runOf(job), call)),
    events: readJobLog,
    elsewhere: jobsAt(wire, journalOf),
  };
}

type Run = {
  readonly wire: HostedWire;
  readonly options: HostedTrainerOptions;
  readonly job: TuningJob;
  readonly journal: Journal;
};

async function planned({ wire, options, job, journal }: Run, call: CallOptions): Promise<TuningPlan> {
  const wishes = wishesOf(wire, job);
  const files = datasetFiles(job, wire.rules);
  const { notes } = await wire.inspect(wishes, call);
  const pricing = { wire, wishes, usdPerMillion: options.usdPerMillionTrainingTokens };
  const { cost, isFromOldList } = await expectedPrice(pricing, files, journal, call);
  return {
    tokensPerEpoch: files.training.tokens,
    epochs: wishes.epochs,
    expectedMinutes: null,
    cost,
    hosting: wire.hosting,
    notes: [...notes, ...(isFromOldList ? [priceListIsOld] : [])],
  };
}

async function trained({ wire, options, job, journal }: Run, call: TrainCall): Promise<TuningResult> {
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
  const { pollMs, usdPerMillionTrainingTokens: usdPerMillion, answersWith = wire.name } = options;
  const view = await followJob({ wire, id, log, journal, pollMs, wakes, call }).catch(gone(journal, wire, id));
  if (view === null) return tunedResult({ wire, job, wishes, reason: "detached" });
  return endOfJob({ job, pricing: { wire, wishes, usdPerMillion }, journal, view, answersWith, call });
}
