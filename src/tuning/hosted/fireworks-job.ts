// A job as Fireworks tells it, in the words that all providers share. It has no events: its progress is in the job.
import type { Cost } from "../../core/scores.ts";
import type { JobElsewhere, JobStatus } from "../../core/training.ts";
import { type Fields, fieldsOf, isoOf, numberOf, textOf, timeOf } from "./replies.ts";
import type { JobView } from "./wire.ts";

const prefix = "JOB_STATE_";

const statuses: Readonly<Record<string, JobStatus>> = {
  VALIDATING: "validating",
  CREATING_INPUT_DATASET: "validating",
  CREATING: "queued",
  PENDING: "queued",
  RE_QUEUEING: "queued",
  RUNNING: "running",
  IDLE: "running",
  WRITING_RESULTS: "finishing",
  COMPLETED: "succeeded",
  EARLY_STOPPED: "succeeded",
  FAILED: "failed",
  EXPIRED: "failed",
  CANCELLING: "cancelling",
  CANCELLED: "cancelled",
  PAUSED: "paused",
  DELETING: "gone",
  DELETING_CLEANING_UP: "gone",
  DELETED: "gone",
  ARCHIVED: "gone",
};

function statusOf(said: string): JobStatus {
  const state = said.startsWith(prefix) ? said.slice(prefix.length) : said;
  return Object.hasOwn(statuses, state) ? statuses[state]! : "unknown";
}

export function viewOf(id: string, job: Fields): JobView {
  const said = textOf(job["state"]) ?? "no state";
  const { code, message } = fieldsOf(job["status"]);
  const progress = fieldsOf(job["jobProgress"]);
  const percent = numberOf(progress["percent"]);
  const [input, output] = [numberOf(progress["inputTokens"]), numberOf(progress["outputTokens"])];
  const reason = [textOf(code), textOf(message)].filter((part) => part !== null && part !== "OK").join(": ");
  return {
    id,
    status: statusOf(said),
    said,
    share: percent === null ? null : Math.min(1, percent / 100),
    etaMs: null,
    news: [],
    model: outputModel(job),
    isEarlyStopped: said === `${prefix}EARLY_STOPPED`,
    error: reason === "" ? null : reason,
    tokens: input === null && output === null ? null : (input ?? 0) + (output ?? 0),
    parameters: null,
    cost: costOf(fieldsOf(job["estimatedCost"])),
    createdAt: timeOf(job["createTime"]),
    finishedAt: timeOf(job["completedTime"]) ?? timeOf(job["updateTime"]),
  };
}

function outputModel(job: Fields): string | null {
  return textOf(job["outputModel"]) ?? textOf(fieldsOf(job["trainingConfig"])["outputModel"]);
}

/** Units are whole dollars as text, nanos billionths. */
function costOf({ currencyCode, units, nanos }: Fields): Cost | null {
  const [whole, part] = [numberOf(units), numberOf(nanos)];
  if (whole === null && part === null) return null;
  if (currencyCode !== undefined && currencyCode !== "USD") {
    return { status: "unpriced", reason: `Fireworks estimates ${whole ?? 0} ${String(currencyCode)}, not dollars` };
  }
  return { status: "priced", usd: (whole ?? 0) + (part ?? 0) * 1e-9 };
}

export function jobOfList(job: Fields): JobElsewhere {
  const said = textOf(job["state"]) ?? "no state";
  return {
    id: textOf(job["name"]) ?? "",
    status: statusOf(said),
    said,
    base: textOf(job["baseModel"]) ?? textOf(fieldsOf(job["trainingConfig"])["baseModel"]),
    model: outputModel(job),
    createdAt: isoOf(job["createTime"]),
  };
}
