// OpenAI's fine-tuning protocol: that platform, Azure, and look-alikes by their address.
import { AssayError } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import { inspectBase } from "./openai-base.ts";
import { removeFile, uploadFile } from "./openai-files.ts";
import { jobOfList, viewOf } from "./openai-job.ts";
import { firstIn, freshEvents, idIn, pages } from "./openai-lists.ts";
import { lossesOf } from "./openai-result-file.ts";
import { type Fields, fieldsOf, numberOf, textOf } from "./replies.ts";
import { unlessRefused } from "./service-error.ts";
import type { Service } from "./service-http.ts";
import type { Checkpoint, HostedWire, JobRequest, JobWishes } from "./wire.ts";

export type OpenAiWireOptions = {
  readonly service: Service;
  readonly baseUrl: string;
  readonly keyVariable: string;
  /** Azure's, sent with the job. */
  readonly trainingType?: string | undefined;
  /** One hour of the deployment that a tuned model needs at Azure. */
  readonly endpointHourUsd?: number | undefined;
};

const platformHost = "api.openai.com";
const mostBytes = 512 * 1024 ** 2;

export function openAiWire(options: OpenAiWireOptions): HostedWire {
  const { service, baseUrl, keyVariable, endpointHourUsd } = options;
  const isPlatform = new URL(baseUrl).hostname === platformHost;
  const isAzure = /\.azure\.com$/.test(new URL(baseUrl).hostname);
  const wire = parts(service, options);
  return {
    name: "openai",
    service,
    identity: { baseUrl },
    rules: { format: "openai", label: service.label, mostBytes },
    keyVariable,
    hosting: isAzure
      ? { kind: "endpoint", usdPerHour: endpointHourUsd ?? null, billsWhenIdle: true }
      : { kind: "per-token" },
    check: checkWishes,
    inspect: (wishes, call) => inspectBase(service, isPlatform, wishes, call),
    billedTokens: ({ epochs }, training) => epochs * training.tokens,
    ...wire,
    toDo: (model) =>
      isAzure ? [`deploy ${model} in the Azure portal, then name the deployment in tuning.models.sft`] : [],
  };
}

function checkWishes({ settings: { learningRate, rank, weights } }: JobWishes): void {
  const [option, why] =
    learningRate !== undefined
      ? ["--learning-rate", "it takes a multiplier of a rate that it keeps to itself"]
      : rank !== undefined
        ? ["--rank", "it chooses the adapter itself"]
        : weights === "full"
          ? ["--weights full", "it trains adapters"]
          : [];
  if (option === undefined) return;
  throw new AssayError({
    code: "bad-usage",
    message: `OpenAI's protocol has no ${option}: ${why}`,
    remedy: `leave ${option} out`,
  });
}

type Parts = Pick<
  HostedWire,
  "upload" | "remove" | "find" | "create" | "look" | "losses" | "checkpoints" | "cancel" | "goOn" | "list"
>;

function parts(service: Service, { trainingType }: OpenAiWireOptions): Parts {
  const jobs = "/fine_tuning/jobs";
  return {
    upload: (file, journal, _wishes, call) => uploadFile(service, file, journal, call),
    remove: (file, id, journal, call) => removeFile(service, file, id, journal, call),
    async find({ key }, call = {}) {
      const query = { "metadata[assay]": key };
      const isOurs = (job: Fields) =>
        fieldsOf(job["metadata"])["assay"] === key || textOf(job["fine_tuned_model"])?.includes(key) === true;
      return textOf((await firstIn(service, jobs, query, isOurs, call))?.["id"]) ?? undefined;
    },
    async create(request, call = {}) {
      const { body } = await service.call({
        method: "POST",
        path: jobs,
        json: jobBody(request, trainingType),
        ...call,
      });
      return idIn(service, body);
    },
    async look(id, seen, call = {}) {
      const { body } = await service.call({ method: "GET", path: `${jobs}/${id}`, ...call });
      const events = await unlessRefused(freshEvents(service, `${jobs}/${id}/events`, seen, call), []);
      return viewOf(fieldsOf(body), events, service.clock.now());
    },
    async losses(id, call = {}) {
      const { body } = await service.call({ method: "GET", path: `${jobs}/${id}`, ...call });
      return lossesOf(service, fieldsOf(body)["result_files"], call);
    },
    async checkpoints(id, call = {}) {
      const found: Checkpoint[] = [];
      for await (const one of pages(service, `${jobs}/${id}/checkpoints`, {}, call)) {
        const [model, step] = [textOf(one["fine_tuned_model_checkpoint"]), numberOf(one["step_number"])];
        if (model !== null && step !== null) found.push({ step, model });
      }
      return found.sort((a, b) => a.step - b.step);
    },
    async cancel(id, call = {}) {
      await service.call({ method: "POST", path: `${jobs}/${id}/cancel`, isRepeatable: true, ...call });
    },
    async goOn(id, call = {}) {
      await service.call({ method: "POST", path: `${jobs}/${id}/resume`, isRepeatable: true, ...call });
    },
    async list(call = {}) {
      return (await Array.fromAsync(pages(service, jobs, {}, call))).map(jobOfList);
    },
  };
}

function jobBody(request: JobRequest, trainingType: string | undefined): Json {
  const { method, settings, epochs, training, validation, key, base, earlier } = request;
  const hyperparameters = {
    n_epochs: epochs,
    ...(method === "dpo" && settings.beta !== undefined ? { beta: settings.beta } : {}),
  };
  return {
    model: earlier?.model ?? base,
    training_file: training,
    ...(validation === null ? {} : { validation_file: validation }),
    suffix: key,
    seed: settings.seed,
    metadata: { assay: key },
    method:
      method === "dpo"
        ? { type: "dpo", dpo: { hyperparameters } }
        : { type: "supervised", supervised: { hyperparameters } },
    ...(trainingType === undefined ? {} : { trainingType }),
  };
}
