// A fake of OpenAI's fine-tuning service: files, jobs, events, checkpoints, models, and an inference that answers as it was taught.

import type { Json } from "../../core/json.ts";
import { type FakeJob, Ledger, linesOf, lossAt, type Timeline, timesOf, totalSteps } from "./fake-jobs.ts";
import { files, type OpenAiFiles, page, resultFile } from "./fake-openai-files.ts";
import {
  type Dialect,
  type FakeReply,
  type FakeRequest,
  type FakeServiceOptions,
  fakeService,
  type JsonObject,
  jsonOf,
} from "./fake-service.ts";
import {
  addJob,
  chatReply,
  type FakeTrainingService,
  openAiFailure as failure,
  letGoOn,
  type TrainingState,
  trainingService,
} from "./fake-training-service.ts";

export type FakeOpenAiOptions = FakeServiceOptions & {
  /** Bases that can be tuned, with the day on which each is shut down. */
  readonly models?: Readonly<Record<string, string | null>>;
  /** What becomes of the next jobs; default: trained well. */
  readonly timeline?: Timeline;
  /** `training_not_available`: this organisation may create none. */
  readonly isClosed?: boolean;
  /** False: events tell no losses, only the result file does. Default true. */
  readonly tellsLosses?: boolean;
  /** What a failing job says. */
  readonly error?: { readonly code: string; readonly message: string };
};

export type FakeOpenAi = FakeTrainingService;

type State = Required<Pick<FakeOpenAiOptions, "models" | "error" | "isClosed" | "tellsLosses">> &
  OpenAiFiles &
  TrainingState;

const words = { running: "running", paused: "paused", cancelled: "cancelled" } as const;
const fewestExamples = 10;

export const openAiTimeline: Timeline = [
  { state: "validating_files", ms: 20_000 },
  { state: "queued", ms: 40_000 },
  { state: "running", ms: 300_000 },
  { state: "succeeded", ms: 0 },
];

export async function fakeOpenAi(options: FakeOpenAiOptions = {}): Promise<FakeOpenAi> {
  const { now = Date.now, models = { "tunable-base": null }, timeline = openAiTimeline, isClosed = false } = options;
  const error = options.error ?? { code: "training_failed", message: "the loss ran away" };
  const jobs: FakeJob<JsonObject>[] = [];
  const results = () => jobs.flatMap((job) => (tunedName(job, now()) === null ? [] : [resultFile(job)]));
  const { tellsLosses = true } = options;
  const ground = { now, models, isClosed, error, timeline, tellsLosses };
  const state: State = { ...ground, files: [], results, jobs, ledger: new Ledger() };
  const service = await fakeService(() => dialectOf(state));
  return trainingService({ ...service, url: `${service.url}/v1` }, state, () => state.files.map(({ name }) => name));
}

function dialectOf(state: State): Dialect {
  return { error: failure, handle: (request) => route(state, request) };
}

const notFound = (what: string): FakeReply => failure(404, `No such ${what}`, "not_found");

function route(state: State, request: FakeRequest): FakeReply | Promise<FakeReply> {
  const [, , area, second, third, fourth] = request.path.split("/");
  if (area === "files") return files(state, request, second, third);
  if (area === "models") return models(state, second);
  if (area === "chat") return chat(state, request);
  if (area === "fine_tuning" && second === "jobs") return jobs(state, request, third, fourth);
  return notFound("route");
}

function models({ models: known, jobs: all, now }: State, id?: string): FakeReply {
  const tuned = all.map((job) => tunedName(job, now())).filter((name) => name !== null);
  const objects = [...Object.entries(known), ...tuned.map((name) => [name, null] as const)].map(
    ([name, date]): JsonObject => ({ id: name, object: "model", created: 1, owned_by: "fake", shutdown_date: date }),
  );
  if (id === undefined) return { json: { object: "list", data: objects } };
  const found = objects.find((one) => one["id"] === id);
  return found ? { json: found } : failure(404, `The model '${id}' does not exist`, "model_not_found");
}

function jobs(state: State, request: FakeRequest, id?: string, part?: string): FakeReply {
  const { method, query } = request;
  if (id === undefined) return method === "POST" ? createJob(state, jsonOf(request)) : listJobs(state, query);
  const job = state.jobs.find((one) => one.id === id);
  if (job === undefined) return notFound("fine-tuning job");
  if (method === "POST") return act(state, job, part);
  if (part === "events") return page(eventsOf(state, job).toReversed(), query);
  if (part === "checkpoints") return page(checkpointsOf(state, job), query);
  return { json: jobObject(state, job) };
}

function createJob(state: State, body: JsonObject): FakeReply {
  if (state.isClosed) return failure(403, "The fine-tuning platform is being wound down.", "training_not_available");
  const { model, training_file: training, hyperparameters, suffix, metadata } = body;
  const problem =
    hyperparameters !== undefined
      ? "hyperparameters is deprecated: use method"
      : !(String(model) in state.models) && !state.jobs.some((job) => tunedName(job, state.now()) === model)
        ? `Model ${String(model)} is not available for fine-tuning`
        : String(suffix ?? "").length > 64 || Object.keys((metadata ?? {}) as object).length > 16
          ? "suffix or metadata too long"
          : undefined;
  if (problem !== undefined) return failure(400, problem, "invalid_request");
  const file = state.files.find(({ id }) => id === training);
  if (file === undefined) return failure(400, `File ${String(training)} does not exist`, "invalid_training_file");
  const timeline = linesOf(file.text).length < fewestExamples ? tooFew : state.timeline;
  const id = `ftjob-${state.jobs.length + 1}`;
  const job = addJob(state, { id, body, content: file.text, key: JSON.stringify(metadata ?? {}), timeline });
  return { json: jobObject(state, job) };
}

