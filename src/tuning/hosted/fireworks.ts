// Fireworks' fine-tuning protocol: resources whose ids the client chooses, so that what exists is never made twice.
import type { CallOptions } from "../../core/component.ts";
import { AssayError } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import type { JobElsewhere, Retirement } from "../../core/training.ts";
import { removeDataset, uploadDataset } from "./fireworks-dataset.ts";
import { jobOfList, viewOf } from "./fireworks-job.ts";
import { type Fields, fieldsOf, listOf, numberOf, textOf } from "./replies.ts";
import { ServiceError } from "./service-error.ts";
import type { Service } from "./service-http.ts";
import { isPast } from "./sunsets.ts";
import type { BaseFacts, HostedWire, JobRequest, JobWishes } from "./wire.ts";

export type FireworksWireOptions = {
  readonly service: Service;
  readonly baseUrl: string;
  readonly keyVariable: string;
  readonly account: string;
  /** Larger files go to a signed address. Default 150 MB, Fireworks' own limit. */
  readonly mostDirectBytes?: number;
  /** One hour of the deployment that a tuned model needs. */
  readonly endpointHourUsd?: number | undefined;
};

const mostExamples = 3_000_000;
/** No limit of a file is stated; beyond 150 MB it goes by another way. */
const mostBytes = Number.MAX_SAFE_INTEGER;
const pageSize = 200;

type Kind = { readonly path: string; readonly idName: string; readonly listName: string };
const supervised: Kind = {
  path: "supervisedFineTuningJobs",
  idName: "supervisedFineTuningJobId",
  listName: "supervisedFineTuningJobs",
};
const preference: Kind = { path: "dpoJobs", idName: "dpoJobId", listName: "dpoJobs" };

export function fireworksWire(options: FireworksWireOptions): HostedWire {
  const { service, baseUrl, keyVariable, account, endpointHourUsd, mostDirectBytes = 150 * 1024 ** 2 } = options;
  const { label } = service;
  const root = `/v1/accounts/${account}`;
  return {
    name: "fireworks",
    service,
    identity: { baseUrl, account },
    rules: { format: "fireworks", label, mostExamples, mostBytes },
    keyVariable,
    hosting: { kind: "endpoint", usdPerHour: endpointHourUsd ?? null, billsWhenIdle: true },
    check: (wishes) => checkWishes(label, wishes),
    inspect: (wishes, call) => inspect(service, wishes, call),
    billedTokens: ({ epochs }, training) => epochs * training.tokens,
    upload: (file, journal, _wishes, call) => uploadDataset({ service, root, mostDirectBytes }, file, journal, call),
    remove: (file, id, journal, call) => removeDataset(service, file, id, journal, call),
    ...jobParts(service, account),
    checkpoints: async () => [],
    toDo: (model) => [
      `deploy ${model} at ${label} (POST ${root}/deployments {"baseModel": "${model}"}): billed by the second of GPU time; one that may scale to zero stops after an idle hour`,
    ],
  };
}

function checkWishes(label: string, { settings, method }: JobWishes): void {
  const refusal =
    settings.weights === "full"
      ? `${label} trains adapters: --weights lora`
      : settings.beta !== undefined && method !== "dpo"
        ? "--beta belongs to --method dpo"
        : undefined;
  if (refusal === undefined) return;
  throw new AssayError({ code: "bad-usage", message: refusal, remedy: "leave the option out" });
}

/** Models are resources too: they tell whether they can be tuned, and when they go. */
async function inspect(service: Service, { base, earlier }: JobWishes, call: CallOptions = {}): Promise<BaseFacts> {
  const model = earlier === null ? base : modelName(earlier.model);
  const facts = await modelFacts(service, model, call);
  const retires = retirementOf(model, facts);
  if (retires && isPast(retires.date, service.clock.now())) {
    throw cannotTune(`${service.label} retired ${model} on ${retires.date}; nothing was uploaded`);
  }
  const isTuned = earlier !== null || textOf(fieldsOf(facts["peftDetails"])["baseModel"]) !== null;
  if (facts["tunable"] === false && !isTuned) throw cannotTune(`${service.label} cannot tune "${model}"`);
  return {
    retires,
    notes: retires ? [`${model} retires on ${retires.date} (${retires.source})`] : [],
  };
}

async function modelFacts(service: Service, model: string, call: CallOptions): Promise<Fields> {
  try {
    return fieldsOf((await service.call({ method: "GET", path: `/v1/${modelName(model)}`, ...call })).body);
  } catch (error) {
    if (!(error instanceof ServiceError) || error.status !== 404) throw error;
    throw cannotTune(`${service.label} has no model "${model}"`);
  }
}

