// What an approach gives back, measured or served.
import type { CallOptions, Component } from "./component.ts";
import type { SourceDocument } from "./documents.ts";
import type { Json } from "./json.ts";
import type { GenerateOptions, Usage } from "./models.ts";
import type { Question, TrainingExample } from "./questions.ts";
import type { Access, Filter, Hit } from "./retrieval.ts";
import type { ToolCall, ToolCallDelta, ToolOffer, Turn } from "./tools.ts";

/** A quote that was found, character by character, in the stored text of its document. */
export type Citation = {
  readonly documentId: string;
  readonly source: string;
  readonly page?: number;
  /** `quote === document.text.slice(start, end)`. */
  readonly start: number;
  readonly end: number;
  readonly quote: string;
  readonly verified: true;
};

export type AnswerTimes = { readonly retrieve: number; readonly generate: number; readonly total: number };

export type Answer = {
  /** Without citation markers that could not be verified. */
  readonly text: string;
  readonly outcome: "answered" | "declined" | "failed";
  /** Set when `outcome` is `failed`. */
  readonly error?: { readonly code: string; readonly message: string };
  readonly confidence?: number;
  /** Best first. */
  readonly citations: readonly Citation[];
  /** Markers or quotes that named nothing real and were removed. */
  readonly droppedCitations: number;
  /** Passages that were put before the model, in rank order. */
  readonly hits: readonly Hit[];
  readonly usage: readonly Usage[];
  readonly ms: AnswerTimes;
  /** Set where the answer was cut at the output limit. */
  readonly truncated?: true;
  /** Set where the model calls tools: the answer proper comes once the caller has sent what they gave back. */
  readonly toolCalls?: readonly ToolCall[];
  /** Things the reader of a report should know, e.g. "12 of 40 documents did not fit". */
  readonly notes: readonly string[];
};

export type AnswerEvent =
  | { readonly type: "text-delta"; readonly text: string }
  | ToolCallDelta
  | { readonly type: "answer-end"; readonly answer: Answer };

/** What comes with a question besides its text. A measured question has nothing from `history` on; a conversation may. */
export type AnswerCall = CallOptions &
  Access & {
    readonly filter?: Filter;
    /** Earlier turns, oldest first. Readers without a language model see the question alone. */
    readonly history?: readonly Turn[];
    /** What happened since the question: tools called and what they gave back. */
    readonly since?: readonly Turn[];
    /** Only for answerers that `callsTools`. */
    readonly tools?: ToolOffer;
    /** JSON Schema that the answer must satisfy; the answer's text is then left exactly as the model wrote it. */
    readonly schema?: Json;
    /** Goes before the approach's own options, key by key. */
    readonly generate?: GenerateOptions;
  };

/** Answers one question at a time. Failures of the model become `outcome: "failed"`; only a cancelled call throws. */
export type Answerer = Component & {
  /** True where tools can be offered to its model. */
  readonly callsTools?: true;
  answer(question: Question, call?: AnswerCall): Promise<Answer>;
  stream(question: Question, call?: AnswerCall): AsyncIterable<AnswerEvent>;
  close(): Promise<void>;
};

/** All that preparing may see: knowledge and behaviour, never a held-out question. */
export type PrepareInput = {
  readonly documents: () => AsyncIterable<SourceDocument>;
  readonly training: readonly TrainingExample[];
  /** Empty on the first call; what `prepare` leaves here `open` finds again. */
  readonly directory: string;
};

/** `ms` where most of the work was done before, as training is; else preparing is measured. */
export type Prepared = { readonly usage: readonly Usage[]; readonly ms?: number };

export type Approach = Component & {
  /** True for baselines that are scored but never recommended. */
  readonly yardstick: boolean;
  readonly knowledgeFrom: string;
  readonly behaviourFrom: string;
  prepare(input: PrepareInput, call?: CallOptions): Promise<Prepared>;
  open(directory: string): Promise<Answerer>;
};
