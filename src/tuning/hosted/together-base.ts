// What Together allows for a base, asked before anything is uploaded.
import type { CallOptions } from "../../core/component.ts";
import { AssayError } from "../../core/errors.ts";
import { type Fields, fieldsOf, numberOf } from "./replies.ts";
import { ServiceError } from "./service-error.ts";
import type { Service } from "./service-http.ts";
import { endsAt } from "./sunsets.ts";
import type { BaseFacts, JobWishes } from "./wire.ts";

/** Throws `AssayError` for a base that cannot be tuned, or not as is wished. */
export async function inspectBase(service: Service, wishes: JobWishes, call: CallOptions = {}): Promise<BaseFacts> {
  const { base, earlier } = wishes;
  // Of a model that was tuned before, its base has the limits.
  const limits = await limitsOf(service, base, call);
  const refusal = earlier === null ? refusalOf(wishes, limits) : undefined;
  if (refusal !== undefined) {
    throw new AssayError({
      code: "bad-usage",
      message: `${service.label} ${refusal} for ${base}`,
      remedy: "change that, or name another base: assay tune --base",
    });
  }
  const mayNotDeploy = /-Reference$/i.test(base)
    ? [`some -Reference bases cannot be deployed: look whether ${base} can before you pay for training it`]
    : [];
  return { retires: null, notes: [...mayNotDeploy, ...endsAt("together", service.clock.now())] };
}

async function limitsOf(service: Service, base: string, call: CallOptions): Promise<Fields> {
  try {
    const query = { model_name: base };
    return fieldsOf((await service.call({ method: "GET", path: "/fine-tunes/models/limits", query, ...call })).body);
  } catch (error) {
    if (!(error instanceof ServiceError) || (error.status !== 404 && error.status !== 400)) throw error;
    throw new AssayError({
      code: "unknown-model",
      message: `${service.label} cannot tune "${base}"`,
      remedy: "assay tune --base with one of its list of models for fine-tuning",
      cause: error,
    });
  }
}

function refusalOf({ epochs, settings }: JobWishes, limits: Fields): string | undefined {
  const most = (name: string, fields: Fields = limits) => numberOf(fields[name]) ?? Number.POSITIVE_INFINITY;
  const { weights, rank, learningRate } = settings;
  if (epochs > most("max_num_epochs")) return `takes at most ${most("max_num_epochs")} epochs`;
  if (weights === "full" && limits["supports_full_training"] === false) return "trains adapters only";
  const mostRank = most("max_rank", fieldsOf(limits["lora_training"]));
  if (weights === "lora" && rank !== undefined && rank > mostRank) return `takes ranks up to ${mostRank}`;
  const [low, high] = [numberOf(limits["min_learning_rate"]) ?? 0, most("max_learning_rate")];
  if (learningRate !== undefined && (learningRate < low || learningRate > high))
    return `takes learning rates from ${low} to ${high}`;
  return undefined;
}
