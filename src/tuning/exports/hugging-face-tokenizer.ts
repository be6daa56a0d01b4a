// The tokenizer as Hugging Face's byte-level BPE: `tokenizer.json` for the rules, `tokenizer_config.json` for the chat template.
import { jinjaChatTemplate } from "../embedded/chat-template.ts";
import { chatMarks, type Tokenizer } from "../embedded/tokenizer.ts";
import { type ExportFile, jsonFile } from "./export-files.ts";

const endMark = "<|end|>";

export function huggingFaceTokenizerFiles(words: Tokenizer, maximumLength: number): readonly ExportFile[] {
  return [
    jsonFile("tokenizer.json", tokenizerRules(words)),
    jsonFile("tokenizer_config.json", {
      // Named, because the class that goes with a Llama config brings rules of its own.
      tokenizer_class: "PreTrainedTokenizerFast",
      model_max_length: maximumLength,
      bos_token: null,
      eos_token: endMark,
      pad_token: endMark,
      unk_token: null,
      // Keeps spaces before punctuation.
      clean_up_tokenization_spaces: false,
      chat_template: jinjaChatTemplate,
    }),
  ];
}

function tokenizerRules(words: Tokenizer): unknown {
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: chatMarks.map((content) => ({
      id: words.markId(content),
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(words.vocabulary.map((token, id) => [token, id])),
      merges: words.data.merges,
    },
  };
}
