// A base's own tokenizer and chat template as a chat tokenizer: byte-level BPE by its rules, conversations by its Jinja template.
import { Template } from "@huggingface/jinja";
import { Tokenizer } from "@huggingface/tokenizers";
import {
  mergesOf,
  type TokenizerFiles,
  type TokenizerRules,
  vocabularyOf,
} from "../formats/hugging-face-tokenizer-files.ts";
import { byteLetters, bytesOf } from "./byte-alphabet.ts";
import type { ChatTokenizer } from "./chat-tokenizer.ts";
import { type ChatRules, encodedExample, encodedPrompt } from "./foreign-conversation.ts";

export type ForeignChatOptions = {
  /** From the base's configuration, beside the end token that the tokenizer itself names. */
  readonly endIds: readonly number[];
  /** Rows of the embedding. */
  readonly size: number;
};

/** For a base that was never taught to converse: plain words and its own end token. */
const plainTemplate =
  "{% for message in messages %}{{ message['role'] + ': ' + message['content'] }}" +
  "{% if message['role'] == 'assistant' %}{{ eos_token }}{% endif %}{{ '\\n' }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}";

/** Throws an `Error` with one sentence for a tokenizer that is read by other rules. */
export function foreignChat(files: TokenizerFiles, { endIds, size }: ForeignChatOptions): ChatTokenizer {
  const { rules, beginToken, endToken, chatTemplate = plainTemplate } = files;
  const vocabulary = vocabularyOf(rules);
  const fault = faultOf(rules, vocabulary, size);
  if (fault !== undefined) throw new Error(fault);
  const endId = endToken === undefined ? endIds[0] : vocabulary.indexOf(endToken);
  if (endId === undefined || endId < 0) throw new Error("its files name no token that ends an answer");
  const ends = new Set([...endIds, endId]);
  const marks = rules.added_tokens.filter(({ special }) => special);
  const chat: ChatRules = {
    template: new Template(chatTemplate),
    specials: { bos_token: beginToken ?? "", eos_token: vocabulary[endId]! },
    marks: marks.map(({ content }) => content),
    ...encoders(files),
    endId,
    isEnd: (id) => ends.has(id),
  };
  const tokenBytes = bytesById(rules, vocabulary);
  const bytes = (id: number) => tokenBytes[id] ?? noBytes;
  return {
    data: { files: [...files.texts.keys()], endIds: [...ends] },
    files: files.texts,
    size,
    tables: { vocabulary, merges: mergesOf(rules), controlIds: marks.map(({ id }) => id), endId, chatTemplate },
    ...(beginToken === undefined ? {} : { beginId: vocabulary.indexOf(beginToken) }),
    splitsLikeGpt2: splitsLikeGpt2(rules),
    isEnd: chat.isEnd,
    encode: chat.plain,
    encodeExample: (messages) => encodedExample(chat, messages),
    encodePrompt: (messages) => encodedPrompt(chat, messages),
    bytes,
    decode: (ids) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(Buffer.concat(ids.map(bytes))),
  };
}

const noBytes = new Uint8Array();

/** One reads marks, as templates need; the other reads none, whatever a user wrote. */
function encoders({ rules, config }: TokenizerFiles): Pick<ChatRules, "marked" | "plain"> {
  const encoder = (of: TokenizerRules) => {
    const tokenizer = new Tokenizer(of, config);
    return (text: string) => tokenizer.encode(text, { add_special_tokens: false }).ids;
  };
  const unmarked = { ...rules, added_tokens: rules.added_tokens.filter(({ special }) => !special) };
  return { marked: encoder(rules), plain: encoder(unmarked) };
}

function faultOf(rules: TokenizerRules, vocabulary: readonly string[], size: number): string | undefined {
  if (rules.model.type !== "BPE" || !JSON.stringify(rules.decoder ?? null).includes('"ByteLevel"')) {
    return `its tokenizer is ${rules.model.type ?? "of an unnamed kind"}, and only byte-level BPE is read`;
  }
  if (vocabulary.length > size) {
    return `its tokenizer has ${vocabulary.length} tokens, its weights have ${size}: they do not belong together`;
  }
  const known = new Set(vocabulary);
  const lacking = byteLetters.filter((letter) => !known.has(letter)).length;
  return lacking === 0 ? undefined : `its tokenizer lacks ${lacking} of the 256 bytes, so not every text has tokens`;
}

function splitsLikeGpt2({ pre_tokenizer: splitter, normalizer, added_tokens: added, model }: TokenizerRules): boolean {
  const rule = splitter as { type?: string; add_prefix_space?: boolean; use_regex?: boolean } | null | undefined;
  const isByteLevel = rule?.type === "ByteLevel" && rule.add_prefix_space === false && rule.use_regex !== false;
  const skipsMerges = (model as { ignore_merges?: boolean }).ignore_merges === true;
  return isByteLevel && normalizer == null && !skipsMerges && added.every(({ special }) => special);
}

/** Tokens that were added stand for their own letters, marks for nothing, all others for the bytes they spell. */
function bytesById({ added_tokens: added }: TokenizerRules, vocabulary: readonly string[]): readonly Uint8Array[] {
  const own = new Map(added.map(({ id, content, special }) => [id, special ? "" : content]));
  const utf8 = new TextEncoder();
  return vocabulary.map((token, id) => {
    const text = own.get(id);
    return text === undefined ? bytesOf(token) : utf8.encode(text);
  });
}