const tooFew: Timeline = [
  { state: "validating_files", ms: 5000 },
  { state: "failed", ms: 0 },
];

function listJobs(state: State, query: URLSearchParams): FakeReply {
  const wanted = [...query].flatMap(([name, value]) => {
    const key = /^metadata\[(.+)\]$/.exec(name)?.[1];
    return key === undefined ? [] : [[key, value] as const];
  });
  const fits = ({ body }: FakeJob<JsonObject>) =>
    wanted.every(([key, value]) => ((body["metadata"] ?? {}) as JsonObject)[key] === value);
  return page(
    state.jobs
      .filter(fits)
      .toReversed()
      .map((job) => jobObject(state, job)),
    query,
  );
}

function act(state: State, job: FakeJob<JsonObject>, part?: string): FakeReply {
  if (!["cancel", "pause", "resume"].includes(part ?? "")) return notFound("route");
  const now = state.now();
  const isOver = timesOf(job, now, words).endedAt !== null;
  if (isOver) return failure(400, "Job is already complete", "invalid_state");
  if (part === "cancel") job.cancelledAt = now;
  if (part === "pause") job.pausedAt ??= now;
  if (part === "resume") letGoOn(job, now);
  return { json: jobObject(state, job) };
}

function tunedName(job: FakeJob<JsonObject>, now: number): string | null {
  if (timesOf(job, now, words).state !== "succeeded") return null;
  return `ft:${String(job.body["model"])}:fake-org:${String(job.body["suffix"] ?? "")}:${job.id.slice(6)}`;
}

function jobObject(state: State, job: FakeJob<JsonObject>): JsonObject {
  const now = state.now();
  const { state: status, step, endedAt } = timesOf(job, now, words);
  const seconds = (ms: number) => Math.floor(ms / 1000);
  const hasFailed = status === "failed";
  return {
    ...{ id: job.id, object: "fine_tuning.job", created_at: seconds(job.createdAt), status, model: job.body["model"]! },
    finished_at: endedAt === null ? null : seconds(endedAt),
    estimated_finish: status === "running" ? seconds(now) + 60 : null,
    fine_tuned_model: tunedName(job, now),
    organization_id: "fake-org",
    trained_tokens: status === "succeeded" ? 1000 * step : null,
    training_file: job.body["training_file"]!,
    validation_file: job.body["validation_file"] ?? null,
    result_files: status === "succeeded" ? [resultFile(job).id] : [],
    seed: job.body["seed"] ?? 0,
    method: job.body["method"] ?? null,
    metadata: job.body["metadata"] ?? null,
    error: hasFailed ? { ...errorOf(state, job), param: null } : null,
  };
}

const errorOf = (state: State, job: FakeJob<JsonObject>) =>
  job.timeline === tooFew
    ? { code: "invalid_n_examples", message: `Training file has fewer than ${fewestExamples} examples` }
    : state.error;

function eventsOf(state: State, job: FakeJob<JsonObject>): readonly JsonObject[] {
  const { step, state: status } = timesOf(job, state.now(), words);
  const event = (place: number, level: string, message: string, data?: Json): JsonObject => ({
    ...{ id: `ftevent-${job.id}-${place}`, object: "fine_tuning.job.event", level, message },
    ...{ created_at: Math.floor(job.createdAt / 1000) + place, type: data === undefined ? "message" : "metrics" },
    ...(data === undefined ? {} : { data }),
  });
  const steps = Array.from({ length: state.tellsLosses ? step : 0 }, (_, at) => {
    const losses = { train_loss: lossAt(at + 1), train_mean_token_accuracy: 0.5, valid_loss: lossAt(at + 1) + 0.1 };
    return event(at + 1, "info", `Step ${at + 1}`, { step: at + 1, total_steps: totalSteps, ...losses });
  });
  const end = status === "failed" ? [event(totalSteps + 1, "error", errorOf(state, job).message)] : [];
  return [event(0, "info", "Created fine-tuning job"), ...steps, ...end];
}

function checkpointsOf(state: State, job: FakeJob<JsonObject>): readonly JsonObject[] {
  if (tunedName(job, state.now()) === null) return [];
  return [7, 10].map((step) => ({
    ...{ id: `ftckpt_${job.id}_${step}`, object: "fine_tuning.job.checkpoint", created_at: 1, step_number: step },
    ...{ fine_tuning_job_id: job.id, metrics: { step, train_loss: lossAt(step) } },
    fine_tuned_model_checkpoint: `${tunedName(job, state.now())}:ckpt-step-${step}`,
  }));
}

function chat(state: State, request: FakeRequest): FakeReply {
  const tuned = (model: string) => state.jobs.find((job) => tunedName(job, state.now()) === model);
  return chatReply(request, (model) => model in state.models, tuned);
}
