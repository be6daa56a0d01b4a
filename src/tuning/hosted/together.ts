// Together's fine-tuning protocol: files behind a redirect, jobs, their events and metrics.
import type { CallOptions } from "../../core/component.ts";
import { AssayError } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import type { DatasetFile } from "./dataset-file.ts";
import { type Fields, fieldsOf, listOf, numberOf, textOf } from "./replies.ts";
import { ServiceError, unlessRefused } from "./service-error.ts";
import type { Service } from "./service-http.ts";
import { inspectBase } from "./together-base.ts";
import { jobOfList, modelOf, newsOf, viewOf } from "./together-job.ts";
import { removeFile, uploadFile } from "./together-upload.ts";
import type { Checkpoint, Estimate, HostedWire, JobRequest, JobWishes, Uploaded } from "./wire.ts";

export type TogetherWireOptions = {
  readonly service: Service;
  readonly baseUrl: string;
  readonly keyVariable: string;
  /** One hour of the dedicated endpoint that a tuned model needs. */
  readonly endpointHourUsd?: number | undefined;
};

/** What its own client takes; the server says 100 GB. */
const mostBytes = Math.floor(4.9 * 1024 ** 3);
const defaultRank = 16;
/** Held-out evaluations that an early stop waits for without gain, and before it looks at all. */
const patience = 2;
const warmUp = 1;
const fewestEvaluations = patience + warmUp + 1;
const jobs = "/fine-tunes";

export function togetherWire({ service, baseUrl, keyVariable, endpointHourUsd }: TogetherWireOptions): HostedWire {
  const { label } = service;
  return {
    name: "together",
    service,
    identity: { baseUrl },
    rules: { format: "together", label, mostBytes },
    keyVariable,
    hosting: { kind: "endpoint", usdPerHour: endpointHourUsd ?? null, billsWhenIdle: true },
    check: ({ method, settings: { beta } }) => {
      if (beta === undefined || method === "dpo") return;
      throw new AssayError({ code: "bad-usage", message: "--beta belongs to --method dpo", remedy: "leave it out" });
    },
    inspect: (wishes, call) => inspectBase(service, wishes, call),
    billedTokens: ({ epochs }, training, validation) =>
      epochs * training.tokens + (validation === null ? 0 : evaluationsOf(epochs) * validation.tokens),
    upload: (file, journal, _wishes, call) => uploadFile(service, file, journal, call),
    remove: (file: DatasetFile, id, journal, call) => removeFile(service, file, id, journal, call),
    ...jobParts(service),
    toDo: (model) => [
      `start a dedicated endpoint for ${model} at ${label}: it is billed by the minute, also while nobody asks`,
    ],
  };
}

type JobParts = Pick<HostedWire, "estimate" | "find" | "create" | "look" | "checkpoints" | "cancel" | "list">;

function jobParts(service: Service): JobParts {
  const { label } = service;
  return {
    estimate: (wishes, files, call) => estimate(service, wishes, files, call),
    async find({ key }, call = {}) {
      const { body } = await service.call({ method: "GET", path: jobs, ...call });
      const ours = listOf(fieldsOf(body)["data"]).find(
        (job) => textOf(job["suffix"]) === key || modelOf(job)?.includes(key),
      );
      return textOf(ours?.["id"]) ?? undefined;
    },
    async create(request, call = {}) {
      const { body } = await service.call({ method: "POST", path: jobs, json: jobBody(request), ...call });
      const id = textOf(fieldsOf(body)["id"]);
      if (id === null) throw ServiceError.unreadable(label, JSON.stringify(body));
      return id;
    },
    async look(id, _seen, call = {}) {
      const read = async (path: string) =>
        fieldsOf((await service.call({ method: "GET", path: `${jobs}/${id}${path}`, ...call })).body);
      const job = await read("");
      const events = await unlessRefused(read("/events"), {});
      const metrics = await unlessRefused(read("/metrics"), {});
      return viewOf(job, newsOf(job, listOf(events["data"]), listOf(metrics["metrics"])));
    },
    async checkpoints(id, call = {}) {
      const { body } = await service.call({ method: "GET", path: `${jobs}/${id}/checkpoints`, ...call });
      return listOf(fieldsOf(body)["data"]).flatMap(checkpointOf);
    },
    async cancel(id, call = {}) {
      await service.call({ method: "POST", path: `${jobs}/${id}/cancel`, isRepeatable: true, ...call });
    },
    async list(call = {}) {
      const { body } = await service.call({ method: "GET", path: jobs, ...call });
      return listOf(fieldsOf(body)["data"])
        .map(jobOfList)
        .sort((a, b) => ((a.createdAt ?? "") < (b.createdAt ?? "") ? 1 : -1));
    },
  };
}

const evaluationsOf = (epochs: number): number => Math.max(fewestEvaluations, epochs);

function checkpointOf({ step, path }: Fields): readonly Checkpoint[] {
  const [at, model] = [numberOf(step), textOf(path)];
  return at === null || model === null ? [] : [{ step: at, model }];
}

async function estimate(
  service: Service,
  wishes: JobWishes,
  files: Uploaded,
  call: CallOptions = {},
): Promise<Estimate> {
  const json: Json = {
    ...startOf(wishes),
    ...filesOf(files, wishes.epochs),
    n_epochs: wishes.epochs,
    training_method: methodOf(wishes),
    training_type: typeOf(wishes),
  };
  const path = `${jobs}/estimate-price`;
  const reply = fieldsOf((await service.call({ method: "POST", path, json, isRepeatable: true, ...call })).body);
  const usd = numberOf(reply["estimated_total_price"]);
  if (reply["estimation_available"] !== true || usd === null) {
    return { unavailable: textOf(reply["unavailable_reason"]) ?? "no price was given" };
  }
  const limit = numberOf(reply["user_limit"]);
  return {
    cost: { status: "priced", usd },
    mayProceed: reply["allowed_to_proceed"] !== false,
    ...(limit === null ? {} : { limit: `$${limit}` }),
  };
}

function jobBody(request: JobRequest): Json {
  const { settings, epochs, validation, key } = request;
  const { learningRate, seed } = settings;
  return {
    ...startOf(request),
    ...filesOf(request, epochs),
    n_epochs: epochs,
    n_checkpoints: 1,
    random_seed: seed,
    suffix: key,
    training_method: methodOf(request),
    training_type: typeOf(request),
    ...(learningRate === undefined ? {} : { learning_rate: learningRate }),
    ...(validation === null
      ? {}
      : { early_stopping_enabled: true, early_stopping_patience: patience, early_stopping_warmup_evals: warmUp }),
  };
}

/** An early stop needs a file to be judged by, and evaluations enough to see one. */
function filesOf({ training, validation }: Uploaded, epochs: number): { readonly [key: string]: Json } {
  return {
    training_file: training,
    ...(validation === null ? {} : { validation_file: validation, n_evals: evaluationsOf(epochs) }),
  };
}

const startOf = ({ base, earlier }: JobWishes): { readonly [key: string]: Json } =>
  earlier === null ? { model: base } : { model: base, from_checkpoint: earlier.job };

function methodOf({ method, settings: { beta } }: JobWishes): Json {
  if (method !== "dpo") return { method: "sft", train_on_inputs: false };
  return { method: "dpo", ...(beta === undefined ? {} : { dpo_beta: beta }) };
}

function typeOf({ settings: { weights, rank = defaultRank } }: JobWishes): Json {
  return weights === "full" ? { type: "Full" } : { type: "Lora", lora_r: rank, lora_alpha: 2 * rank };
}
