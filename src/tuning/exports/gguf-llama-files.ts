// The model in llama.cpp's `llama` architecture: its names, metadata and layout, as a whole model and as base plus LoRA adapter.

import { AssayError } from "../../core/errors.ts";
import { type DecoderConfig, embeddingName, finalNormName, headName } from "../../neural/decoder-config.ts";
import type { Weights, WeightTensor } from "../../neural/weights.ts";
import type { ChatTokenizer } from "../embedded/chat-tokenizer.ts";
import type { ExportFile } from "./export-files.ts";
import { adapterOf, type ExportSource } from "./export-source.ts";
import { type GgufTensor, type GgufValue, ggufChunks } from "./gguf-container.ts";

/** Of the matrices; norms and adapters are always float32. */
export type Precision = "float32" | "float16";

const fileTypes = { float32: 0, float16: 1 } as const;
const tokenTypes = { normal: 1, control: 3, unused: 5 } as const;

/**
 * llama.cpp has several names for GPT-2's splitting rule. Under "gpt-2" it also drops spaces before punctuation from the text it
 * gives back ("a , b" becomes "a, b"); under this one it leaves the text alone.
 */
const splittingRule = "trillion";

const blockNames: Readonly<Record<string, string>> = {
  input_layernorm: "attn_norm",
  post_attention_layernorm: "ffn_norm",
  "self_attn.q_proj": "attn_q",
  "self_attn.k_proj": "attn_k",
  "self_attn.v_proj": "attn_v",
  "self_attn.o_proj": "attn_output",
  "mlp.gate_proj": "ffn_gate",
  "mlp.up_proj": "ffn_up",
  "mlp.down_proj": "ffn_down",
};

const outerNames: Readonly<Record<string, string>> = {
  [embeddingName]: "token_embd.weight",
  [finalNormName]: "output_norm.weight",
  [headName]: "output.weight",
};

function ggufName(name: string): string {
  const outer = outerNames[name];
  if (outer !== undefined) return outer;
  const [, layer, part, end] = /^model\.layers\.(\d+)\.(.+?)\.(weight|lora_A\.weight|lora_B\.weight)$/.exec(name)!;
  const ending = { weight: "weight", "lora_A.weight": "weight.lora_a", "lora_B.weight": "weight.lora_b" }[end!];
  return `blk.${layer}.${blockNames[part!]}.${ending}`;
}

/** One file that answers by itself. A tied head is left out: llama.cpp then reads the embedding table. */
export function ggufFile(name: string, source: ExportSource, weights: Weights, precision: Precision): ExportFile {
  const tensors = [...weights].map(([key, tensor]) => ggufTensor(source.config, key, tensor, precision));
  const metadata = new Map([...modelMetadata(source, precision), ...tokenizerMetadata(source.words)]);
  return { name, chunks: ggufChunks(metadata, tensors) };
}

/** The adapter alone; it fits only the base exported beside it. */
export function ggufAdapterFile(name: string, source: ExportSource): ExportFile {
  const { lora, weights } = adapterOf(source, "gguf");
  const metadata = new Map<string, GgufValue>([
    ["general.architecture", { string: "llama" }],
    ["general.type", { string: "adapter" }],
    ["general.description", { string: source.note }],
    ["adapter.type", { string: "lora" }],
    ["adapter.lora.alpha", { float32: lora.alpha }],
  ]);
  const tensors = [...weights].map(([key, tensor]) => ggufTensor(source.config, key, tensor, "float32"));
  return { name, chunks: ggufChunks(metadata, tensors) };
}

function ggufTensor(config: DecoderConfig, name: string, tensor: WeightTensor, precision: Precision): GgufTensor {
  const { shape, data } = /(q_proj|k_proj)\.(weight|lora_B\.weight)$/.test(name) ? interleaved(tensor, config) : tensor;
  const narrow = precision === "float16" && shape.length > 1;
  return { name: ggufName(name), shape, data: narrow ? Float16Array.from(data) : data };
}

