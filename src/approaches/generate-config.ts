// The part of an approach's config that says how its model is asked.
import type { Json } from "../core/json.ts";
import type { GenerateOptions } from "../core/models.ts";
import { defaultGenerateOptions } from "./answering.ts";

/** Temperature and output limit as they will be sent; what is left to the provider is null. */
export function generateConfig(options: GenerateOptions = defaultGenerateOptions): { readonly generate: Json } {
  return { generate: { temperature: options.temperature ?? null, maxOutputTokens: options.maxOutputTokens ?? null } };
}
