// A fake of Fireworks' fine-tuning service: datasets and jobs under ids that clients choose, integers as text, deployments, and an
// inference that answers as it was taught.
import type { Json } from "../../core/json.ts";
import { type DatasetState, datasetObject, datasets, signed } from "./fake-fireworks-datasets.ts";
import { deployments } from "./fake-fireworks-deployments.ts";
import { account, failure, listed } from "./fake-fireworks-resources.ts";
import { type FakeJob, hashOfText, Ledger, linesOf, lossAt, type Timeline, timesOf, totalSteps } from "./fake-jobs.ts";
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
  letGoOn,
  type TrainingState,
  trainingService,
} from "./fake-training-service.ts";

type FakeModel = { readonly tunable: boolean; readonly deprecationDate?: { year: number; month: number; day: number } };

export type FakeFireworksOptions = FakeServiceOptions & {
  readonly models?: Readonly<Record<string, FakeModel>>;
  readonly timeline?: Timeline;
  /** How long a dataset is looked at before it is ready. */
  readonly checkMs?: number;
  readonly costUsd?: number;
  /** What a failing job says. */
  readonly error?: { readonly code: string; readonly message: string };
};

export type FakeFireworks = FakeTrainingService & { readonly account: string };

type State = Required<Omit<FakeFireworksOptions, "timeline">> &
  DatasetState &
  TrainingState & { readonly deployments: Map<string, JsonObject> };

const prefix = "JOB_STATE_";
const words = {
  ...{ running: `${prefix}RUNNING`, paused: `${prefix}PAUSED` },
  ...{ cancelled: `${prefix}CANCELLED`, cancelling: `${prefix}CANCELLING` },
} as const;

const states = (...steps: readonly (readonly [string, number])[]): Timeline =>
  steps.map(([state, ms]) => ({ state: `${prefix}${state}`, ms }));

export const fireworksTimeline: Timeline = states(
  ["CREATING", 5000],
  ["VALIDATING", 10_000],
  ["PENDING", 30_000],
  ["RUNNING", 300_000],
  ["WRITING_RESULTS", 10_000],
  ["COMPLETED", 0],
);

export async function fakeFireworks(options: FakeFireworksOptions = {}): Promise<FakeFireworks> {
  let state: State | undefined;
  const service = await fakeService((url) => {
    state = {
      ...{ now: Date.now, models: { "tunable-base": { tunable: true } }, checkMs: 5000, costUsd: 0.75 },
      ...{ error: { code: "INTERNAL", message: "a worker was lost" }, ...options },
      ...{ url, datasets: new Map(), deployments: new Map(), jobs: [], ledger: new Ledger() },
      timeline: options.timeline ?? fireworksTimeline,
    };
    return dialectOf(state);
  });
  const live = state!;
  return Object.assign(
    trainingService(service, live, () => [...live.datasets.keys()]),
    { account },
  );
}

function dialectOf(state: State): Dialect {
  return {
    error: failure,
    isPresigned: ({ path }) => path.startsWith("/signed/"),
    handle: (request) => route(state, request),
  };
}

function route(state: State, request: FakeRequest): FakeReply | Promise<FakeReply> {
  const { path } = request;
  if (path.startsWith("/signed/")) return signedFile(state, request);
  if (path === "/inference/v1/chat/completions") return chat(state, request);
  const model = /^\/v1\/(accounts\/[^/]+\/models\/[^/]+)$/.exec(path)?.[1];
  if (model !== undefined) return modelObject(state, model);
  const [, kind, id, verb] = new RegExp(`^/v1/accounts/${account}/(\\w+)(?:/([^/:]+))?(?::(\\w+))?$`).exec(path) ?? [];
  if (kind === "datasets") return datasets(state, request, id, verb);
  if (kind === "supervisedFineTuningJobs" || kind === "dpoJobs") return jobs(state, request, kind, id, verb);
  if (kind === "reinforcementFineTuningJobs") return failure(501, "this fake does not reinforce");
  if (kind === "deployments") {
    return deployments(state.deployments, request, id, (name) => modelObject(state, name).status === undefined);
  }
  return failure(404, `no route ${path}`);
}

function modelObject(state: State, name: string): FakeReply {
  const known = state.models[name.replace("accounts/fireworks/models/", "")];
  if (known) return { json: { name, state: "READY", ...known } };
  const job = state.jobs.find((one) => isDone(state, one) && one.body["outputModel"] === name);
  return job
    ? { json: { name, tunable: false, peftDetails: { baseModel: baseOf(job) } } }
    : failure(404, `model ${name} not found`);
}

const baseOf = ({ body }: FakeJob<JsonObject>): Json => body["baseModel"] ?? body["warmStartFrom"] ?? "";

const deprecated = ["batchSize", "gradientAccumulationSteps", "jinjaTemplate", "earlyStop", "nodes"];

