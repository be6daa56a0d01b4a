// The tokenizer as Hugging Face's byte-level BPE: `tokenizer.json` for the rules, `tokenizer_config.json` for the chat template.
import type { ChatTokenizer } from "../embedded/chat-tokenizer.ts";
import { templateFile } from "../formats/hugging-face-tokenizer-files.ts";
import { type ExportFile, jsonFile, textFile } from "./export-files.ts";

/** A base's own files go on as they came; ours are written from the tables. */
export function huggingFaceTokenizerFiles(words: ChatTokenizer, maximumLength: number): readonly ExportFile[] {
  return words.files.size > 0 ? filesOfBase(words) : filesOfOurs(words, maximumLength);
}

/** With the template in a file of its own: it may have been none of the base's. */
function filesOfBase({ files, tables }: ChatTokenizer): readonly ExportFile[] {
  return [...new Map([...files, [templateFile, tables.chatTemplate]])].map(([name, text]) => textFile(name, text));
}

function filesOfOurs(words: ChatTokenizer, maximumLength: number): readonly ExportFile[] {
  const endMark = words.tables.vocabulary[words.tables.endId];
  return [
    jsonFile("tokenizer.json", tokenizerRules(words.tables)),
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
      chat_template: words.tables.chatTemplate,
    }),
  ];
}

function tokenizerRules({ vocabulary, merges, controlIds }: ChatTokenizer["tables"]): unknown {
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: controlIds.map((id) => ({
      id,
      content: vocabulary[id],
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
      vocab: Object.fromEntries(vocabulary.map((token, id) => [token, id])),
      merges,
    },
  };
}
