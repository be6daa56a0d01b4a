// A job, its events and metrics as Together tells them, in the words that all providers share.
import type { JobElsewhere, JobStatus, TuningEvent } from "../../core/training.ts";
import { type Fields, fieldsOf, isoOf, numberOf, textOf, timeOf } from "./replies.ts";
import type { JobNews, JobView } from "./wire.ts";

const statuses: Readonly<Record<string, JobStatus>> = {
  pending: "queued",
  queued: "queued",
  running: "running",
  compressing: "finishing",
  uploading: "finishing",
  cancel_requested: "cancelling",
  cancelled: "cancelled",
  error: "failed",
  completed: "succeeded",
};

/** Prices of jobs travel in billionths of a dollar. */
const nanoDollar = 1e-9;

const statusOf = (said: string): JobStatus => (Object.hasOwn(statuses, said) ? statuses[said]! : "unknown");

/** The documentation's examples and the client's types disagree about its name. */
export const modelOf = (job: Fields): string | null =>
  textOf(job["model_output_name"]) ?? textOf(job["x_model_output_name"]);

export function viewOf(job: Fields, told: { readonly news: readonly JobNews[]; readonly facts: EventFacts }): JobView {
  const said = textOf(job["status"]) ?? "no status";
  const status = statusOf(said);
  const price = numberOf(job["total_price"]);
  const progress = fieldsOf(job["progress"]);
  const seconds = progress["estimate_available"] === true ? numberOf(progress["seconds_remaining"]) : null;
  const { step, totalSteps, error, parameters } = told.facts;
  return {
    id: textOf(job["id"]) ?? "",
    status,
    said,
    share: step !== null && totalSteps !== null && totalSteps > 0 ? Math.min(1, step / totalSteps) : null,
    etaMs: seconds === null ? null : seconds * 1000,
    news: told.news,
    model: modelOf(job),
    isEarlyStopped: job["early_stopped"] === true,
    error,
    tokens: numberOf(job["token_count"]),
    parameters: numberOf(job["param_count"]) ?? parameters,
    cost: price === null || price === 0 ? null : { status: "priced", usd: price * nanoDollar },
    createdAt: timeOf(job["created_at"]),
    finishedAt:
      status === "succeeded" || status === "failed" || status === "cancelled" ? timeOf(job["updated_at"]) : null,
  };
}

type EventFacts = {
  readonly step: number | null;
  readonly totalSteps: number | null;
  readonly error: string | null;
  readonly parameters: number | null;
};

const warnings: ReadonlySet<string> = new Set(["warning", "billing_limit", "job_error", "job_restarted", "refund"]);

export function newsOf(
  job: Fields,
  events: readonly Fields[],
  metrics: readonly Fields[],
): { readonly news: readonly JobNews[]; readonly facts: EventFacts } {
  const last = (name: string) =>
    events.map((event) => numberOf(event[name])).findLast((value) => value !== null) ?? null;
  const totalSteps = last("total_steps");
  const error = events.findLast((event) => event["type"] === "job_error" || event["type"] === "billing_limit");
  return {
    news: [
      ...events.flatMap(eventNews),
      ...metrics.flatMap((point) => metricNews(point, totalSteps, numberOf(job["n_epochs"]))),
    ],
    facts: { step: last("step"), totalSteps, error: textOf(error?.["message"]), parameters: last("param_count") },
  };
}

/** Events carry no id: their time, type and words are one. */
function eventNews(event: Fields): readonly JobNews[] {
  const [type, message] = [textOf(event["type"]) ?? "event", textOf(event["message"]) ?? ""];
  const step = numberOf(event["step"]) ?? 0;
  const id = [event["created_at"], type, step, message].join(" ");
  if (type === "checkpoint_save") {
    const model = textOf(event["checkpoint_path"]);
    return model === null ? [] : [{ id: `checkpoint ${model}`, event: { type: "checkpoint", step, model } }];
  }
  const isWarning = warnings.has(type) || event["level"] === "warning" || event["level"] === "error";
  return isWarning ? [{ id, event: { type: "warning", step, message: `${type}: ${message}` } }] : [];
}

/** Metrics are named freely; a point tells its step and one or both losses. */
function metricNews(point: Fields, totalSteps: number | null, epochs: number | null): readonly JobNews[] {
  const named = (pattern: RegExp) => numberOf(Object.entries(point).find(([name]) => pattern.test(name))?.[1]);
  const step = named(/(?:^|[/_])step$/);
  if (step === null) return [];
  const heldOutLoss = named(/^(?:eval|valid(?:ation)?)[/_]loss$/);
  const loss = named(/^(?:train[/_])?loss$/);
  const share = totalSteps === null || totalSteps === 0 ? 0 : step / totalSteps;
  const news: JobNews[] = [];
  if (loss !== null) {
    const event: TuningEvent = {
      ...{ type: "step", step, totalSteps: totalSteps ?? step, epoch: share * (epochs ?? 1), loss },
      ...{ tokensPerSecond: null, elapsedMs: 0, etaMs: null },
    };
    news.push({ id: `loss ${step}`, event });
  }
  if (heldOutLoss !== null) {
    news.push({ id: `held-out ${step}`, event: { type: "evaluation", step, heldOutLoss, best: false } });
  }
  return news;
}

export function jobOfList(job: Fields): JobElsewhere {
  const said = textOf(job["status"]) ?? "no status";
  return {
    id: textOf(job["id"]) ?? "",
    status: statusOf(said),
    said,
    base: textOf(job["model"]),
    model: modelOf(job),
    createdAt: isoOf(job["created_at"]),
  };
}
