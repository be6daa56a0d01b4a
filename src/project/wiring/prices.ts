// The user's side of money, as the configuration states it: price book, rates, traffic, and which servers are the user's own.
import type { MoneyInputs } from "../../economics/approach-money.ts";
import { type PriceBook, priceBook } from "../../economics/price-book.ts";
import type { Traffic } from "../../economics/rates.ts";
import { providerCatalog } from "../../models/provider-catalog.ts";
import type { ResolvedConfig } from "../config/config-schema.ts";

export function priceBookOf(config: ResolvedConfig): Promise<PriceBook> {
  const { machineHourUsd, gpuHourUsd, models } = config.prices;
  return priceBook({ machineHourUsd, gpuHourUsd, models, isOwnServer: (modelId) => isOwnServer(modelId, config) });
}

/** `traffic` replaces what the configuration states. */
export function moneyInputs(
  config: ResolvedConfig,
  prices: PriceBook,
  traffic: Partial<Traffic> = {},
): MoneyInputs & { readonly prices: PriceBook } {
  const { queriesPerMonth } = config;
  return { prices, rates: config.prices, traffic: { ...config.traffic, queriesPerMonth, ...traffic } };
}

/** Embedded, or on a server of one's own at a local address. */
export function runsOnThisMachine(modelId: string, config: ResolvedConfig): boolean {
  const provider = providerOf(modelId);
  if (provider === "embedded") return true;
  const address = config.providers[provider]?.baseUrl ?? addressOf(provider);
  return address !== undefined && ["localhost", "127.0.0.1", "[::1]"].includes(new URL(address).hostname);
}

/** Servers that the config names, and the catalogue's local ones: they have no list price. */
function isOwnServer(modelId: string, config: ResolvedConfig): boolean {
  const provider = providerOf(modelId);
  return provider in config.providers || providerCatalog[provider]?.keyIsOptional === true;
}

function addressOf(provider: string): string | undefined {
  const found = providerCatalog[provider];
  return (found?.baseUrlVariable && process.env[found.baseUrlVariable]) || found?.baseUrl;
}

function providerOf(modelId: string): string {
  return modelId.slice(0, modelId.indexOf("/"));
}
