// Reads an exported Hugging Face directory, or a PEFT one over its base, from the names and rules of those libraries.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type ExportAsRead, type LlamaAsRead, type LowRank, required, type TokenizerAsRead } from "./llama-as-read.ts";
import { readSafetensorsMatrices } from "./read-safetensors.ts";

type HubConfig = Readonly<
  Record<
    | "hidden_size"
    | "num_hidden_layers"
    | "num_attention_heads"
    | "num_key_value_heads"
    | "head_dim"
    | "rope_theta"
    | "rms_norm_eps",
    number
  >
>;

type TokenizerJson = {
  readonly added_tokens: readonly { readonly id: number; readonly content: string; readonly special: boolean }[];
  readonly model: {
    readonly vocab: Readonly<Record<string, number>>;
    readonly merges: readonly (readonly [string, string])[];
  };
};

type TokenizerConfig = { readonly eos_token: string; readonly chat_template: string };

async function readJson<T>(...path: readonly string[]): Promise<T> {
  return JSON.parse(await readFile(join(...path), "utf8")) as T;
}

export async function readHuggingFace(directory: string): Promise<ExportAsRead> {
  const config = await readJson<HubConfig>(directory, "config.json");
  const model: LlamaAsRead = {
    width: config.hidden_size,
    layers: config.num_hidden_layers,
    heads: config.num_attention_heads,
    keyHeads: config.num_key_value_heads,
    headSize: config.head_dim,
    ropeBase: config.rope_theta,
    normEpsilon: config.rms_norm_eps,
    turning: "halves",
    tensors: await readSafetensorsMatrices(join(directory, "model.safetensors")),
    adapters: new Map(),
  };
  return { model, tokenizer: await readTokenizer(directory) };
}

/** The base in `base_model_name_or_path`, with the adapter on top. */
export async function readPeft(directory: string): Promise<ExportAsRead> {
  const config = await readJson<{
    r: number;
    lora_alpha: number;
    base_model_name_or_path: string;
    target_modules: string[];
  }>(directory, "adapter_config.json");
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

async function readTokenizer(directory: string): Promise<TokenizerAsRead> {
  const { added_tokens: added, model } = await readJson<TokenizerJson>(directory, "tokenizer.json");
  const { eos_token: end, chat_template: chatTemplate } = await readJson<TokenizerConfig>(
    directory,
    "tokenizer_config.json",
  );
  const vocabulary: string[] = [];
  for (const [token, id] of Object.entries(model.vocab)) vocabulary[id] = token;
  for (const { id, content } of added) vocabulary[id] = content;
  return {
    vocabulary,
    merges: model.merges,
    controlIds: added.filter(({ special }) => special).map(({ id }) => id),
    endId: vocabulary.indexOf(end),
    chatTemplate,
  };
}
