// Chat completions, whole and in chunks, as OpenAI's API words them.
import type { ToolCall } from "../core/tools.ts";
import { outcomeOf } from "../project/serve/answer.ts";
import type { Reply, ReplyEvent } from "./answering.ts";
import { urlCitation, type WireCitation, wireCitation } from "./wire-citations.ts";
import { chatToolCall } from "./wire-tools.ts";

export type Heading = {
  readonly id: string;
  /** As the caller named it. */
  readonly model: string;
  /** Seconds since 1970. */
  readonly created: number;
  /** The address this server is reached under. */
  readonly base: string;
};

type UrlAnnotation = {
  readonly type: "url_citation";
  readonly url_citation: {
    readonly url: string;
    readonly title: string;
    readonly start_index: number;
    readonly end_index: number;
  };
  readonly citation: WireCitation;
};

/** What OpenAI's format has no place for. */
export function assayPart({ served, refusedBy }: Reply) {
  const { answer, approach, cost, isCached, question } = served;
  return {
    approach,
    outcome: outcomeOf(answer),
    ...(answer.confidence === undefined ? {} : { confidence: answer.confidence }),
    /** What was searched for: a follow-up, made to stand alone. */
    question,
    notes: answer.notes,
    cached: isCached,
    ...(refusedBy === undefined ? {} : { refused_by: refusedBy }),
    ...(cost.status === "priced" ? { cost_usd: cost.usd } : { cost_usd: null, cost_reason: cost.reason }),
    ms: answer.ms,
  };
}

export function annotationsOf({ served }: Reply, base: string): readonly UrlAnnotation[] {
  return served.citations.map((citation) => {
    const { type, ...place } = urlCitation(citation, base);
    return { type, url_citation: place, citation: wireCitation(citation) };
  });
}

export function usageOf({ served }: Reply) {
  const { usage } = served.answer;
  const sum = (of: (one: (typeof usage)[number]) => number) => usage.reduce((total, one) => total + of(one), 0);
  const [prompt, completion] = [sum((one) => one.inputTokens), sum((one) => one.outputTokens)];
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: sum((one) => one.cachedInputTokens) },
  };
}

export function completion(heading: Heading, reply: Reply) {
  const { id, model, created, base } = heading;
  const { text, toolCalls } = reply.served.answer;
  return {
    id,
    object: "chat.completion" as const,
    created,
    model,
    choices: [
      {
        index: 0,
        message: {
          role: "assistant" as const,
          content: toolCalls && text === "" ? null : text,
          // The refusal text is the content: clients that know both would show it twice.
          refusal: null,
          annotations: annotationsOf(reply, base),
          ...(toolCalls ? { tool_calls: toolCalls.map(chatToolCall) } : {}),
        },
        logprobs: null,
        finish_reason: finishOf(reply),
      },
    ],
    usage: usageOf(reply),
    assay: assayPart(reply),
  };
}

export function finishOf({
  refusedBy,
  served: { answer },
}: Reply): "stop" | "length" | "content_filter" | "tool_calls" {
  if (refusedBy !== undefined) return "content_filter";
  if (answer.truncated) return "length";
  return answer.toolCalls ? "tool_calls" : "stop";
}

/** Text as it comes, then the annotations, then why it ended, then the usage where it was asked for. */
export async function* completionChunks(
  heading: Heading,
  events: AsyncGenerator<ReplyEvent>,
  includeUsage: boolean,
): AsyncGenerator<object> {
  const { id, model, created, base } = heading;
  const chunk = (delta: object, finish: string | null = null) => ({
    id,
    object: "chat.completion.chunk",
    created,
    model,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    ...(includeUsage ? { usage: null } : {}),
  });
  const calls = callDeltas();
  let isFirst = true;
  for await (const event of events) {
    if (event.type !== "reply") {
      const said = event.type === "text-delta" ? { content: event.text } : calls.delta(event);
      yield chunk(isFirst ? { role: "assistant", content: null, ...said } : said);
      isFirst = false;
      continue;
    }
    const { reply } = event;
    const { text, toolCalls = [] } = reply.served.answer;
    // Answers that come whole have sent nothing yet.
    if (isFirst) yield chunk({ role: "assistant", content: toolCalls.length > 0 && text === "" ? null : text });
    for (const call of toolCalls.filter(calls.isUnsent)) yield chunk(calls.delta(call));
    const annotations = annotationsOf(reply, base);
    if (annotations.length > 0) yield chunk({ annotations });
    yield { ...chunk({}, finishOf(reply)), assay: assayPart(reply) };
    if (includeUsage) yield { ...chunk({}), choices: [], usage: usageOf(reply) };
  }
}

/** The first piece of a call names it; the later ones carry its place and more of its arguments. */
function callDeltas() {
  const places = new Map<string, number>();
  return {
    isUnsent: ({ id }: ToolCall) => !places.has(id),
    delta(call: ToolCall): object {
      const known = places.get(call.id);
      const index = known ?? places.size;
      places.set(call.id, index);
      const piece = known === undefined ? chatToolCall(call) : { function: { arguments: call.arguments } };
      return { tool_calls: [{ index, ...piece }] };
    },
  };
}
