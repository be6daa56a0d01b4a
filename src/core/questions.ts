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
};

export type Message = { readonly role: "system" | "user" | "assistant"; readonly content: string };

/** A behaviour example, as the fine-tuning APIs take it: the last message is the assistant's. */
export type TrainingExample = {
  readonly messages: readonly Message[];
  /** Examples of one group are never parted between training and held-out. */
  readonly group?: string;
};
