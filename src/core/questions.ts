// What is asked, and the gold that answerers never see.
import type { Json } from "./json.ts";

/** All that an answerer is given. The runner builds it afresh, so that no gold can travel along. */
export type Question = { readonly id: string; readonly text: string };

/** Names gold evidence: a document by `documentId` or `source`, narrowed by page or character span. `grade` defaults to 1. */
export type Relevant = {
  readonly documentId?: string;
  readonly source?: string;
  readonly page?: number;
  readonly start?: number;
  readonly end?: number;
  readonly grade?: number;
};

/** A style rule that needs no judge: a regular expression (flags `iu`) the answer must, or must not, match. */
export type StyleCheck = { readonly must: string } | { readonly mustNot: string };

export type HeldOutQuestion = Question & {
  /** Acceptable answers; a metric takes the best of them. */
  readonly references: readonly string[];
  /** False: the right behaviour is to decline. */
  readonly answerable: boolean;
  readonly kind?: string;
  /** Questions of one group are one cluster in every interval. */
  readonly group?: string;
  /** JSON Schema that the answer must satisfy. */
  readonly schema?: Json;
  readonly relevant: readonly Relevant[];
  readonly checks: readonly StyleCheck[];
  /** Style rules in plain words, for a judge that reads. */
  readonly rubric?: readonly string[];
};

export type Message = { readonly role: "system" | "user" | "assistant"; readonly content: string };

/** A behaviour example, as the fine-tuning APIs take it: the last message is the assistant's. */
export type TrainingExample = {
  readonly messages: readonly Message[];
  /** Examples of one group are never parted between training and held-out. */
  readonly group?: string;
};

/** A question, and two answers of which one is better: what preference tuning learns from. */
export type PreferenceExample = {
  /** End with the user's turn. */
  readonly messages: readonly Message[];
  readonly preferred: string;
  readonly rejected: string;
  readonly group?: string;
};

/** A preference as the conversation that it would rather have had; a conversation as it is. */
export function asConversation(example: TrainingExample | PreferenceExample): TrainingExample {
  if (!("preferred" in example)) return example;
  const { messages, preferred, group } = example;
  const answer = { role: "assistant", content: preferred } as const;
  return { messages: [...messages, answer], ...(group === undefined ? {} : { group }) };
}
