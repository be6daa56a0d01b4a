// The seams to models: embedding and chat, embedded or remote, all alike.
import type { CallOptions, Component } from "./component.ts";
import type { Json } from "./json.ts";
import type { TrainingExample } from "./questions.ts";
import type { Hit } from "./retrieval.ts";
import type { ToolCall, ToolCallDelta, ToolOffer, Turn } from "./tools.ts";
import type { Usage } from "./usage.ts";

export type { Usage } from "./usage.ts";

export type Embedder = Component & {
  readonly dimensions: number;
  /** What this embedder is, in a phrase fit for a report, e.g. "static, bag of tokens, adapted on this corpus". */
  readonly label: string;
  /** Unit-length vectors, one per value and in order. An empty value gives the zero vector. */
  embed(
    input: { readonly values: readonly string[]; readonly role: "query" | "passage" },
    call?: CallOptions,
  ): Promise<{ readonly vectors: readonly Float32Array[]; readonly usage: readonly Usage[] }>;
};

/** A prompt stays structured until a model adapter renders it, so that extractive readers and chat models share one seam. */
export type PromptParts = {
  readonly instructions: string;
  /** Nearest first. */
  readonly examples: readonly TrainingExample[];
  /** In reading order; the answer cites them as `[1]`, `[2]`, … by position. */
  readonly passages: readonly Hit[];
  readonly question: string;
  /** Earlier turns, oldest first. */
  readonly history?: readonly Turn[];
  /** What happened since the question: tools called and what they gave back. */
  readonly since?: readonly Turn[];
  /** What the model may call; the caller's program runs it. */
  readonly tools?: ToolOffer;
  /** JSON Schema that the answer must satisfy. */
  readonly schema?: Json;
};

export type GenerateOptions = {
  readonly temperature?: number;
  readonly maxOutputTokens?: number;
};

/** Evidence that a reader points at by itself: UTF-16 offsets into `passages[passage].chunk.text`, `passage` from 0. */
export type PassageSpan = { readonly passage: number; readonly start: number; readonly end: number };

export type Generation = {
  /** The answer, with `[n]` markers where the model cites passage n. */
  readonly text: string;
  readonly finish: "stop" | "length" | "filtered";
  readonly usage: readonly Usage[];
  /** Calibrated probability that the answer is right; absent where the model has none. */
  readonly confidence?: number;
  /** Set by readers that decide it themselves; chat models decline in words, which the approach recognises. */
  readonly declined?: boolean;
  /** Best first. Set by readers that know their spans; else the approach verifies the `[n]` markers. */
  readonly spans?: readonly PassageSpan[];
  /** Set where the model calls tools instead of answering, or before it does. */
  readonly toolCalls?: readonly ToolCall[];
};

export type GenerationEvent =
  | { readonly type: "text-delta"; readonly text: string }
  | ToolCallDelta
  | { readonly type: "generation-end"; readonly generation: Generation };

export type ChatModel = Component & {
  /** What this model is, in a phrase fit for a report, e.g. "extractive, no language model". */
  readonly label: string;
  /** False for embedded readers that only quote: then no instruction, tone or format can be asked of it. */
  readonly followsInstructions: boolean;
  /** True where tools can be offered to it; offering them to any other model is a mistake of the caller. */
  readonly callsTools?: true;
  /** Throws `AssayError` (`model-failed`, `model-timeout`, `rate-limited`, `model-refused`, `missing-key`). */
  generate(prompt: PromptParts, options?: GenerateOptions, call?: CallOptions): Promise<Generation>;
  /** Ends with `generation-end`, or throws: a stream that breaks off never ends in silence. */
  stream(prompt: PromptParts, options?: GenerateOptions, call?: CallOptions): AsyncIterable<GenerationEvent>;
};
