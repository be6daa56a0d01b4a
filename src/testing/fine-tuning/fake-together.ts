// A fake of Together's fine-tuning service: files behind a redirect, limits, estimates, jobs with events and metrics, and an
// inference that answers as it was taught.
import { type FakeJob, Ledger, type Timeline, timesOf } from "./fake-jobs.ts";
import {
  type Dialect,
  type FakeReply,
  type FakeRequest,
  type FakeServiceOptions,
  fakeService,
  type JsonObject,
  jsonOf,
} from "./fake-service.ts";
import { download, preview, tokenizedDataset } from "./fake-together-downloads.ts";
import { files, isChecked, put, report } from "./fake-together-files.ts";
import {
  checkpointsOf,
  eventsOf,
  metricsOf,
  outputName,
  type TogetherState,
  truncated,
  whole,
  words,
} from "./fake-together-job.ts";
import {
  addJob,
  chatReply,
  type FakeTrainingService,
  openAiFailure as failure,
  trainingService,
} from "./fake-training-service.ts";

export type FakeTogetherOptions = FakeServiceOptions & {
  readonly models?: readonly string[];
  readonly timeline?: Timeline;
  /** How long a presigned address lives. */
  readonly presignedMs?: number;
  /** How long a file is looked at before it is taken. */
  readonly checkMs?: number;
  readonly estimate?: { readonly usd: number; readonly mayProceed?: boolean };
  /** The bill of a job, in US dollars. */
  readonly priceUsd?: number;
  /** Ends its jobs before all steps. */
  readonly stopsEarly?: boolean;
  /** What a failing job says. */
  readonly error?: { readonly type: "job_error" | "billing_limit"; readonly message: string };
};

export type FakeTogether = FakeTrainingService;

type State = Required<Omit<FakeTogetherOptions, "timeline">> & TogetherState;

export const togetherTimeline: Timeline = [
  { state: "pending", ms: 10_000 },
  { state: "queued", ms: 30_000 },
  { state: "running", ms: 300_000 },
  { state: "compressing", ms: 10_000 },
  { state: "uploading", ms: 10_000 },
  { state: "completed", ms: 0 },
];

export async function fakeTogether(options: FakeTogetherOptions = {}): Promise<FakeTogether> {
  let state: State | undefined;
  const service = await fakeService((url) => {
    state = {
      ...{ now: Date.now, models: ["tunable-base"], presignedMs: 600_000, checkMs: 5000, estimate: { usd: 1.5 } },
      ...{ priceUsd: 1.25, stopsEarly: false, error: { type: "job_error", message: "a worker was lost" } },
      ...options,
      ...{ url, files: [], jobs: [], ledger: new Ledger(), timeline: options.timeline ?? togetherTimeline },
    };
    return dialectOf(state);
  });
  const live = state!;
  return trainingService({ ...service, url: `${service.url}/v1` }, live, () => live.files.map(({ name }) => name));
}

function dialectOf(state: State): Dialect {
  return {
    error: failure,
    isPresigned: ({ path }) => path.startsWith("/presigned/"),
    handle: (request) => route(state, request),
  };
}

function route(state: State, request: FakeRequest): FakeReply {
  const [, first, area, id, part] = request.path.split("/");
  if (first === "presigned") return put(state, request, String(area));
  if (area === "files") return files(state, request, id, part);
  if (area === "finetune" && id === "download") return download(state, request.query);
  if (area === "chat") return chat(state, request);
  if (area !== "fine-tunes") return failure(404, "no such route");
  if (id === "models") return limits(state, request.query.get("model_name") ?? "");
  if (id === "estimate-price") return estimate(state, jsonOf(request));
  if (id === "preview") return preview(state, jsonOf(request));
  return jobs(state, request, id, part);
}

