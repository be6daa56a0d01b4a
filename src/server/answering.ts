// One question's way through the server: guarded, admitted, answered, recorded. The same for every wire format.
import { AssayError } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import type { GenerateOptions } from "../core/models.ts";
import type { Access, Filter } from "../core/retrieval.ts";
import type { ToolCallDelta, ToolOffer, Turn } from "../core/tools.ts";
import type { ServedAnswer, ServeRequest } from "../project/serve/answer.ts";
import type { LiveEvaluation } from "../project/serve/live-evaluation.ts";
import type { ServedProject } from "../project/serve/project.ts";
import type { SpendBook } from "../project/serve/spend.ts";
import { type TraceStore, traceOf } from "../project/serve/traces.ts";
import type { Admission } from "./admission.ts";
import { inAnswerSpan } from "./answer-span.ts";
import { type Caller, narrowed } from "./callers.ts";
import { type Guard, redactedTurn } from "./guardrails.ts";
import { fromCode, HttpError } from "./http-errors.ts";
import type { Metrics } from "./metrics.ts";

export type Ask = {
  /** Of the answer and its trace. */
  readonly id: string;
  readonly model: string;
  readonly messages: readonly Turn[];
  readonly tools?: ToolOffer;
  readonly filter?: Filter;
  /** Narrows what the caller may see. */
  readonly groups?: readonly string[];
  readonly schema?: Json;
  readonly generate?: GenerateOptions;
  readonly stream: boolean;
  readonly signal: AbortSignal;
};

export type Reply = {
  readonly served: ServedAnswer;
  /** The guardrail that refused; the answer is then its refusal text. */
  readonly refusedBy?: string;
};

export type ReplyEvent =
  | { readonly type: "text-delta"; readonly text: string }
  | ToolCallDelta
  | { readonly type: "reply"; readonly reply: Reply };

export type AnsweringParts = {
  readonly project: ServedProject;
  readonly guard: Guard;
  readonly admission: Admission;
  readonly metrics: Metrics;
  readonly traces: TraceStore;
  readonly spend: SpendBook;
  readonly evaluation: Pick<LiveEvaluation, "offer">;
};

/** Ends with `reply`. Throws `HttpError` or `AssayError` for whatever is not an answer. */
export function answerAsked(parts: AnsweringParts, caller: Caller, ask: Ask): AsyncGenerator<ReplyEvent> {
  return inAnswerSpan(parts, caller, ask, () => answered(parts, caller, ask));
}

async function* answered(parts: AnsweringParts, caller: Caller, ask: Ask): AsyncGenerator<ReplyEvent> {
  const { project, guard } = parts;
  const messages = ask.messages.map((turn) => redactedTurn(guard, turn));
  const approach = await project.route(ask.model, conversationKey(caller, messages));
  const question = messages.findLast(({ role }) => role === "user")?.content ?? "";
  const rule = guard.refuses(question);
  if (rule !== undefined) {
    const served = refused(guard.refusal, approach, question);
    parts.metrics.refusals.add(1, { rule });
    keep(parts, caller, ask.id, served, "served");
    yield { type: "text-delta", text: guard.refusal };
    return yield { type: "reply", reply: { served, refusedBy: rule } };
  }
  requireBudget(parts, caller);
  const request = requestOf(ask, approach, messages, narrowed(caller.access, ask.groups), !guard.holdsOutput);
  const leave = await parts.admission.enter(ask.signal);
  try {
    for await (const event of project.answer(request)) {
      if (event.type !== "served") {
        if (!guard.holdsOutput) yield event;
        continue;
      }
      const served = guarded(event.served, guard);
      keep(parts, caller, ask.id, served, "served");
      if (served.answer.outcome === "failed") throw failure(served);
      // Before the reply: whoever takes it may read no further.
      shadowed(parts, caller, request);
      if (guard.holdsOutput && served.answer.text !== "") yield { type: "text-delta", text: served.answer.text };
      yield { type: "reply", reply: { served } };
    }
  } finally {
    leave();
  }
}

