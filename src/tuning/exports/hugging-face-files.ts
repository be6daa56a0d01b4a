// A directory that `AutoModelForCausalLM.from_pretrained` opens. Weights need no translation: their names and layout are Llama's already.
import type { DecoderConfig } from "../../neural/decoder-config.ts";
import { safetensorsHeader } from "../../neural/safetensors.ts";
import type { Weights } from "../../neural/weights.ts";
import type { ChatTokenizer } from "../embedded/chat-tokenizer.ts";
import { bytesOfArray, type ExportFile, jsonFile, textFile } from "./export-files.ts";
import type { ExportSource } from "./export-source.ts";
import { huggingFaceTokenizerFiles } from "./hugging-face-tokenizer.ts";

/** `weights` is the whole model, or the base below an adapter. */
export function huggingFaceFiles(source: ExportSource, weights: Weights): readonly ExportFile[] {
  const { config, words, note } = source;
  return [
    jsonFile("config.json", llamaConfig(config, words)),
    safetensorsFile("model.safetensors", weights),
    ...huggingFaceTokenizerFiles(words, config.maximumLength),
    jsonFile("generation_config.json", {
      do_sample: false,
      eos_token_id: endIdsOf(words),
      pad_token_id: words.tables.endId,
    }),
    textFile(
      "README.md",
      `# A model tuned with Assay\n\n${note}\nIt was checked against the model Assay serves before it was put here.\n`,
    ),
  ];
}

export function safetensorsFile(name: string, weights: Weights): ExportFile {
  // transformers refuses files that do not say which library's layout they follow.
  const header = safetensorsHeader(weights, { format: "pt" });
  return { name, chunks: [header, ...[...weights.values()].map(({ data }) => bytesOfArray(data))] };
}

/** One number where there is one, as configurations write it. */
function endIdsOf({ tables, isEnd }: ChatTokenizer): number | readonly number[] {
  const ends = tables.vocabulary.flatMap((_, id) => (isEnd(id) ? [id] : []));
  return ends.length === 1 ? ends[0]! : ends;
}

function llamaConfig(config: DecoderConfig, words: ChatTokenizer): unknown {
  return {
    architectures: ["LlamaForCausalLM"],
    model_type: "llama",
    vocab_size: config.vocabulary,
    hidden_size: config.width,
    intermediate_size: config.hidden,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    num_key_value_heads: config.keyHeads,
    head_dim: config.headSize,
    hidden_act: "silu",
    max_position_embeddings: config.maximumLength,
    rms_norm_eps: config.normEpsilon,
    rope_theta: config.ropeBase,
    tie_word_embeddings: config.tied,
    attention_bias: false,
    mlp_bias: false,
    bos_token_id: words.beginId ?? null,
    eos_token_id: endIdsOf(words),
    torch_dtype: "float32",
  };
}
