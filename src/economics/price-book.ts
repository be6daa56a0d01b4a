// Prices model calls one by one: the user's own prices first, then the public price list, processor time for embedded parts.
// What has no known price is unpriced with a reason, never free.
import type { Usage } from "../core/models.ts";
import type { Cost, CostModel } from "../core/scores.ts";
import { isEmbedded } from "./ledger.ts";

export type ModelPrice = {
  readonly inputUsdPerMillionTokens: number;
  readonly outputUsdPerMillionTokens: number;
  /** Default: cached input costs what other input does. */
  readonly cachedInputUsdPerMillionTokens?: number | undefined;
};

export type PriceBookOptions = {
  /** One vCPU for one hour, in USD; default 0.10, a common price of a rented machine. */
  readonly machineHourUsd?: number;
  /** By `provider/model`; overrides the public list. */
  readonly models?: Readonly<Record<string, ModelPrice>>;
  /** One hour of a machine with a GPU: prices the measured time of models on one's own servers. */
  readonly gpuHourUsd?: number | undefined;
  /** True for models on one's own servers, which have no list price. */
  readonly isOwnServer?: (modelId: string) => boolean;
};

export type PriceBook = CostModel & {
  /** What the prices of these models rest on, in sentences for the report. */
  assumptions(modelIds: readonly string[]): readonly string[];
};

const defaultMachineHourUsd = 0.1;
const msPerHour = 3_600_000;
const listName = "@pydantic/genai-prices 0.1.8";

type CalcPrice = typeof import("@pydantic/genai-prices").calcPrice;

/** Loads the public price list that ships with the package; nothing is fetched. */
export async function priceBook(options: PriceBookOptions = {}): Promise<PriceBook> {
  const { machineHourUsd = defaultMachineHourUsd, models = {}, gpuHourUsd, isOwnServer = () => false } = options;
  const { calcPrice } = await import("@pydantic/genai-prices");
  const priceCall = (usage: Usage): Cost => {
    if (usage.bill) return billed(usage.bill);
    const own = models[usage.modelId];
    if (isEmbedded(usage.modelId) && !own) return machineCost(usage, machineHourUsd);
    if (isOwnServer(usage.modelId) && !own) return serverCost(usage, gpuHourUsd);
    if (usage.tokensUnknown) return uncounted(usage);
    return own ? { status: "priced", usd: ownPriceUsd(usage, own) } : listPrice(usage, calcPrice);
  };
  return {
    name: "price-book",
    version: "1",
    config: {
      machineHourUsd,
      gpuHourUsd: gpuHourUsd ?? null,
      models: JSON.parse(JSON.stringify(models)),
      list: listName,
    },
    cost: (usage) => sumCosts(usage.map(priceCall)),
    assumptions: (modelIds) =>
      [...new Set(modelIds)].map((id) => {
        if (isOwnServer(id) && !models[id]) return serverAssumption(id, gpuHourUsd);
        return assumptionFor(id, models[id], machineHourUsd);
      }),
  };
}

/** The sum, or the first reason why there is none. Nothing used costs nothing. */
export function sumCosts(costs: readonly Cost[]): Cost {
  const unpriced = costs.find((cost) => cost.status === "unpriced");
  if (unpriced) return unpriced;
  return { status: "priced", usd: costs.reduce((sum, cost) => sum + (cost.status === "priced" ? cost.usd : 0), 0) };
}

/** The token fields of such a call are 0 and mean nothing, so neither list nor config can price it. */
function uncounted({ modelId }: Usage): Cost {
  return { status: "unpriced", reason: `${modelId} did not report how many tokens a call used` };
}

function billed(bill: NonNullable<Usage["bill"]>): Cost {
  return "usd" in bill ? { status: "priced", usd: bill.usd } : { status: "unpriced", reason: bill.unknown };
}

function ownPriceUsd({ inputTokens, cachedInputTokens, outputTokens }: Usage, price: ModelPrice): number {
  const { inputUsdPerMillionTokens: input, cachedInputUsdPerMillionTokens: cached = input } = price;
  const fresh = inputTokens - cachedInputTokens;
  return (fresh * input + cachedInputTokens * cached + outputTokens * price.outputUsdPerMillionTokens) / 1_000_000;
}

/** One call at a time is assumed to keep the whole machine busy: an upper bound. */
function serverCost({ modelId, durationMs }: Usage, gpuHourUsd: number | undefined): Cost {
  if (gpuHourUsd !== undefined) return { status: "priced", usd: (durationMs / msPerHour) * gpuHourUsd };
  const reason = `no price known for ${modelId}: set prices.gpuHourUsd or prices.models["${modelId}"] in assay.config.ts`;
  return { status: "unpriced", reason };
}

function serverAssumption(modelId: string, gpuHourUsd: number | undefined): string {
  if (gpuHourUsd === undefined)
    return `${modelId}: runs on your own server, and prices.gpuHourUsd is not set: unpriced.`;
  return `${modelId}: measured time of each call at USD ${gpuHourUsd} per GPU hour, from the config, as if calls never ran side by side.`;
}

function machineCost({ modelId, cpuMs }: Usage, machineHourUsd: number): Cost {
  if (cpuMs === undefined) return { status: "unpriced", reason: `${modelId} did not report its processor time` };
  return { status: "priced", usd: (cpuMs / msPerHour) * machineHourUsd };
}

/** Tiers depend on the size of one call, so calls are priced singly and then added. */
function listPrice(usage: Usage, calcPrice: CalcPrice): Cost {
  const slash = usage.modelId.indexOf("/");
  const [providerId, model] = [usage.modelId.slice(0, slash), usage.modelId.slice(slash + 1)];
  const tokens = {
    input_tokens: usage.inputTokens,
    cache_read_tokens: usage.cachedInputTokens,
    output_tokens: usage.outputTokens,
  };
  const price = slash > 0 ? calcPrice(tokens, model, { providerId }) : null;
  if (price) return { status: "priced", usd: price.total_price };
  const reason = `no price known for ${usage.modelId}: set prices.models["${usage.modelId}"] in assay.config.ts`;
  return { status: "unpriced", reason };
}

function assumptionFor(modelId: string, own: ModelPrice | undefined, machineHourUsd: number): string {
  if (own) {
    const { inputUsdPerMillionTokens: input, outputUsdPerMillionTokens: output } = own;
    return `${modelId}: USD ${input} per million input tokens and ${output} per million output tokens, from the config.`;
  }
  if (isEmbedded(modelId))
    return `${modelId}: measured processor time at USD ${machineHourUsd} per vCPU hour, assumed.`;
  return `${modelId}: list price in ${listName}; discounts and taxes are not counted.`;
}
