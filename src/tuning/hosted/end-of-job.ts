// How a job ends: with a tuned model that is registered, or without one, in words.
import { AssayError } from "../../core/errors.ts";
import type { Retirement, TrainCall, TuningJob, TuningResult } from "../../core/training.ts";
import { openJobLog, readJobLog } from "./job-log.ts";
import { finalPrice, type Pricing } from "./job-price.ts";
import { noteResult } from "./job-wishes.ts";
import type { Journal } from "./journal.ts";
import { ServiceError, unlessRefused } from "./service-error.ts";
import { noteEnd } from "./start-job.ts";
import { tunedResult } from "./tuned-result.ts";
import type { HostedWire, JobView, JobWishes } from "./wire.ts";

export type EndedJob = {
  readonly job: TuningJob;
  readonly pricing: Pricing;
  readonly journal: Journal;
  readonly view: JobView;
  /** The provider that answers, as the model registry calls it. */
  readonly answersWith: string;
  readonly call: TrainCall;
};

/** Throws `AssayError` `model-failed` for a job without a model: going on is then a new job. */
export async function endOfJob(end: EndedJob): Promise<TuningResult> {
  const { job, pricing, journal, view } = end;
  const { wire, wishes } = pricing;
  if (view.status === "succeeded" && view.model !== null) return registered(end, view.model);
  noteEnd(journal, view.said);
  if (view.status === "cancelled") return tunedResult({ wire, job, wishes, view, reason: "cancelled" });
  throw ended(wire, view);
}

async function registered(
  { job, pricing, journal, view, answersWith, call }: EndedJob,
  model: string,
): Promise<TuningResult> {
  const { wire, wishes } = pricing;
  const log = openJobLog(job.directory);
  if (wire.losses && !readJobLog(job.directory).some(({ type }) => type === "step")) {
    log.add(await unlessRefused(wire.losses(view.id, call), []));
  }
  for (const { step, model: name } of await unlessRefused(wire.checkpoints(view.id, call), [])) {
    log.add([{ id: `checkpoint ${name}`, event: { type: "checkpoint", step, model: name } }]);
  }
  const retires =
    (await retirementOf(wire, { ...wishes, base: model }, call)) ?? (await retirementOf(wire, wishes, call));
  noteResult(journal, { job: view.id, model, base: wishes.base });
  return tunedResult({
    ...{ wire, job, wishes, view, reason: view.isEarlyStopped ? "early-stop" : "budget" },
    cost: finalPrice(pricing, view),
    model: { name: `${answersWith}/${model}`, hosting: wire.hosting, retires, toDo: wire.toDo(model) },
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

const ended = (wire: HostedWire, view: JobView): AssayError =>
  new AssayError({
    code: "model-failed",
    message: `${wire.service.label} ended job ${view.id} without a model (${view.said}): ${view.error ?? "it gave no reason"}`,
    remedy: "assay tune resume --yes starts a new job from the same upload; assay tune status shows what it told",
  });

/** A job that was deleted at its provider never ends by itself. */
export function gone(journal: Journal, { service: { label } }: HostedWire, id: string) {
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
