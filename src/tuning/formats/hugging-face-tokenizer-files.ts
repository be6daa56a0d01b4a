// The tokenizer of a Hugging Face directory as its files give it: rules, special tokens, chat template. Applies none of them.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { required, type TokenizerAsRead } from "./llama-as-read.ts";

type NamedToken = string | { readonly content: string } | null | undefined;

export type TokenizerRules = {
  readonly added_tokens: readonly { readonly id: number; readonly content: string; readonly special: boolean }[];
  readonly pre_tokenizer?: unknown;
  readonly decoder?: unknown;
  readonly normalizer?: unknown;
  readonly model: {
    readonly type?: string;
    readonly vocab: Readonly<Record<string, number>>;
    readonly merges: readonly (string | readonly [string, string])[];
  };
};

export type TokenizerConfig = {
  readonly bos_token?: NamedToken;
  readonly eos_token?: NamedToken;
  readonly chat_template?: string | readonly { readonly name: string; readonly template: string }[];
  readonly [key: string]: unknown;
};

export type TokenizerFiles = {
  readonly rules: TokenizerRules;
  readonly config: TokenizerConfig;
  readonly beginToken?: string;
  readonly endToken?: string;
  readonly chatTemplate?: string;
  /** The files themselves, so that they can go elsewhere unchanged. */
  readonly texts: ReadonlyMap<string, string>;
};

/** transformers writes long templates into a file of their own. */
export const templateFile = "chat_template.jinja";
const rulesFile = "tokenizer.json";
const configFile = "tokenizer_config.json";
const names = [rulesFile, configFile, templateFile, "special_tokens_map.json"];

/** Throws an `Error` with one sentence where there is no `tokenizer.json`. */
export async function readTokenizerFiles(directory: string): Promise<TokenizerFiles> {
  const texts = new Map<string, string>();
  for (const name of names) {
    const text = await readFile(join(directory, name), "utf8").catch(() => undefined);
    if (text !== undefined) texts.set(name, text);
  }
  if (!texts.has(rulesFile)) throw new Error(`it holds no ${rulesFile}; other formats of tokenizers are not read`);
  const rules = JSON.parse(texts.get(rulesFile)!) as TokenizerRules;
  const config = JSON.parse(texts.get(configFile) ?? "{}") as TokenizerConfig;
  const chatTemplate = texts.get(templateFile) ?? defaultTemplate(config.chat_template);
  const [beginToken, endToken] = [spellingOf(config.bos_token), spellingOf(config.eos_token)];
  return {
    rules,
    config,
    ...(beginToken === undefined ? {} : { beginToken }),
    ...(endToken === undefined ? {} : { endToken }),
    ...(chatTemplate === undefined ? {} : { chatTemplate }),
    texts,
  };
}

const spellingOf = (token: NamedToken): string | undefined => (typeof token === "string" ? token : token?.content);

const defaultTemplate = (templates: TokenizerConfig["chat_template"]): string | undefined =>
  typeof templates === "object" ? templates.find(({ name }) => name === "default")?.template : templates;

/** Spellings by id. Throws where an id is missing or given twice. */
export function vocabularyOf({ added_tokens: added, model }: TokenizerRules): readonly string[] {
  const vocabulary: string[] = [];
  for (const [token, id] of Object.entries(model.vocab)) vocabulary[id] = token;
  for (const { id, content } of added) vocabulary[id] = content;
  const gap = [...vocabulary.keys()].find((id) => vocabulary[id] === undefined);
  if (gap !== undefined) throw new Error(`its vocabulary has no token ${gap}`);
  return vocabulary;
}

export const mergesOf = ({ model }: TokenizerRules): readonly (readonly [string, string])[] =>
  model.merges.map((merge) => (typeof merge === "string" ? (merge.split(" ") as [string, string]) : merge));

export async function readTokenizerTables(directory: string): Promise<TokenizerAsRead> {
  const { rules, endToken, chatTemplate } = await readTokenizerFiles(directory);
  const vocabulary = vocabularyOf(rules);
  return {
    vocabulary,
    merges: mergesOf(rules),
    controlIds: rules.added_tokens.filter(({ special }) => special).map(({ id }) => id),
    endId: vocabulary.indexOf(required(endToken, "an end token")),
    chatTemplate: required(chatTemplate, "a chat template"),
  };
}