function jobs(state: State, request: FakeRequest, kind: string, id?: string, verb?: string): FakeReply {
  if (id === undefined && request.method === "POST") return createJob(state, request, kind);
  if (id === undefined) return listJobs(state, request.query, kind);
  const job = state.jobs.find((one) => one.id === `${kind}/${id}`);
  if (job === undefined) return failure(404, `job ${id} not found`);
  const now = state.now();
  if (verb === "cancel") {
    if (timesOf(job, now, words).endedAt !== null) return failure(400, "the job has ended");
    job.cancelledAt ??= now;
  }
  if (verb === "resume") letGoOn(job, now);
  if (request.method === "DELETE") state.jobs.splice(state.jobs.indexOf(job), 1);
  return { json: verb === undefined && request.method === "GET" ? jobObject(state, job) : {} };
}

function createJob(state: State, request: FakeRequest, kind: string): FakeReply {
  const given = jsonOf(request);
  const isPreference = kind === "dpoJobs";
  const body = isPreference ? { ...given, ...(given["trainingConfig"] as JsonObject) } : given;
  const id = request.query.get(isPreference ? "dpoJobId" : "supervisedFineTuningJobId") ?? "";
  const { dataset, baseModel, warmStartFrom, lossConfig } = body;
  const found = state.datasets.get(String(dataset).split("/").at(-1) ?? "");
  const sent = deprecated.find((name) => body[name] !== undefined);
  const text = found?.text ?? "";
  const problem =
    sent !== undefined
      ? `${sent} is not supported`
      : (baseModel === undefined) === (warmStartFrom === undefined)
        ? "exactly one of baseModel and warmStartFrom"
        : found === undefined || datasetObject(state, found)["state"] !== "READY"
          ? "the dataset is not ready"
          : linesOf(text).length < 3
            ? "a dataset has at least 3 examples"
            : isPreference && (lossConfig as JsonObject | undefined)?.["method"] !== "DPO"
              ? "lossConfig.method"
              : undefined;
  if (problem !== undefined) return failure(400, problem);
  if (state.jobs.some((one) => one.id === `${kind}/${id}`)) return failure(409, `job ${id} exists`);
  return { json: jobObject(state, addJob(state, { id: `${kind}/${id}`, body, content: text, key: id })) };
}

function listJobs(state: State, query: URLSearchParams, kind: string): FakeReply {
  const all = state.jobs.filter(({ id }) => id.startsWith(`${kind}/`)).map((job) => jobObject(state, job));
  return listed(kind, all, query);
}

const isDone = (state: State, job: FakeJob<JsonObject>): boolean =>
  /COMPLETED|EARLY_STOPPED/.test(timesOf(job, state.now(), words).state);

function jobObject(state: State, job: FakeJob<JsonObject>): JsonObject {
  const { state: status, step, endedAt } = timesOf(job, state.now(), words);
  const iso = (ms: number) => new Date(ms).toISOString();
  const hasFailed = /FAILED|EXPIRED/.test(status);
  const usd = Math.floor(state.costUsd);
  return {
    ...{
      name: `accounts/${account}/${job.id}`,
      state: status,
      createTime: iso(job.createdAt),
      updateTime: iso(state.now()),
    },
    ...(endedAt === null ? {} : { completedTime: iso(endedAt) }),
    ...Object.fromEntries(
      ["metricsFile", "renderSamples", "trainerLogs"].map((what) => [
        `${what}SignedUrl`,
        step === 0 ? "" : `${state.url}/signed/jobs/${job.id}/${what}`,
      ]),
    ),
    status: hasFailed ? state.error : { code: "OK", message: "" },
    ...{
      dataset: job.body["dataset"]!,
      baseModel: baseOf(job),
      outputModel: job.body["outputModel"] ?? hashOfText(job.id),
    },
    jobProgress: {
      percent: (step / totalSteps) * 100,
      epoch: 0,
      inputTokens: String(step * 900),
      outputTokens: String(step * 100),
    },
    estimatedCost: { currencyCode: "USD", units: String(usd), nanos: Math.round((state.costUsd - usd) * 1e9) },
  };
}

/** Metrics, rendered samples and logs of a job, and datasets, under addresses that carry their own permission. */
function signedFile(state: State, request: FakeRequest): FakeReply {
  const [, , kind, ...rest] = request.path.split("/");
  if (kind !== "jobs") return signed(state, request, String(kind));
  const job = state.jobs.find(({ id }) => id === rest.slice(0, 2).join("/"));
  if (job === undefined) return failure(404, "no such file");
  const { step } = timesOf(job, state.now(), words);
  const lines = Array.from({ length: step }, (_, at) => JSON.stringify({ step: at + 1, loss: lossAt(at + 1) }));
  return { text: lines.join("\n") };
}

function chat(state: State, request: FakeRequest): FakeReply {
  const tuned = (model: string) => state.jobs.find((one) => isDone(state, one) && one.body["outputModel"] === model);
  return chatReply(request, (model) => model.replace("accounts/fireworks/models/", "") in state.models, tuned);
}
