// Model names: `provider/model`, split on the first slash or colon, since model names hold both.
import { AssayError } from "../core/errors.ts";

export type ModelId = { readonly provider: string; readonly model: string };

/** Reads `provider/model` or `provider:model`. Throws `AssayError` `unknown-model` for anything else. */
export function parseModelId(id: string): ModelId {
  const [, provider, model] = /^([A-Za-z0-9_-]+)[/:](\S+)$/.exec(id.trim()) ?? [];
  if (provider && model) return { provider: provider.toLowerCase(), model };
  throw new AssayError({
    code: "unknown-model",
    message: `"${id}" is not the name of a model`,
    remedy: "write provider/model, for example ollama/llama3.2 or openai/gpt-5-mini",
  });
}

/** The one spelling used in usage, prices and reports. */
export function formatModelId({ provider, model }: ModelId): string {
  return `${provider}/${model}`;
}