/**
 * llama.cpp turns neighbours (0,1), (2,3) … of a head where Llama turns its halves (0, n/2), (1, n/2+1) …; so rows change places,
 * and attention, a product of queries and keys moved alike, stays what it was.
 */
function interleaved({ shape, data }: WeightTensor, { headSize }: DecoderConfig): WeightTensor {
  const [rows, columns] = shape as [number, number];
  const half = headSize / 2;
  const moved = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    const within = row % headSize;
    const target = row - within + 2 * (within % half) + Math.floor(within / half);
    moved.set(data.subarray(row * columns, (row + 1) * columns), target * columns);
  }
  return { shape, data: moved };
}

function modelMetadata({ config, note }: ExportSource, precision: Precision): ReadonlyMap<string, GgufValue> {
  return new Map<string, GgufValue>([
    ["general.architecture", { string: "llama" }],
    ["general.type", { string: "model" }],
    ["general.name", { string: "Tuned with Assay" }],
    ["general.description", { string: note }],
    ["general.file_type", { uint32: fileTypes[precision] }],
    ["llama.context_length", { uint32: config.maximumLength }],
    ["llama.embedding_length", { uint32: config.width }],
    ["llama.block_count", { uint32: config.layers }],
    ["llama.feed_forward_length", { uint32: config.hidden }],
    ["llama.attention.head_count", { uint32: config.heads }],
    ["llama.attention.head_count_kv", { uint32: config.keyHeads }],
    ["llama.attention.key_length", { uint32: config.headSize }],
    ["llama.attention.value_length", { uint32: config.headSize }],
    ["llama.attention.layer_norm_rms_epsilon", { float32: config.normEpsilon }],
    ["llama.rope.dimension_count", { uint32: config.headSize }],
    ["llama.rope.freq_base", { float32: config.ropeBase }],
    ["llama.vocab_size", { uint32: config.vocabulary }],
  ]);
}

function tokenizerMetadata({ tables, size, beginId, splitsLikeGpt2 }: ChatTokenizer): ReadonlyMap<string, GgufValue> {
  if (!splitsLikeGpt2) throw unknownSplitting();
  const isControl = new Set(tables.controlIds);
  const tokens = Array.from({ length: size }, (_, id) => tables.vocabulary[id] ?? `[unused ${id}]`);
  const typeOf = (id: number) => {
    if (id >= tables.vocabulary.length) return tokenTypes.unused;
    return isControl.has(id) ? tokenTypes.control : tokenTypes.normal;
  };
  return new Map<string, GgufValue>([
    ["tokenizer.ggml.model", { string: "gpt2" }],
    ["tokenizer.ggml.pre", { string: splittingRule }],
    ["tokenizer.ggml.tokens", { strings: tokens }],
    ["tokenizer.ggml.token_type", { int32s: tokens.map((_, id) => typeOf(id)) }],
    ["tokenizer.ggml.merges", { strings: tables.merges.map(([left, right]) => `${left} ${right}`) }],
    // Where nothing begins a conversation but its first mark, llama.cpp would otherwise take token 11 for a beginning.
    ["tokenizer.ggml.bos_token_id", { uint32: beginId ?? tables.endId }],
    ["tokenizer.ggml.eos_token_id", { uint32: tables.endId }],
    ["tokenizer.ggml.padding_token_id", { uint32: tables.endId }],
    ["tokenizer.ggml.add_bos_token", { bool: false }],
    ["tokenizer.ggml.add_eos_token", { bool: false }],
    ["tokenizer.chat_template", { string: tables.chatTemplate }],
  ]);
}

/** Under another rule's name llama.cpp would answer, and answer worse. */
const unknownSplitting = (): AssayError =>
  new AssayError({
    code: "bad-usage",
    message:
      "the base's tokenizer splits texts by a rule that is not written to GGUF: llama.cpp would read other tokens",
    remedy: "assay tune export --format huggingface, then convert that folder with llama.cpp's own script",
  });
