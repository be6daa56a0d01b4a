// What every engine that answers with tuned weights is given, and what every one of them says of its answers. Knows no engine.
import type { ChatModel, PromptParts } from "../../core/models.ts";

export type ServedWeights = {
  /** What a server calls it. */
  readonly name: string;
  /** The base that was tuned: an adapter on any other is noise. */
  readonly base: string;
  readonly kind: "adapter" | "whole";
  /** Of the trained weights. */
  readonly sha256: string;
  /** In the layout of Hugging Face, of PEFT for an adapter. Absolute. */
  readonly directory: string;
  /** The same for llama.cpp, written when first asked for. Throws `AssayError` for a base that cannot be written so. */
  gguf(): Promise<GgufFiles>;
  /** The system message that the examples began with, if most did. */
  readonly system?: string;
};

/** Absolute paths, in a folder named after the run. `base` and `adapter` where an adapter was trained; `whole` has it folded in. */
export type GgufFiles = {
  readonly whole: string;
  readonly base?: string;
  readonly adapter?: string;
  /** The chat template in Ollama's own language, and what ends an answer, where they are known. */
  readonly ollama?: { readonly template: string; readonly stop: string };
};

/** How much of an adapter is applied: always all of it, and recorded all the same. */
export const adapterScale = 1;

/** Stands in the identity of every answer: a comparison cannot mistake the base for the tuned model. */
export function recordOf({ base, kind, sha256 }: ServedWeights): Readonly<Record<string, string | number>> {
  return kind === "adapter" ? { base, adapter: sha256, scale: adapterScale } : { base, weights: sha256 };
}

/** `open` puts the weights where the engine finds them, once; after a failure the next question tries again. */
export function servedModel(
  weights: ServedWeights,
  description: Pick<ChatModel, "name" | "label" | "version"> & { readonly engine: Readonly<Record<string, string>> },
  open: () => Promise<ChatModel>,
): ChatModel {
  let opened: Promise<ChatModel> | undefined;
  const opens = (): Promise<ChatModel> => {
    opened ??= open().catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
  const { engine, ...rest } = description;
  return {
    ...rest,
    config: { ...engine, ...recordOf(weights) },
    followsInstructions: true,
    generate: async (prompt, options, call) => (await opens()).generate(asTrained(weights, prompt), options, call),
    async *stream(prompt, options, call) {
      yield* (await opens()).stream(asTrained(weights, prompt), options, call);
    },
  };
}

/** Where nothing else is asked of it, it is told what its examples were told. */
function asTrained({ system }: ServedWeights, prompt: PromptParts): PromptParts {
  const isTold = prompt.instructions.trim() !== "" || (prompt.history ?? []).some(({ role }) => role === "system");
  return system === undefined || isTold ? prompt : { ...prompt, instructions: system };
}
