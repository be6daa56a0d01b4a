// Reads llama.cpp's `llama` architecture, and a LoRA adapter for it, as llama.cpp does: by its metadata, turning neighbours.
import { type GgufAsRead, readGguf } from "./gguf-reader.ts";
import {
  type LlamaAsRead,
  type LowRank,
  type Matrix,
  type ModelAsRead,
  required,
  type TokenizerAsRead,
} from "./llama-as-read.ts";

const outerNames = new Map([
  ["token_embd.weight", "model.embed_tokens.weight"],
  ["output_norm.weight", "model.norm.weight"],
  ["output.weight", "lm_head.weight"],
]);

const blockNames = new Map([
  ["attn_norm", "input_layernorm"],
  ["ffn_norm", "post_attention_layernorm"],
  ["attn_q", "self_attn.q_proj"],
  ["attn_k", "self_attn.k_proj"],
  ["attn_v", "self_attn.v_proj"],
  ["attn_output", "self_attn.o_proj"],
  ["ffn_gate", "mlp.gate_proj"],
  ["ffn_up", "mlp.up_proj"],
  ["ffn_down", "mlp.down_proj"],
]);

function hubName(name: string): string {
  const outer = outerNames.get(name);
  if (outer !== undefined) return outer;
  const [, layer, part, end] = required(/^blk\.(\d+)\.(\w+)\.(.+)$/.exec(name) ?? undefined, `a meaning of ${name}`);
  return `model.layers.${layer}.${required(blockNames.get(part!), `a meaning of ${name}`)}.${end}`;
}

function matrices({ tensors }: GgufAsRead): ReadonlyMap<string, Matrix> {
  return new Map(
    [...tensors].map(([name, { dimensions, data }]) => {
      const [columns = 1, rows = 1] = dimensions;
      return [hubName(name), { rows, columns, data }] as const;
    }),
  );
}

export async function readGgufLlama(path: string): Promise<ModelAsRead> {
  const file = await readGguf(path);
  const number = (key: string) => required(file.metadata.get(key) as number | undefined, key);
  if (file.metadata.get("general.architecture") !== "llama")
    throw new Error(`${path} is not of the llama architecture`);
  const headSize = number("llama.attention.key_length");
  if (number("llama.rope.dimension_count") !== headSize) throw new Error(`${path} turns only part of each head`);
  const model: LlamaAsRead = {
    vocabulary: number("llama.vocab_size"),
    width: number("llama.embedding_length"),
    hidden: number("llama.feed_forward_length"),
    layers: number("llama.block_count"),
    heads: number("llama.attention.head_count"),
    keyHeads: number("llama.attention.head_count_kv"),
    headSize,
    maximumLength: number("llama.context_length"),
    ropeBase: number("llama.rope.freq_base"),
    normEpsilon: number("llama.attention.layer_norm_rms_epsilon"),
    tied: !file.tensors.has("output.weight"),
    turning: "neighbours",
    tensors: matrices(file),
    adapters: new Map(),
  };
  return { model, tokenizer: readTokenizer(file) };
}

/** The adapters of one file, by the name of the matrix they adapt. */
export async function readGgufAdapters(path: string): Promise<LlamaAsRead["adapters"]> {
  const file = await readGguf(path);
  const alpha = required(file.metadata.get("adapter.lora.alpha") as number | undefined, "adapter.lora.alpha");
  const isAdapter = file.metadata.get("general.type") === "adapter" && file.metadata.get("adapter.type") === "lora";
  if (!isAdapter) throw new Error(`${path} does not say that it is a LoRA adapter`);
  const all = matrices(file);
  const adapters = new Map<string, LowRank>();
  for (const [name, down] of all) {
    if (!name.endsWith(".weight.lora_a")) continue;
    const matrix = name.slice(0, -".weight.lora_a".length);
    const up = required(all.get(`${matrix}.weight.lora_b`), `${matrix}.weight.lora_b`);
    adapters.set(matrix, { down, up, scale: alpha / down.rows });
  }
  return adapters;
}

function readTokenizer({ metadata }: GgufAsRead): TokenizerAsRead {
  const read = <T>(key: string) => required(metadata.get(`tokenizer.${key}`) as T | undefined, `tokenizer.${key}`);
  const control = 3;
  return {
    vocabulary: read<string[]>("ggml.tokens"),
    merges: read<string[]>("ggml.merges").map((merge) => merge.split(" ") as [string, string]),
    controlIds: read<number[]>("ggml.token_type").flatMap((type, id) => (type === control ? [id] : [])),
    endId: read<number>("ggml.eos_token_id"),
    chatTemplate: read<string>("chat_template"),
  };
}
