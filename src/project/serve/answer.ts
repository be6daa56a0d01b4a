// One served answer: the conversation condensed, an approach asked, a stale index asked again, an outage bridged.
// Knows neither HTTP nor callers: rights come in with the request.
import type { Answer, AnswerCall, AnswerEvent, Answerer } from "../../core/answers.ts";
import type { CallOptions } from "../../core/component.ts";
import { AssayError } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import type { GenerateOptions } from "../../core/models.ts";
import type { Access, Filter } from "../../core/retrieval.ts";
import type { Cost } from "../../core/scores.ts";
import type { ToolCallDelta, ToolOffer, Turn } from "../../core/tools.ts";
import type { PriceBook } from "../../economics/price-book.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { type PlacedCitation, placedCitations } from "./citations.ts";
import { type Conversation, conversationOf, type Standalone, standaloneQuestion } from "./conversation.ts";
import type { Edition } from "./edition.ts";
import type { Editions } from "./editions.ts";
import type { Memory } from "./memory.ts";

export type ServeRequest = Access &
  CallOptions & {
    readonly id: string;
    readonly approach: string;
    /** Ends with the user's, or with what tools gave back. */
    readonly messages: readonly Turn[];
    readonly tools?: ToolOffer;
    readonly filter?: Filter;
    readonly schema?: Json;
    readonly generate?: GenerateOptions;
    /** True: deltas come as the model writes them. */
    readonly stream: boolean;
  };

export type ServedAnswer = {
  readonly answer: Answer;
  /** The one that answered: the fallback's name where that did. */
  readonly approach: string;
  /** As it was searched for. */
  readonly question: string;
  readonly citations: readonly PlacedCitation[];
  readonly cost: Cost;
  readonly isCached: boolean;
  readonly corpusHash: string;
};

export type ServeEvent =
  | { readonly type: "text-delta"; readonly text: string }
  | ToolCallDelta
  | { readonly type: "served"; readonly served: ServedAnswer };

export type ServeParts = {
  readonly context: ProjectContext;
  readonly editions: Editions;
  readonly prices: PriceBook;
  readonly memory: Memory;
};

/** As traffic counts it: a turn that calls tools is no answer yet. */
export function outcomeOf({ outcome, toolCalls }: Answer): Answer["outcome"] | "tool-calls" {
  return toolCalls ? "tool-calls" : outcome;
}

/** These put no passage before the model that was searched for: the conversation goes to it as it is. */
const unsearched: ReadonlySet<string> = new Set(["prompt-only", "long-context"]);

/** Codes of answers that another approach, without the provider, could still give. */
const outages: ReadonlySet<string> = new Set(["model-failed", "model-timeout", "rate-limited", "missing-key"]);

/** Codes of answers that an index replaced under them may have caused. */
const staleIndex: ReadonlySet<string> = new Set([
  "corrupt-state",
  "no-index",
  "index-mismatch",
  "not-found",
  "internal",
]);

/** Throws `AssayError` for what cannot be asked, and when cancelled; a model's failure is an answer with that outcome. */
export async function* serveAnswer(parts: ServeParts, request: ServeRequest): AsyncGenerator<ServeEvent> {
  const { fallback } = parts.context.config.server;
  let edition = await parts.editions.enter();
  try {
    const first = yield* attempt(parts, edition, request);
    if (first.type === "served") return yield first;
    const { code } = first.failure.answer.error ?? { code: "internal" };
    if (staleIndex.has(code) && parts.editions.isStale(edition)) {
      edition.leave();
      edition = await parts.editions.enter();
      const second = yield* attempt(parts, edition, request);
      return yield second.type === "served" ? second : { type: "served", served: second.failure };
    }
    if (fallback !== undefined && fallback !== request.approach && outages.has(code) && !usesTools(request)) {
      const second = yield* attempt(parts, edition, { ...request, approach: fallback });
      if (second.type === "served") return yield { type: "served", served: bridged(first.failure, second.served) };
    }
    yield { type: "served", served: first.failure };
  } finally {
    edition.leave();
  }
}

type Attempt =
  | { readonly type: "served"; readonly served: ServedAnswer }
  /** Failed before a word was sent, so somebody else may still answer. */
  | { readonly type: "failed"; readonly failure: ServedAnswer };

