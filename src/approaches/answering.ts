// From a structured prompt to an answer: calls the model, verifies citations, recognises declines, turns failures into answers.
// The same path whether the answer is streamed or not. It knows no approach.
import type { Answer, AnswerCall, AnswerEvent, Answerer } from "../core/answers.ts";
import type { Component } from "../core/component.ts";
import { AssayError } from "../core/errors.ts";
import type { ChatModel, GenerateOptions, Generation, PromptParts, Usage } from "../core/models.ts";
import type { Question } from "../core/questions.ts";
import type { Hit } from "../core/retrieval.ts";
import { citationMarkers, withoutNumbers } from "./citation-markers.ts";
import { citationsFromMarkers, citationsFromSpans, type PageLookup } from "./citations.ts";
import { isDecline } from "./decline.ts";

/** What an approach has to say before the model speaks: a prompt, or an answer that needs no model. */
export type Draft = {
  readonly hits: readonly Hit[];
  /** What retrieving consumed. */
  readonly usage: readonly Usage[];
  readonly notes: readonly string[];
} & ({ readonly prompt: PromptParts } | { readonly text: string; readonly outcome: "answered" | "declined" });

export type AnswererParts = {
  readonly identity: Component;
  readonly draft: (question: Question, call: AnswerCall) => Promise<Draft>;
  /** Absent for approaches whose drafts are always answers. */
  readonly model?: ChatModel;
  /** Default `defaultGenerateOptions`. */
  readonly generate?: GenerateOptions;
  readonly pagesOf?: PageLookup;
  readonly close?: () => Promise<void>;
};

/** Temperature 0, so that measuring twice measures the same. `{}` leaves everything to the provider. */
export const defaultGenerateOptions: GenerateOptions = { temperature: 0 };

/**
 * Makes the answerer of an approach. Only a cancelled call throws; any other failure is an answer that says so. Streamed
 * deltas are the model's words as they come; the answer at the end may have lost markers that could not be verified.
 */
export function answererOf(parts: AnswererParts): Answerer {
  const { name, version, config } = parts.identity;
  return {
    name,
    version,
    config,
    ...(parts.model?.callsTools ? { callsTools: true } : {}),
    async answer(question, call = {}) {
      for await (const event of run(parts, question, call, false)) if (event.type === "answer-end") return event.answer;
      throw new AssayError({ code: "internal", message: `${name}: the answer never ended` });
    },
    stream: (question, call = {}) => run(parts, question, call, true),
    close: async () => parts.close?.(),
  };
}

type Timing = { readonly began: number; drafted?: number };

async function* run(
  parts: AnswererParts,
  question: Question,
  call: AnswerCall,
  streamed: boolean,
): AsyncIterable<AnswerEvent> {
  const timing: Timing = { began: performance.now() };
  let draft: Draft | undefined;
  try {
    draft = await parts.draft(question, call);
    timing.drafted = performance.now();
    if (!("prompt" in draft)) {
      if (streamed && draft.text !== "") yield { type: "text-delta", text: draft.text };
      yield { type: "answer-end", answer: fixedAnswer(draft, timing) };
      return;
    }
    const prompt = withConversation(draft.prompt, call);
    const generation = yield* generated(parts, prompt, call, streamed);
    yield { type: "answer-end", answer: answerFrom(parts, draft, prompt, generation, timing) };
  } catch (error) {
    if (call.signal?.aborted || (AssayError.isInstance(error) && error.code === "cancelled"))
      throw cancelled(parts, error);
    yield { type: "answer-end", answer: failedAnswer(parts, draft, error, timing) };
  }
}

function withConversation(prompt: PromptParts, { history, since, tools, schema }: AnswerCall): PromptParts {
  return {
    ...prompt,
    ...(history?.length ? { history } : {}),
    ...(since?.length ? { since } : {}),
    ...(tools === undefined ? {} : { tools }),
    ...(schema === undefined ? {} : { schema }),
  };
}

async function* generated(
  parts: AnswererParts,
  prompt: PromptParts,
  call: AnswerCall,
  streamed: boolean,
): AsyncGenerator<AnswerEvent, Generation> {
  const options = { ...(parts.generate ?? defaultGenerateOptions), ...call.generate };
  const callOptions = call.signal ? { signal: call.signal } : {};
  if (!parts.model)
    throw new AssayError({ code: "internal", message: `${parts.identity.name}: a prompt but no model` });
  if (!streamed) return await parts.model.generate(prompt, options, callOptions);
  for await (const event of parts.model.stream(prompt, options, callOptions)) {
    if (event.type === "generation-end") return event.generation;
    yield event;
  }
  throw new AssayError({
    code: "model-failed",
    message: `${parts.model.name}: the stream ended without an answer`,
    isRetryable: true,
  });
}

