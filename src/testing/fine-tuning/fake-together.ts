// A fake of Together's fine-tuning service: files behind a redirect, limits, estimates, jobs with events and metrics, and an
// inference that answers as it was taught.
import type { Json } from "../../core/json.ts";
import { chatCompletion, type FakeJob, Ledger, lossAt, type Timeline, timesOf, totalSteps } from "./fake-jobs.ts";
import {
  type Dialect,
  type FakeReply,
  type FakeRequest,
  type FakeService,
  type FakeServiceOptions,
  fakeService,
  type JsonObject,
  jsonOf,
} from "./fake-service.ts";
import { type FilesState, failure, files, isChecked, put, report } from "./fake-together-files.ts";

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

export type FakeTogether = FakeService & {
  readonly ledger: Ledger;
  readonly fileNames: readonly string[];
  readonly jobs: readonly FakeJob<JsonObject>[];
  setTimeline(timeline: Timeline): void;
};

type State = Required<Omit<FakeTogetherOptions, "timeline">> &
  FilesState & {
    readonly jobs: FakeJob<JsonObject>[];
    timeline: Timeline;
  };

const words = { running: "running", paused: "paused", cancelled: "cancelled", cancelling: "cancel_requested" } as const;

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
  return {
    ...service,
    url: `${service.url}/v1`,
    ledger: live.ledger,
    jobs: live.jobs,
    get fileNames() {
      return live.files.map(({ name }) => name);
    },
    setTimeline: (next) => {
      live.timeline = next;
    },
  };
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
  if (area === "files") return files(state, request, id);
  if (area === "chat") return chat(state, request);
  if (area !== "fine-tunes") return failure(404, "no such route");
  if (id === "models") return limits(state, request.query.get("model_name") ?? "");
  if (id === "estimate-price") return estimate(state, jsonOf(request));
  if (id === "preview") return { json: { model: "m", dataset_format: "conversation", rows: [] } };
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
  if (part === "metrics") return { json: { metrics: metricsOf(state, job) } };
  return { json: { ...truncated(state, job), epochs_completed: 1, param_count: 8_000_000_000, trainingfile_size: 1 } };
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
  const id = `ft-${state.jobs.length + 1}`;
  const job = { id, body, createdAt: state.now(), timeline: state.timeline, content: file?.text ?? "", pausedMs: 0 };
  state.jobs.push(job);
  state.ledger.add("job", String(suffix));
  return { json: truncated(state, job) };
}

function cancel(state: State, job: FakeJob<JsonObject>): FakeReply {
  if (timesOf(job, state.now(), words).endedAt !== null) return failure(400, "the job has ended");
  job.cancelledAt ??= state.now();
  return { json: truncated(state, job) };
}

function outputName(state: State, job: FakeJob<JsonObject>): string | undefined {
  if (timesOf(job, state.now(), words).state !== "completed") return undefined;
  return `fake-account/${String(job.body["model"])}-${String(job.body["suffix"])}`;
}

function truncated(state: State, job: FakeJob<JsonObject>): JsonObject {
  const { state: status, endedAt } = timesOf(job, state.now(), words);
  const name = outputName(state, job);
  const iso = (ms: number) => new Date(ms).toISOString();
  return {
    ...{ id: job.id, status, created_at: iso(job.createdAt), updated_at: iso(endedAt ?? state.now()), user_id: "u" },
    ...{ model: job.body["model"]!, training_file: job.body["training_file"]!, suffix: job.body["suffix"] ?? null },
    ...{ n_epochs: job.body["n_epochs"] ?? 1, token_count: 10_000 },
    ...(endedAt === null ? { progress: { estimate_available: status === "running", seconds_remaining: 60 } } : {}),
    ...(status === "completed"
      ? { total_price: Math.round(state.priceUsd * 1e9), early_stopped: state.stopsEarly }
      : {}),
    ...(name === undefined ? {} : { model_output_name: name }),
  };
}

function eventsOf(state: State, job: FakeJob<JsonObject>): readonly Json[] {
  const { step, state: status } = timesOf(job, state.now(), words);
  const event = (type: string, message: string, more: JsonObject = {}): JsonObject => ({
    ...{ object: "fine-tune-event", created_at: new Date(job.createdAt).toISOString(), type, message, ...more },
  });
  const progress = step > 0 ? [event("epoch_complete", `step ${step}`, { step, total_steps: totalSteps })] : [];
  const ends: Readonly<Record<string, readonly JsonObject[]>> = {
    completed: [
      event("checkpoint_save", "saved", { step: totalSteps, checkpoint_path: `s3://checkpoints/${job.id}` }),
      event(state.stopsEarly ? "early_stopped" : "job_complete", "done", { step }),
    ],
    error: [event(state.error.type, state.error.message)],
  };
  return [event("job_pending", "created"), ...progress, ...(ends[status] ?? [])];
}

function metricsOf(state: State, job: FakeJob<JsonObject>): readonly Json[] {
  const { step } = timesOf(job, state.now(), words);
  return Array.from({ length: step }, (_, at) => ({
    ...{ "train/global_step": at + 1, "train/loss": lossAt(at + 1) },
    ...(job.body["validation_file"] === undefined ? {} : { "eval/loss": lossAt(at + 1) + 0.1 }),
  }));
}

function checkpointsOf(state: State, job: FakeJob<JsonObject>): readonly Json[] {
  if (outputName(state, job) === undefined) return [];
  return [
    {
      checkpoint_type: "final",
      created_at: "2026-01-01T00:00:00Z",
      path: `s3://checkpoints/${job.id}`,
      step: totalSteps,
    },
  ];
}

function chat(state: State, request: FakeRequest): FakeReply {
  const { model, messages } = jsonOf(request) as { model: string; messages: { role: string; content: string }[] };
  const job = state.jobs.find((one) => outputName(state, one) === model);
  if (job === undefined && !state.models.includes(model)) return failure(404, `no model ${model}`, "model_not_found");
  return { json: chatCompletion(model, messages, job?.content) };
}
