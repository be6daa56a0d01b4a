// Which environment variables the configured models need, and which of them are not set.
import { keyVariableOf } from "../../models/registry.ts";
import type { ResolvedConfig } from "./config-schema.ts";

export type MissingKey = { readonly model: string; readonly variable: string };

export function missingKeys(config: ResolvedConfig): readonly MissingKey[] {
  const models = [config.generator, config.embedder, config.retrieval.reranker].filter((model) => model !== "none");
  return models.flatMap((model) => {
    const variable = keyVariableOf(model, { providers: config.providers });
    return variable !== undefined && !process.env[variable] ? [{ model, variable }] : [];
  });
}