function answerFrom(
  parts: AnswererParts,
  draft: Draft,
  prompt: PromptParts,
  generation: Generation,
  timing: Timing,
): Answer {
  const failure = failureOf(parts, generation);
  const cited = citedText(parts, prompt, generation);
  const { toolCalls } = generation;
  const declined = !failure && !toolCalls && (generation.declined ?? isDecline(generation.text));
  const truncated = generation.finish === "length";
  const notes = truncated ? ["the answer was cut at the output limit"] : [];
  return {
    // Brackets of a JSON answer are not all markers: taking any out would break it.
    text: prompt.schema === undefined ? cited.text : generation.text,
    outcome: failure ? "failed" : declined ? "declined" : "answered",
    ...(failure ? { error: failure } : {}),
    ...(generation.confidence === undefined ? {} : { confidence: generation.confidence }),
    citations: declined || failure ? [] : cited.citations,
    droppedCitations: cited.dropped,
    hits: draft.hits,
    usage: [...draft.usage, ...generation.usage],
    ms: times(timing, generation),
    ...(truncated ? { truncated } : {}),
    ...(toolCalls ? { toolCalls } : {}),
    notes: [...draft.notes, ...notes],
  };
}

/** A reply that came back and yet is no answer. */
function failureOf(parts: AnswererParts, generation: Generation): Answer["error"] {
  const name = parts.model?.name ?? parts.identity.name;
  if (generation.finish === "filtered") return { code: "model-refused", message: `${name} refused to answer` };
  if (generation.text.trim() !== "" || generation.declined || generation.toolCalls) return undefined;
  const reason =
    generation.finish === "length" ? "used up its output limit before answering" : "returned an empty answer";
  return { code: "model-failed", message: `${name} ${reason}` };
}

function citedText(parts: AnswererParts, prompt: PromptParts, generation: Generation) {
  const { passages, question } = prompt;
  const pages = parts.pagesOf ? { pagesOf: parts.pagesOf } : {};
  if (!generation.spans) return citationsFromMarkers({ text: generation.text, passages, question, ...pages });
  const { citations, dropped, cited } = citationsFromSpans(generation.spans, passages, parts.pagesOf);
  const markers = citationMarkers(generation.text);
  const stray = markers.flatMap((marker) => marker.numbers).filter((number) => !cited.has(number)).length;
  const text = withoutNumbers(generation.text, markers, (_, number) => cited.has(number));
  return { text, citations, dropped: dropped + stray };
}

function fixedAnswer(draft: Draft & { text: string; outcome: "answered" | "declined" }, timing: Timing): Answer {
  const { text, outcome, hits, usage, notes } = draft;
  return { text, outcome, citations: [], droppedCitations: 0, hits, usage, ms: times(timing), notes };
}

function failedAnswer(parts: AnswererParts, draft: Draft | undefined, error: unknown, timing: Timing): Answer {
  const known = AssayError.isInstance(error) ? error : undefined;
  const message = error instanceof Error ? error.message : String(error);
  return {
    text: "",
    outcome: "failed",
    error: { code: known?.code ?? "internal", message },
    citations: [],
    droppedCitations: 0,
    hits: draft?.hits ?? [],
    usage: [...(draft?.usage ?? []), ...unknownUsage(parts, known, timing)],
    ms: times(timing),
    notes: draft?.notes ?? [],
  };
}

/** A call that timed out or broke off may still be on the bill: its tokens are unknown, not none. */
function unknownUsage(parts: AnswererParts, error: AssayError | undefined, timing: Timing): readonly Usage[] {
  const reachedModel =
    timing.drafted !== undefined && (error?.code === "model-timeout" || error?.code === "model-failed");
  if (!reachedModel || !parts.model) return [];
  const durationMs = performance.now() - (timing.drafted ?? timing.began);
  return [
    {
      modelId: parts.model.name,
      inputTokens: 0,
      cachedInputTokens: 0,
      outputTokens: 0,
      tokensUnknown: true,
      durationMs,
    },
  ];
}

/** A reply from a cache counts with the time that its first call took: serving it to somebody new takes as long. */
function times(timing: Timing, generation?: Generation): Answer["ms"] {
  const now = performance.now();
  const drafted = timing.drafted ?? now;
  const called = generation?.usage.reduce((sum, usage) => sum + usage.durationMs, 0) ?? 0;
  const retrieve = drafted - timing.began;
  const generate = Math.max(now - drafted, called);
  return { retrieve, generate, total: retrieve + generate };
}

function cancelled(parts: AnswererParts, cause: unknown): AssayError {
  if (AssayError.isInstance(cause) && cause.code === "cancelled") return cause;
  return new AssayError({ code: "cancelled", message: `${parts.identity.name}: the call was cancelled`, cause });
}
