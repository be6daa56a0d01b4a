// The price book as this project's configuration fills it.
import { type PriceBook, priceBook } from "../economics/price-book.ts";
import type { ResolvedConfig } from "./config-schema.ts";

export function priceBookOf(config: ResolvedConfig): Promise<PriceBook> {
  return priceBook({ machineHourUsd: config.prices.machineHourUsd, models: config.prices.models });
}