/** One conversation keeps its first message, so it always meets the same canary. */
function conversationKey(caller: Caller, messages: readonly Turn[]): string {
  return `${caller.name}\n${messages.find(({ role }) => role === "user")?.content ?? ""}`;
}

function requestOf(
  ask: Ask,
  approach: string,
  messages: readonly Turn[],
  access: Access,
  mayStream: boolean,
): ServeRequest {
  const { id, tools, filter, schema, generate, signal } = ask;
  return {
    id,
    approach,
    messages,
    signal,
    stream: ask.stream && mayStream,
    ...access,
    ...(tools ? { tools } : {}),
    ...(filter ? { filter } : {}),
    ...(schema === undefined ? {} : { schema }),
    ...(generate ? { generate } : {}),
  };
}

function requireBudget({ project, spend }: AnsweringParts, caller: Caller): void {
  const exhausted = spend.exhausted(caller.name, caller.key ?? {}, project.config.guardrails);
  if (exhausted === undefined) return;
  throw new HttpError({ status: 429, code: "insufficient_quota", message: `${exhausted} is used up` });
}

function refused(text: string, approach: string, question: string): ServedAnswer {
  const ms = { retrieve: 0, generate: 0, total: 0 };
  return {
    answer: { text, outcome: "declined", citations: [], droppedCitations: 0, hits: [], usage: [], ms, notes: [] },
    approach,
    question,
    citations: [],
    cost: { status: "priced", usd: 0 },
    isCached: false,
    corpusHash: "",
  };
}

/** Quotes are part of what is said: they are redacted like the text. */
function guarded(served: ServedAnswer, guard: Guard): ServedAnswer {
  if (!guard.holdsOutput) return served;
  const text = guard.redactOutput(served.answer.text);
  const citations = served.citations.map((citation) => ({
    ...citation,
    quote: guard.redactOutput(citation.quote),
    ...(text === served.answer.text ? {} : { startIndex: 0, endIndex: text.length }),
  }));
  const toolCalls = served.answer.toolCalls?.map((call) => ({
    ...call,
    arguments: guard.redactOutput(call.arguments),
  }));
  return { ...served, answer: { ...served.answer, text, ...(toolCalls ? { toolCalls } : {}) }, citations };
}

function keep(
  parts: AnsweringParts,
  caller: Caller,
  id: string,
  served: ServedAnswer,
  kind: "served" | "shadow",
): void {
  parts.metrics.answered(served, kind);
  parts.spend.add(caller.name, served.cost);
  const trace = traceOf(served, { id, caller: caller.name, kind }, parts.project.config.traces);
  if (trace) parts.traces.add(trace);
  parts.evaluation.offer(served, id, kind);
}

function failure({ answer }: ServedAnswer): HttpError {
  const { code, message } = answer.error ?? { code: "internal", message: "no answer" };
  return fromCode(code, message, new AssayError({ code: "internal", message }));
}

/** Answers a share of the questions once more, unseen, and only while nobody waits. */
function shadowed(parts: AnsweringParts, caller: Caller, request: ServeRequest): void {
  const { shadow } = parts.project.config;
  if (shadow === undefined || shadow.approach === request.approach || Math.random() >= shadow.share) return;
  // Tools are the caller's: what a shadow called would never be run.
  if (parts.admission.waiting > 0 || request.tools !== undefined) return;
  const { signal: _, ...rest } = request;
  const again = { ...rest, approach: shadow.approach, stream: false };
  void (async () => {
    const leave = await parts.admission.enter();
    try {
      for await (const event of parts.project.answer(again))
        if (event.type === "served") keep(parts, caller, request.id, event.served, "shadow");
    } finally {
      leave();
    }
  })().catch(() => parts.metrics.shadowFailures.add(1));
}
