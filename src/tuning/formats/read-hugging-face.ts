// Reads a Llama from a Hugging Face directory, or from a PEFT one over its base, by the names and rules of those libraries.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readHubShape } from "./hugging-face-config.ts";
import { readTokenizerTables } from "./hugging-face-tokenizer-files.ts";
import { type LlamaAsRead, type LowRank, type ModelAsRead, required } from "./llama-as-read.ts";
import { readModelTensors, readSafetensorsMatrices } from "./read-safetensors.ts";

export async function readHuggingFace(directory: string): Promise<ModelAsRead> {
  return { model: await readHubLlama(directory), tokenizer: await readTokenizerTables(directory) };
}

export async function readHubLlama(directory: string): Promise<LlamaAsRead> {
  const shape = await readHubShape(directory);
  return { ...shape, turning: "halves", tensors: await readModelTensors(directory), adapters: new Map() };
}

/** The base in `base_model_name_or_path`, with the adapter on top. */
export async function readPeft(directory: string): Promise<ModelAsRead> {
  const config = JSON.parse(await readFile(join(directory, "adapter_config.json"), "utf8")) as {
    r: number;
    lora_alpha: number;
    base_model_name_or_path: string;
    target_modules: string[];
  };
  const tensors = await readSafetensorsMatrices(join(directory, "adapter_model.safetensors"));
  const { model, tokenizer } = await readHuggingFace(join(directory, config.base_model_name_or_path));
  const adapters = new Map<string, LowRank>();
  for (const name of model.tensors.keys()) {
    const matrix = name.replace(/\.weight$/, "");
    if (!config.target_modules.some((target) => matrix.endsWith(`.${target}`))) continue;
    const key = `base_model.model.${matrix}`;
    adapters.set(matrix, {
      down: required(tensors.get(`${key}.lora_A.weight`), `${key}.lora_A.weight`),
      up: required(tensors.get(`${key}.lora_B.weight`), `${key}.lora_B.weight`),
      scale: config.lora_alpha / config.r,
    });
  }
  if (tensors.size !== 2 * adapters.size)
    throw new Error("adapter_model.safetensors holds more than its config targets");
  return { model: { ...model, adapters }, tokenizer };
}
