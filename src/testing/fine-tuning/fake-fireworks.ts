// A fake of Fireworks' fine-tuning service: datasets and jobs under ids that clients choose, integers as text, deployments, and an
// inference that answers as it was taught.
import type { Json } from "../../core/json.ts";
import {
  chatCompletion,
  type FakeJob,
  hashOfText,
  Ledger,
  linesOf,
  type Timeline,
  timesOf,
  totalSteps,
} from "./fake-jobs.ts";
import {
  type Dialect,
  type FakeReply,
  type FakeRequest,
  type FakeService,
  type FakeServiceOptions,
  fakeService,
  formOf,
  type JsonObject,
  jsonOf,
} from "./fake-service.ts";

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

export type FakeFireworks = FakeService & {
  readonly account: string;
  readonly ledger: Ledger;
  readonly fileNames: readonly string[];
  readonly jobs: readonly FakeJob<JsonObject>[];
  setTimeline(timeline: Timeline): void;
};

type Dataset = { readonly id: string; readonly exampleCount: string; text?: string; filledAt?: number };
type State = Required<Omit<FakeFireworksOptions, "timeline">> & {
  readonly url: string;
  readonly datasets: Map<string, Dataset>;
  readonly jobs: FakeJob<JsonObject>[];
  readonly ledger: Ledger;
  timeline: Timeline;
};

const account = "fake-account";
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
      ...{ url, datasets: new Map(), jobs: [], ledger: new Ledger(), timeline: options.timeline ?? fireworksTimeline },
    };
    return dialectOf(state);
  });
  const live = state!;
  return {
    ...service,
    ...{ account, ledger: live.ledger, jobs: live.jobs },
    get fileNames() {
      return [...live.datasets.keys()];
    },
    setTimeline: (next) => {
      live.timeline = next;
    },
  };
}

const grpc: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  409: "ALREADY_EXISTS",
};

const failure = (status: number, message: string): FakeReply => ({
  status,
  json: { code: grpc[status] ?? "INTERNAL", message, details: [] },
});

function dialectOf(state: State): Dialect {
  return {
    error: failure,
    isPresigned: ({ path }) => path.startsWith("/signed/"),
    handle: (request) => route(state, request),
  };
}

function route(state: State, request: FakeRequest): FakeReply | Promise<FakeReply> {
  const { path, method } = request;
  if (path.startsWith("/signed/")) return fill(state, path.slice("/signed/".length), request.body.toString("utf8"));
  if (path === "/inference/v1/chat/completions") return chat(state, request);
  const model = /^\/v1\/(accounts\/[^/]+\/models\/[^/]+)$/.exec(path)?.[1];
  if (model !== undefined) return modelObject(state, model);
  const [, kind, id, verb] = new RegExp(`^/v1/accounts/${account}/(\\w+)(?:/([^/:]+))?(?::(\\w+))?$`).exec(path) ?? [];
  if (kind === "datasets") return datasets(state, request, id, verb);
  if (kind === "supervisedFineTuningJobs" || kind === "dpoJobs") return jobs(state, request, kind, id, verb);
  if (kind === "deployments" && method === "POST")
    return { json: { name: "d", state: "CREATING", ...jsonOf(request) } };
  return failure(404, `no route ${path}`);
}

async function datasets(state: State, request: FakeRequest, id?: string, verb?: string): Promise<FakeReply> {
  if (id === undefined) return createDataset(state, jsonOf(request));
  const dataset = state.datasets.get(id);
  if (dataset === undefined) return failure(404, `dataset ${id} not found`);
  if (verb === "upload") return fill(state, id, (await formOf(request)).get("file")?.text ?? "");
  if (verb === "getUploadEndpoint") {
    const [name = "f"] = Object.keys(jsonOf(request)["filenameToSize"] as JsonObject);
    return { json: { filenameToSignedUrls: { [name]: `${state.url}/signed/${id}` } } };
  }
  if (verb === "validateUpload") return { json: {} };
  if (request.method !== "DELETE") return { json: datasetObject(state, dataset) };
  state.datasets.delete(id);
  state.ledger.add("delete", id);
  return { json: {} };
}

function createDataset(state: State, body: JsonObject): FakeReply {
  const { datasetId, dataset } = body;
  const { exampleCount, format, userUploaded } = (dataset ?? {}) as JsonObject;
  if (typeof exampleCount !== "string") return failure(400, "exampleCount is a 64-bit integer and travels as text");
  if (format !== "CHAT" || userUploaded === undefined) return failure(400, "format and userUploaded are required");
  const id = String(datasetId);
  if (!/^[a-z0-9-]{1,63}$/.test(id)) return failure(400, "datasetId: lower case, digits, dashes");
  if (state.datasets.has(id)) return failure(409, `dataset ${id} exists`);
  const made = { id, exampleCount };
  state.datasets.set(id, made);
  return { json: datasetObject(state, made) };
}

function fill(state: State, id: string, text: string): FakeReply {
  const dataset = state.datasets.get(id);
  if (dataset === undefined) return failure(404, `dataset ${id} not found`);
  dataset.text = text;
  dataset.filledAt = state.now();
  state.ledger.add("upload", text);
  return {
    json: { id, object: "file", bytes: Buffer.byteLength(text), created_at: 1, filename: id, purpose: "fine-tune" },
  };
}

function datasetObject(state: State, { id, exampleCount, text = "", filledAt }: Dataset): JsonObject {
  const isChecked = filledAt !== undefined && state.now() >= filledAt + state.checkMs;
  const isSpoilt = isChecked && text.includes("SPOILT");
  return {
    ...{ name: `accounts/${account}/datasets/${id}`, exampleCount, format: "CHAT" },
    state: isChecked && !isSpoilt ? "READY" : "UPLOADING",
    status: isSpoilt ? { code: "INVALID_ARGUMENT", message: "a line is spoilt" } : { code: "OK", message: "" },
    estimatedTokenCount: String(text.length),
  };
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
  if (verb === "resume" && job.pausedAt !== undefined) {
    job.pausedMs += now - job.pausedAt;
    delete job.pausedAt;
  }
  if (request.method === "DELETE") state.jobs.splice(state.jobs.indexOf(job), 1);
  return { json: verb === undefined ? jobObject(state, job) : {} };
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
  const job = {
    id: `${kind}/${id}`,
    body,
    createdAt: state.now(),
    timeline: state.timeline,
    content: text,
    pausedMs: 0,
  };
  state.jobs.push(job);
  state.ledger.add("job", id);
  return { json: jobObject(state, job) };
}

/** Handed out two at a time, whatever was asked for. */
function listJobs(state: State, query: URLSearchParams, kind: string): FakeReply {
  const all = state.jobs.filter(({ id }) => id.startsWith(`${kind}/`));
  const from = Number(query.get("pageToken") ?? 0);
  const items = all.slice(from, from + 2).map((job) => jobObject(state, job));
  const next = from + 2 < all.length ? { nextPageToken: String(from + 2) } : {};
  return { json: { [kind]: items, ...next, totalSize: all.length } };
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

function chat(state: State, request: FakeRequest): FakeReply {
  const { model, messages } = jsonOf(request) as { model: string; messages: { role: string; content: string }[] };
  const job = state.jobs.find((one) => isDone(state, one) && one.body["outputModel"] === model);
  const isBase = model.replace("accounts/fireworks/models/", "") in state.models;
  return job || isBase ? { json: chatCompletion(model, messages, job?.content) } : failure(404, `no model ${model}`);
}
