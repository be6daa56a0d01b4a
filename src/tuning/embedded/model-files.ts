// A tuned model on disk: `model.json` (shape, tokenizer, origin), `model.safetensors`, and beside them `adapter.safetensors` for LoRA
// and the tokenizer's own files where a base brought some.
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AssayError } from "../../core/errors.ts";
import { type DecoderConfig, embeddingName, weightShapes } from "../../neural/decoder-config.ts";
import { readSafetensors, writeSafetensors } from "../../neural/safetensors.ts";
import { type LoraConfig, mergedWeights, type Weights } from "../../neural/weights.ts";
import { readTokenizerFiles } from "../formats/hugging-face-tokenizer-files.ts";
import type { ChatTokenizer, ChatTokenizerData } from "./chat-tokenizer.ts";
import { ownChat } from "./own-chat.ts";
import { tokenizer } from "./tokenizer.ts";

export type ModelDescription = {
  readonly config: DecoderConfig;
  readonly tokenizer: ChatTokenizerData;
  readonly lora?: LoraConfig;
  /** `random`: it knows only its examples. Else the name of the base it was tuned from. */
  readonly origin: "random" | { readonly base: string };
  /** The system message its examples began with, if most did. */
  readonly system?: string;
};

export type ModelOnDisk = ModelDescription & {
  readonly words: ChatTokenizer;
  readonly weights: Weights;
  readonly adapter?: Weights;
};

export const descriptionFile = (directory: string): string => join(directory, "model.json");
export const weightsFile = (directory: string): string => join(directory, "model.safetensors");
export const adapterFile = (directory: string): string => join(directory, "adapter.safetensors");

/** Throws `not-found` where there is no model, `corrupt-state` where its parts do not fit each other. */
export async function readModel(directory: string): Promise<ModelOnDisk> {
  const description = await readDescription(directory);
  const { weights } = await readSafetensors(weightsFile(directory));
  const words = await readWords(directory, description);
  checkWeights(directory, description.config, weights, words);
  if (!description.lora) return { ...description, words, weights };
  const { weights: adapter } = await readSafetensors(adapterFile(directory));
  return { ...description, words, weights, adapter };
}

async function readWords(directory: string, { tokenizer: data, config }: ModelDescription): Promise<ChatTokenizer> {
  if ("merges" in data) return ownChat(tokenizer(data));
  const { foreignChat } = await import("./foreign-chat.ts");
  return foreignChat(await readTokenizerFiles(directory), { endIds: data.endIds, size: config.vocabulary });
}

/** The weights to generate with: an adapter is folded into its base. */
export function effectiveWeights({ config, weights, adapter, lora }: ModelOnDisk): Weights {
  return adapter && lora ? mergedWeights(config, weights, adapter, lora) : weights;
}

async function readDescription(directory: string): Promise<ModelDescription> {
  try {
    return JSON.parse(await readFile(descriptionFile(directory), "utf8")) as ModelDescription;
  } catch (cause) {
    throw new AssayError({
      code: "not-found",
      message: `${directory} holds no model that the embedded trainer can read (model.json)`,
      remedy: "assay tune",
      cause,
    });
  }
}

function checkWeights(directory: string, config: DecoderConfig, weights: Weights, words: ChatTokenizer): void {
  const fault = (message: string) =>
    new AssayError({ code: "corrupt-state", message: `${directory}: ${message}`, remedy: "assay tune" });
  for (const [name, shape] of weightShapes(config)) {
    const found = weights.get(name)?.shape;
    if (`${found}` !== `${shape}`)
      throw fault(`${name} is [${found ?? "missing"}], the model's shape wants [${shape}]`);
  }
  const rows = weights.get(embeddingName)!.shape[0];
  if (rows !== words.size) {
    throw fault(`its tokenizer has ${words.size} tokens, its weights have ${rows}: they do not belong together`);
  }
}

/** Written first of all, so that a directory with weights always says what they are. */
export async function writeDescription(directory: string, description: ModelDescription): Promise<void> {
  await writeJson(descriptionFile(directory), description);
}

/** A base's own tokenizer goes along, file by file. */
export async function writeTokenizerFiles(directory: string, { files }: ChatTokenizer): Promise<void> {
  for (const [name, text] of files) await writeFile(join(directory, name), text);
}

/** The base below an adapter goes to disk once, `writeTuned` of every better adapter after it. */
export async function writeBase(directory: string, weights: Weights): Promise<void> {
  await writeSafetensors(weightsFile(directory), weights);
}

/** What is tuned: the adapter, or all weights. */
export async function writeTuned(directory: string, trainable: Weights, isAdapter: boolean): Promise<void> {
  await writeSafetensors(isAdapter ? adapterFile(directory) : weightsFile(directory), trainable);
}

/** Replaces the file at once or not at all. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.partial`, `${JSON.stringify(value)}\n`);
  await rename(`${path}.partial`, path);
}
