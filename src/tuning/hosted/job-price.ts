// What a job will cost, and what it did: the provider's word first, then the user's price, then an old list.
import type { CallOptions } from "../../core/component.ts";
import type { Cost } from "../../core/scores.ts";
import type { DatasetFiles } from "./dataset-file.ts";
import type { Journal } from "./journal.ts";
import { uploadAct } from "./start-job.ts";
import { type Priced, trainingPrice } from "./training-prices.ts";
import type { HostedWire, JobView, JobWishes } from "./wire.ts";

export type Pricing = {
  readonly wire: HostedWire;
  readonly wishes: JobWishes;
  /** What the user knows better than any list. */
  readonly usdPerMillion: number | undefined;
};

/** Nothing is uploaded to learn it: the provider is asked where it has the files already. */
export async function expectedPrice(
  pricing: Pricing,
  { training, validation }: DatasetFiles,
  journal: Journal,
  call: CallOptions,
): Promise<Priced> {
  const { wire, wishes } = pricing;
  const [file, heldOut] = [journal.made(uploadAct(training)), validation && journal.made(uploadAct(validation))];
  if (wire.estimate && file !== undefined && heldOut !== undefined) {
    const uploaded = { training: String(file), validation: heldOut === null ? null : String(heldOut) };
    const estimate = await wire.estimate(wishes, uploaded, call);
    if (!("unavailable" in estimate)) return { cost: estimate.cost, isFromOldList: false };
  }
  return priceOf(pricing, wire.billedTokens(wishes, training, validation));
}

export function finalPrice(pricing: Pricing, { cost, tokens }: JobView): Cost {
  if (cost !== null) return cost;
  const { label } = pricing.wire.service;
  if (tokens === null) return { status: "unpriced", reason: `${label} did not say what it billed` };
  return priceOf(pricing, tokens).cost;
}

function priceOf({ wire, wishes, usdPerMillion }: Pricing, tokens: number): Priced {
  const { settings, method, base } = wishes;
  return trainingPrice({
    ...{ trainer: wire.name, label: wire.service.label, base, tokens, usdPerMillion },
    isPlainLora: settings.weights === "lora" && method !== "dpo",
  });
}
