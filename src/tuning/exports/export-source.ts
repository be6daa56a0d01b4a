// What there is to export: a tuned model's parts as every format needs them, and what must be said of it wherever it goes.
import { AssayError } from "../../core/errors.ts";
import type { LoraConfig, Weights } from "../../neural/weights.ts";
import type { ChatTokenizer } from "../embedded/chat-tokenizer.ts";
import { readTuned } from "../embedded/hub-tuned-model.ts";
import { effectiveWeights, type ModelDescription } from "../embedded/model-files.ts";

export type Adapter = { readonly weights: Weights; readonly lora: LoraConfig };

export type ExportSource = {
  readonly config: ModelDescription["config"];
  readonly words: ChatTokenizer;
  /** What answers today: an adapter is folded into its base. */
  readonly whole: Weights;
  /** Equal to `whole` where all weights were trained. */
  readonly base: Weights;
  readonly adapter?: Adapter;
  /** One sentence on what the model knows. */
  readonly note: string;
};

export async function exportSource(directory: string): Promise<ExportSource> {
  const found = await readTuned(directory);
  const { config, words, weights: base, adapter, lora, origin } = found;
  return {
    config,
    words,
    whole: effectiveWeights(found),
    base,
    ...(adapter && lora && { adapter: { weights: adapter, lora } }),
    note:
      origin === "random"
        ? "Trained by Assay from random weights: it knows only the examples it was trained on."
        : `Tuned by Assay from ${origin.base}.`,
  };
}

/** Throws `bad-usage` where all weights were trained and there is no adapter. */
export function adapterOf({ adapter }: ExportSource, whole: "huggingface" | "gguf"): Adapter {
  if (adapter) return adapter;
  throw new AssayError({
    code: "bad-usage",
    message: "all weights of this model were trained, so there is no adapter to export",
    remedy: `assay tune export --format ${whole}`,
  });
}
