// `config.json` of a Hugging Face directory: the shape of a Llama, or the sentence that says why this is none that can be tuned.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { LlamaAsRead } from "./llama-as-read.ts";

type HubConfig = {
  readonly model_type?: string;
  readonly hidden_size: number;
  readonly intermediate_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly num_key_value_heads?: number;
  readonly head_dim?: number | null;
  readonly max_position_embeddings?: number;
  readonly vocab_size: number;
  readonly rms_norm_eps?: number;
  readonly rope_theta?: number;
  /** Since transformers 5. */
  readonly rope_parameters?: { readonly rope_theta?: number; readonly rope_type?: string };
  readonly rope_scaling?: { readonly rope_type?: string; readonly type?: string } | null;
  readonly tie_word_embeddings?: boolean;
  readonly hidden_act?: string;
  readonly attention_bias?: boolean;
  readonly mlp_bias?: boolean;
  readonly sliding_window?: number | null;
  readonly quantization_config?: unknown;
  readonly eos_token_id?: number | readonly number[] | null;
};

export type HubShape = Omit<LlamaAsRead, "turning" | "tensors" | "adapters">;

/** Mistral without a sliding window computes what Llama computes. */
const architectures: ReadonlySet<string> = new Set(["llama", "mistral"]);

/** What LlamaConfig takes for keys that a file leaves out. */
const defaults = { maximumLength: 2048, ropeBase: 10_000, normEpsilon: 1e-6 };

/** Throws an `Error` with one sentence for what is no plain Llama. */
export async function readHubShape(directory: string): Promise<HubShape> {
  const config = JSON.parse(await readFile(join(directory, "config.json"), "utf8")) as HubConfig;
  const fault = faultOf(config);
  if (fault !== undefined) throw new Error(fault);
  const { hidden_size: width, num_attention_heads: heads } = config;
  return {
    vocabulary: config.vocab_size,
    width,
    hidden: config.intermediate_size,
    layers: config.num_hidden_layers,
    heads,
    keyHeads: config.num_key_value_heads ?? heads,
    headSize: config.head_dim ?? width / heads,
    maximumLength: config.max_position_embeddings ?? defaults.maximumLength,
    ropeBase: config.rope_parameters?.rope_theta ?? config.rope_theta ?? defaults.ropeBase,
    normEpsilon: config.rms_norm_eps ?? defaults.normEpsilon,
    tied: config.tie_word_embeddings ?? false,
  };
}

function faultOf(config: HubConfig): string | undefined {
  const { model_type: type = "unnamed", hidden_act: activation = "silu" } = config;
  const rope = config.rope_parameters?.rope_type ?? config.rope_scaling?.rope_type ?? config.rope_scaling?.type;
  if (!architectures.has(type)) return `its architecture is ${type}; Llama's is the one that can be tuned here`;
  if (config.quantization_config) return "its weights are quantised; take the unquantised model";
  if (activation !== "silu") return `its activation is ${activation}; only silu can be tuned here`;
  if (config.attention_bias || config.mlp_bias) return "its linear layers have biases, which cannot be tuned here";
  if (rope !== undefined && rope !== "default")
    return `its rotary positions are scaled (${rope}), which is not read here`;
  if (config.sliding_window) return "its attention slides over a window, which is not read here";
  const heads = config.num_attention_heads;
  if (heads % (config.num_key_value_heads ?? heads) !== 0) return "its key heads do not divide its heads";
  return undefined;
}

/** Every token that ends an answer, by the model's own files. */
export async function readEndIds(directory: string): Promise<readonly number[]> {
  const ids = new Set<number>();
  for (const name of ["config.json", "generation_config.json"]) {
    const text = await readFile(join(directory, name), "utf8").catch(() => "{}");
    const { eos_token_id: end } = JSON.parse(text) as Pick<HubConfig, "eos_token_id">;
    for (const id of [end ?? []].flat()) ids.add(id);
  }
  return [...ids];
}