/** `llama-v3p1-8b-instruct` is one of Fireworks' own. */
const modelName = (model: string): string =>
  model.startsWith("accounts/") ? model : `accounts/fireworks/models/${model}`;

function retirementOf(model: string, facts: Fields): Retirement | null {
  const { year, month, day } = fieldsOf(facts["deprecationDate"]);
  const parts = [numberOf(year), numberOf(month), numberOf(day)];
  if (parts.some((part) => part === null || part === 0)) return null;
  const [y, m, d] = parts.map((part) => String(part).padStart(2, "0"));
  return { model, date: `${y}-${m}-${d}`, source: "Fireworks, just now" };
}

const cannotTune = (message: string): AssayError =>
  new AssayError({
    code: "unknown-model",
    message,
    remedy: "assay tune --base with one of its tunable models, e.g. accounts/fireworks/models/…",
  });

type JobParts = Pick<HostedWire, "find" | "create" | "look" | "cancel" | "goOn" | "list">;

/** Ids of jobs here are paths, which tell their kind. */
function jobParts(service: Service, account: string): JobParts {
  const root = `/v1/accounts/${account}`;
  const pathOf = (request: JobRequest) => `${root}/${kindOf(request).path}/${request.key}`;
  return {
    async find(request, call = {}) {
      return (await got(service, pathOf(request), call)) === undefined ? undefined : pathOf(request);
    },
    async create(request, call = {}) {
      const { path, idName } = kindOf(request);
      try {
        const query = { [idName]: request.key };
        await service.call({
          method: "POST",
          path: `${root}/${path}`,
          query,
          json: jobBody(request, account),
          ...call,
        });
      } catch (error) {
        // It exists: an earlier try went through.
        if (!(error instanceof ServiceError) || error.status !== 409) throw error;
      }
      return pathOf(request);
    },
    async look(id, _seen, call = {}) {
      const job = await got(service, id, call);
      return viewOf(id, job ?? { state: "JOB_STATE_DELETED" });
    },
    async cancel(id, call = {}) {
      await service.call({ method: "POST", path: `${id}:cancel`, json: {}, isRepeatable: true, ...call });
    },
    async goOn(id, call = {}) {
      await service.call({ method: "POST", path: `${id}:resume`, json: {}, isRepeatable: true, ...call });
    },
    async list(call = {}) {
      const jobs: JobElsewhere[] = [];
      for (const { path, listName } of [supervised, preference]) {
        for await (const job of pages(service, `${root}/${path}`, listName, call)) jobs.push(jobOfList(job));
      }
      return jobs.sort((a, b) => ((a.createdAt ?? "") < (b.createdAt ?? "") ? 1 : -1));
    },
  };
}

const kindOf = ({ method }: JobWishes): Kind => (method === "dpo" ? preference : supervised);

function jobBody(request: JobRequest, account: string): Json {
  const { method, settings, epochs, base, earlier, training, validation, key } = request;
  const { rank, learningRate, beta } = settings;
  const trains = {
    ...(earlier === null ? { baseModel: modelName(base) } : { warmStartFrom: modelName(earlier.model) }),
    outputModel: `accounts/${account}/models/${key}`,
    epochs,
    ...(rank === undefined ? {} : { loraRank: rank }),
    ...(learningRate === undefined ? {} : { learningRate }),
  };
  if (method !== "dpo") {
    const heldOut = validation === null ? {} : { evaluationDataset: validation };
    return { displayName: key, dataset: training, ...heldOut, ...trains };
  }
  const lossConfig = { method: "DPO", ...(beta === undefined ? {} : { klBeta: beta }) };
  return { displayName: key, dataset: training, trainingConfig: trains, lossConfig };
}

/** Undefined where there is none. */
async function got(service: Service, path: string, call: CallOptions): Promise<Fields | undefined> {
  try {
    return fieldsOf((await service.call({ method: "GET", path, ...call })).body);
  } catch (error) {
    if (error instanceof ServiceError && error.status === 404) return undefined;
    throw error;
  }
}

async function* pages(service: Service, path: string, listName: string, call: CallOptions): AsyncGenerator<Fields> {
  let pageToken: string | undefined;
  do {
    const { body } = await service.call({ method: "GET", path, query: { pageSize, pageToken }, ...call });
    yield* listOf(fieldsOf(body)[listName]);
    pageToken = textOf(fieldsOf(body)["nextPageToken"]) ?? undefined;
  } while (pageToken !== undefined);
}
