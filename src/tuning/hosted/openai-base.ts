// Whether a base can be tuned over OpenAI's protocol, and until when: announced dates first, then what the service says.
import type { CallOptions } from "../../core/component.ts";
import { AssayError } from "../../core/errors.ts";
import type { Retirement } from "../../core/training.ts";
import { fieldsOf, textOf } from "./replies.ts";
import { ServiceError } from "./service-error.ts";
import type { Service } from "./service-http.ts";
import { endsAt, isPast, openAiRetirement, openAiTrainingEnds } from "./sunsets.ts";
import type { BaseFacts, JobWishes } from "./wire.ts";

/** Dates first: they are known without asking, and nothing may be uploaded past them. */
export async function inspectBase(
  service: Service,
  isPlatform: boolean,
  { base, earlier }: JobWishes,
  call: CallOptions = {},
): Promise<BaseFacts> {
  const model = earlier?.model ?? base;
  const now = service.clock.now();
  if (isPlatform && isPast(openAiTrainingEnds, now)) throw platformEnded(service.label);
  const known = isPlatform ? openAiRetirement(model) : null;
  if (known && isPast(known.date, now)) throw retired(service.label, known);
  const retires = (await shutdownOf(service, model, call)) ?? known;
  if (retires && isPast(retires.date, now)) throw retired(service.label, retires);
  return {
    retires,
    notes: [
      ...(isPlatform ? endsAt("openai", now) : []),
      ...(retires
        ? [`${retires.model} retires on ${retires.date}, and what is tuned from it with it (${retires.source})`]
        : []),
    ],
  };
}

/** Look-alikes may not list models at all: only a plain word that there is no such model stops a run. */
async function shutdownOf(service: Service, model: string, call: CallOptions): Promise<Retirement | null> {
  try {
    const { body } = await service.call({ method: "GET", path: `/models/${encodeURIComponent(model)}`, ...call });
    const date = textOf(fieldsOf(body)["shutdown_date"]);
    return date === null ? null : { model, date, source: `${service.label}, just now` };
  } catch (error) {
    if (!(error instanceof ServiceError) || error.status !== 404) throw error;
    if (error.code !== "model_not_found") return null;
    throw new AssayError({
      code: "unknown-model",
      message: `${service.label} has no model "${model}" for this key`,
      remedy: "assay tune --base with one that it can tune",
      cause: error,
    });
  }
}

const elsewhere = "tune elsewhere: --trainer together or fireworks, an Azure address in tuning.trainers.openai.baseUrl";

const platformEnded = (label: string): AssayError =>
  new AssayError({
    code: "model-refused",
    message: `${label} has taken no fine-tuning jobs since ${openAiTrainingEnds}; nothing was uploaded`,
    remedy: elsewhere,
  });

const retired = (label: string, { model, date, source }: Retirement): AssayError =>
  new AssayError({
    code: "unknown-model",
    message: `${label} retired ${model} on ${date} (${source}); nothing was uploaded`,
    remedy: `name another base, or ${elsewhere}`,
  });
