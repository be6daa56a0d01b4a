// What stands between conversations and token ids, whoever made the tokenizer: Assay for a model from random weights, or the
// people who made a base. Training, generation and exports know nothing else of it.
import type { Message } from "../../core/questions.ts";
import type { TokenizerAsRead } from "../formats/llama-as-read.ts";
import type { EncodedExample } from "./chat-template.ts";
import type { TokenizerData } from "./tokenizer.ts";

/** All there is to save: merges of ours, or a base's own files beside the description. */
export type ChatTokenizerData = TokenizerData | ForeignTokenizerData;

export type ForeignTokenizerData = {
  /** Names of files, as they stood in the base's folder. */
  readonly files: readonly string[];
  readonly endIds: readonly number[];
};

export type ChatTokenizer = {
  readonly data: ChatTokenizerData;
  /** A base's own files by name, passed on unchanged; none for a tokenizer of ours. */
  readonly files: ReadonlyMap<string, string>;
  /** Rows of the embedding: a base may have more than its tokenizer has tokens. */
  readonly size: number;
  /** The parts that other engines read. */
  readonly tables: TokenizerAsRead;
  /** The text that a template may begin with, and that other engines must be told of. */
  readonly beginId?: number;
  /** True where text is split by GPT-2's rule, which exports can check by a second implementation. */
  readonly splitsLikeGpt2: boolean;
  /** True for the tokens that end an answer. */
  isEnd(id: number): boolean;
  /** Ids of a text; marks spelled out in it stay text. */
  encode(text: string): readonly number[];
  encodeExample(messages: readonly Message[]): EncodedExample;
  /** The conversation so far, up to where the assistant begins to speak. */
  encodePrompt(messages: readonly Message[]): readonly number[];
  /** The UTF-8 bytes of one token; none for a mark, or for a row without a token. */
  bytes(id: number): Uint8Array;
  decode(ids: readonly number[]): string;
};
