// A job and its events as OpenAI's protocol tells them, in the words that all providers share.
import type { JobElsewhere, JobStatus, TuningEvent } from "../../core/training.ts";
import { type Fields, fieldsOf, isoOf, numberOf, textOf, timeOf } from "./replies.ts";
import type { JobNews, JobView } from "./wire.ts";

export type OpenAiJob = Fields;

const statuses: Readonly<Record<string, JobStatus>> = {
  validating_files: "validating",
  queued: "queued",
  running: "running",
  succeeded: "succeeded",
  failed: "failed",
  cancelled: "cancelled",
  paused: "paused",
  // Azure's.
  pending: "queued",
  canceled: "cancelled",
};

const statusOf = (said: string): JobStatus => (Object.hasOwn(statuses, said) ? statuses[said]! : "unknown");

/** `events`: oldest first. */
export function viewOf(job: OpenAiJob, events: readonly Fields[], nowMs: number): JobView {
  const said = textOf(job["status"]) ?? "no status";
  const error = fieldsOf(job["error"]);
  const createdAt = timeOf(job["created_at"]);
  const metrics = events
    .map((event) => fieldsOf(event["data"]))
    .findLast((data) => numberOf(data["total_steps"]) !== null);
  const [step, total] = [numberOf(metrics?.["step"]), numberOf(metrics?.["total_steps"])];
  const finish = timeOf(job["estimated_finish"]);
  return {
    id: textOf(job["id"]) ?? "",
    status: statusOf(said),
    said,
    share: step !== null && total !== null && total > 0 ? Math.min(1, step / total) : null,
    etaMs: finish === null ? null : Math.max(0, finish - nowMs),
    news: events.flatMap((event) => newsOf(event, job)),
    model: textOf(job["fine_tuned_model"]),
    isEarlyStopped: false,
    error: textOf(error["message"]) ?? textOf(error["code"]),
    tokens: numberOf(job["trained_tokens"]),
    parameters: null,
    cost: null,
    createdAt,
    finishedAt: timeOf(job["finished_at"]),
  };
}

function newsOf(event: Fields, job: OpenAiJob): readonly JobNews[] {
  const id = textOf(event["id"]);
  if (id === null) return [];
  const data = fieldsOf(event["data"]);
  const step = numberOf(data["step"]) ?? 0;
  const found: TuningEvent[] = [];
  const loss = numberOf(data["train_loss"]);
  const total = numberOf(data["total_steps"]);
  if (loss !== null) {
    const createdAt = timeOf(job["created_at"]) ?? 0;
    const elapsedMs = Math.max(0, (timeOf(event["created_at"]) ?? createdAt) - createdAt);
    const epoch = total ? (step / total) * (epochsOf(job) ?? 1) : 0;
    const pace = { tokensPerSecond: null, elapsedMs, etaMs: null };
    found.push({ type: "step", step, totalSteps: total ?? step, epoch, loss, ...pace });
  }
  const heldOutLoss = numberOf(data["full_valid_loss"]) ?? numberOf(data["valid_loss"]);
  if (heldOutLoss !== null) found.push({ type: "evaluation", step, heldOutLoss, best: false });
  const level = textOf(event["level"]);
  if (level === "warn" || level === "error") {
    found.push({ type: "warning", step, message: textOf(event["message"]) ?? level });
  }
  // The provider's id stands for all that the event told; an event that told nothing is remembered too.
  if (found.length === 0) return [];
  return found.map((one, place) => ({ id: place === 0 ? id : `${id}#${place}`, event: one }));
}

function epochsOf(job: OpenAiJob): number | null {
  const method = fieldsOf(job["method"]);
  const chosen = fieldsOf(method[String(method["type"])]);
  return numberOf(fieldsOf(chosen["hyperparameters"])["n_epochs"]);
}

export function jobOfList(job: OpenAiJob): JobElsewhere {
  const said = textOf(job["status"]) ?? "no status";
  return {
    id: textOf(job["id"]) ?? "",
    status: statusOf(said),
    said,
    base: textOf(job["model"]),
    model: textOf(job["fine_tuned_model"]),
    createdAt: isoOf(job["created_at"]),
  };
}