function limits(state: State, model: string): FakeReply {
  if (!state.models.includes(model))
    return failure(404, `Model ${model} is not available for fine-tuning`, "not_found");
  return {
    json: {
      ...{ model_name: model, max_num_epochs: 20, max_num_evals: 100, max_num_checkpoints: 10 },
      ...{ min_learning_rate: 1e-7, max_learning_rate: 1, supports_full_training: false, supports_tools: true },
      lora_training: { min_batch_size: 8, max_batch_size: 32, max_rank: 64, target_modules: ["q_proj"] },
    },
  };
}

function estimate(state: State, { training_file: id }: JsonObject): FakeReply {
  const file = state.files.find((one) => one.id === id);
  if (file === undefined || !isChecked(state, file)) {
    return { json: { estimation_available: false, unavailable_reason: "train_file_not_validated" } };
  }
  const { usd, mayProceed = true } = state.estimate;
  const price = { estimated_total_price: usd, estimated_train_token_count: 1000, estimated_eval_token_count: 100 };
  return { json: { estimation_available: true, ...price, allowed_to_proceed: mayProceed, user_limit: 100 } };
}

function jobs(state: State, request: FakeRequest, id?: string, part?: string): FakeReply {
  if (id === undefined) {
    if (request.method === "POST") return createJob(state, jsonOf(request));
    return { json: { data: state.jobs.map((job) => truncated(state, job)) } };
  }
  const job = state.jobs.find((one) => one.id === id);
  if (job === undefined) return failure(404, `no job ${id}`, "not_found");
  if (part === "cancel") return cancel(state, job);
  if (part === "events") return { json: { data: eventsOf(state, job) } };
  if (part === "checkpoints") return { json: { data: checkpointsOf(state, job) } };
  if (part === "metrics") return { json: { metrics: metricsOf(state, job, request.query) } };
  if (part === "download-tokenized-dataset") return tokenizedDataset(state, job);
  if (part !== undefined) return failure(404, "no such route");
  return request.method === "DELETE" ? remove(state, job) : { json: whole(state, job) };
}

/** Takes the checkpoints along. */
function remove(state: State, job: FakeJob<JsonObject>): FakeReply {
  if (timesOf(job, state.now(), words).endedAt === null) return failure(400, "the job has not ended: cancel it first");
  state.jobs.splice(state.jobs.indexOf(job), 1);
  state.ledger.add("delete", job.id);
  return { json: { message: `deleted ${job.id}` } };
}

function createJob(state: State, body: JsonObject): FakeReply {
  const { model, training_file: training, validation_file: validation, suffix, n_evals: evals } = body;
  const file = state.files.find(({ id }) => id === training);
  const wantsEarlyStop = body["early_stopping_enabled"] === true;
  const needed = Number(body["early_stopping_patience"] ?? 0) + Number(body["early_stopping_warmup_evals"] ?? 1) + 1;
  const problem =
    body["train_on_inputs"] !== undefined
      ? "train_on_inputs belongs to training_method"
      : !state.models.includes(String(model))
        ? `Model ${String(model)} is not available for fine-tuning`
        : file === undefined || !isChecked(state, file) || !report(file.text ?? "").valid
          ? "training_file is not ready"
          : wantsEarlyStop && (validation === undefined || Number(evals ?? 0) < needed)
            ? "early stopping needs validation_file and more n_evals"
            : String(suffix ?? "").length > 64
              ? "suffix is too long"
              : undefined;
  if (problem !== undefined) return failure(400, problem, "invalid_request");
  const id = `ft-${state.ledger.count("job") + 1}`;
  const job = addJob(state, { id, body, content: file?.text ?? "", key: String(suffix) });
  return { json: truncated(state, job) };
}

function cancel(state: State, job: FakeJob<JsonObject>): FakeReply {
  if (timesOf(job, state.now(), words).endedAt !== null) return failure(400, "the job has ended");
  job.cancelledAt ??= state.now();
  return { json: truncated(state, job) };
}

function chat(state: State, request: FakeRequest): FakeReply {
  const tuned = (model: string) => state.jobs.find((job) => outputName(state, job) === model);
  return chatReply(request, (model) => state.models.includes(model), tuned);
}