async function* attempt(
  parts: ServeParts,
  edition: Edition,
  request: ServeRequest,
): AsyncGenerator<ServeEvent, Attempt> {
  requireReader(edition, request);
  const { answerer, key } = await edition.answerer(request.approach);
  requireTools(answerer, request, edition.generator.name);
  const conversation = conversationOf(request.messages, parts.context.config.server.conversationTokens);
  const call = callOf(request, conversation);
  const { embedder } = edition.knowledge;
  const recalled = usesTools(request)
    ? undefined
    : await parts.memory.recall({ key, question: conversation.question, call, embedder });
  if (recalled?.found !== undefined) {
    yield { type: "text-delta", text: recalled.found.answer.text };
    return { type: "served", served: recalled.found };
  }
  const asked = unsearched.has(request.approach)
    ? { text: conversation.question, usage: [], notes: [] }
    : await standaloneQuestion(conversation, edition.generator, request.signal ? { signal: request.signal } : {});
  const question = { id: request.id, text: asked.text };
  const events = request.stream ? answerer.stream(question, call) : whole(answerer.answer(question, call));
  let sent = "";
  for await (const event of events) {
    if (event.type !== "answer-end") {
      if (event.type === "text-delta") sent += event.text;
      yield event;
      continue;
    }
    const notes = [...conversation.notes, ...asked.notes];
    const served = servedFrom(parts, edition, request, { answer: event.answer, asked, notes, sent });
    if (served.answer.outcome === "failed" && sent === "") return { type: "failed", failure: served };
    // A streamed text may hold markers that the finished answer lost: then it is not what others should get.
    const isWhole = sent === "" || sent === event.answer.text;
    if (served.answer.outcome !== "failed" && isWhole) recalled?.keep(served);
    return { type: "served", served };
  }
  throw new Error(`${request.approach}: the answer never ended`);
}

/** Approaches that bring a generator of their own. */
const tuned: ReadonlySet<string> = new Set(["fine-tuned", "hybrid", "raft"]);

function requireReader({ generator }: Edition, { approach, schema }: ServeRequest): void {
  if (schema === undefined || generator.followsInstructions || tuned.has(approach)) return;
  throw new AssayError({
    code: "bad-input",
    message: `${approach} answers with ${generator.name}, which is no language model and cannot write JSON to a schema`,
    remedy: "ask without response_format, or configure a language model as the generator",
  });
}

/** What a tool gives back may differ the next time: nothing of such a conversation is kept, nor answered by a reader. */
function usesTools({ tools, messages }: ServeRequest): boolean {
  return tools !== undefined || messages.some((turn) => turn.role === "tool");
}

function requireTools(answerer: Answerer, request: ServeRequest, generator: string): void {
  if (answerer.callsTools || !usesTools(request)) return;
  throw new AssayError({
    code: "no-tools",
    message: `${request.approach} answers with a model that cannot call tools (the configured generator is ${generator})`,
    remedy: "ask without tools, or configure a provider's model as the generator",
  });
}

async function* whole(answer: Promise<Answer>): AsyncIterable<AnswerEvent> {
  yield { type: "answer-end", answer: await answer };
}

function callOf(request: ServeRequest, { history, since }: Conversation): AnswerCall {
  const { groups, filter, schema, generate, signal, tools } = request;
  return {
    ...(groups ? { groups } : {}),
    ...(filter ? { filter } : {}),
    ...(schema === undefined ? {} : { schema }),
    ...(generate ? { generate } : {}),
    ...(signal ? { signal } : {}),
    ...(tools ? { tools } : {}),
    ...(history.length > 0 ? { history } : {}),
    ...(since.length > 0 ? { since } : {}),
  };
}

function servedFrom(
  { context, prices }: ServeParts,
  edition: Edition,
  request: ServeRequest,
  from: { answer: Answer; asked: Standalone; notes: readonly string[]; sent: string },
): ServedAnswer {
  const usage = [...from.asked.usage, ...from.answer.usage];
  const answer = { ...from.answer, usage, notes: [...from.answer.notes, ...from.notes] };
  const text = from.sent === "" ? answer.text : from.sent;
  return {
    answer: { ...answer, text },
    approach: request.approach,
    question: from.asked.text,
    citations: placedCitations(answer, text, context.config.retrieval.ordering),
    cost: prices.cost(usage),
    isCached: false,
    corpusHash: edition.knowledge.live.corpusHash,
  };
}

/** What the failed call may have cost stays on the bill. */
function bridged(failed: ServedAnswer, served: ServedAnswer): ServedAnswer {
  const note = `${failed.approach} could not answer (${failed.answer.error?.message}): ${served.approach} did`;
  const usage = [...failed.answer.usage, ...served.answer.usage];
  return {
    ...served,
    answer: { ...served.answer, usage, notes: [...served.answer.notes, note] },
    cost: failed.cost.status === "unpriced" ? failed.cost : served.cost,
  };
}
