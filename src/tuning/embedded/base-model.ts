// The model that a run starts from: one of ours, or a Llama in a Hugging Face directory.
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { AssayError } from "../../core/errors.ts";
import { type DecoderConfig, weightShapes } from "../../neural/decoder-config.ts";
import type { Weights, WeightTensor } from "../../neural/weights.ts";
import { readEndIds } from "../formats/hugging-face-config.ts";
import { readTokenizerFiles } from "../formats/hugging-face-tokenizer-files.ts";
import type { LlamaAsRead, Matrix } from "../formats/llama-as-read.ts";
import { readHubLlama } from "../formats/read-hugging-face.ts";
import { descriptionFile, type ModelOnDisk, readModel } from "./model-files.ts";

/** Throws `not-found` where there is no model, `bad-config` for one that cannot be tuned, with the reason. */
export async function readBase(directory: string): Promise<ModelOnDisk> {
  if (existsSync(descriptionFile(directory)) || !existsSync(join(directory, "config.json")))
    return readModel(directory);
  try {
    return await readHubBase(directory);
  } catch (cause) {
    throw new AssayError({
      code: "bad-config",
      message: `${directory} cannot be tuned: ${cause instanceof Error ? cause.message : String(cause)}`,
      remedy:
        "give a Llama-like directory with config.json, model.safetensors and tokenizer.json: assay tune --base DIR",
      cause,
    });
  }
}

async function readHubBase(directory: string): Promise<ModelOnDisk> {
  const read = await readHubLlama(directory);
  const config = configOf(read);
  const files = await readTokenizerFiles(directory);
  const { foreignChat } = await import("./foreign-chat.ts");
  const words = foreignChat(files, { endIds: await readEndIds(directory), size: config.vocabulary });
  return {
    config,
    tokenizer: words.data,
    origin: { base: basename(directory) },
    words,
    weights: weightsOf(read, config),
  };
}

function configOf({ turning: _, tensors: __, adapters: ___, ...shape }: LlamaAsRead): DecoderConfig {
  return shape;
}

/** Buffers that older files hold beside the weights. */
const derived = /\.rotary_emb\.inv_freq$/;

function weightsOf({ tensors }: LlamaAsRead, config: DecoderConfig): Weights {
  const shapes = weightShapes(config);
  // A tied head is the embedding once more, where a file repeats it.
  const strange = [...tensors.keys()].find(
    (name) => !shapes.has(name) && !derived.test(name) && !(config.tied && name === "lm_head.weight"),
  );
  if (strange !== undefined) throw new Error(`it holds ${strange}, which a Llama has not`);
  return new Map([...shapes].map(([name, shape]) => [name, weightOf(name, shape, tensors.get(name))]));
}

function weightOf(name: string, shape: readonly number[], matrix: Matrix | undefined): WeightTensor {
  if (matrix === undefined) throw new Error(`its weights lack ${name}`);
  const found = shape.length === 1 ? [matrix.columns] : [matrix.rows, matrix.columns];
  if (`${found}` !== `${shape}` || (shape.length === 1 && matrix.rows !== 1)) {
    throw new Error(`its ${name} is [${found}], its configuration wants [${shape}]`);
  }
  return { shape, data: matrix.data };
}
