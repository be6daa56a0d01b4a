// Chat completions, whole and in chunks, as OpenAI's API words them.
import type { Reply, ReplyEvent } from "./answering.ts";
import { urlCitation, type WireCitation, wireCitation } from "./wire-citations.ts";

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
    outcome: answer.outcome,
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
          content: reply.served.answer.text,
          // The refusal text is the content: clients that know both would show it twice.
          refusal: null,
          annotations: annotationsOf(reply, base),
        },
        logprobs: null,
        finish_reason: finishOf(reply),
      },
    ],
    usage: usageOf(reply),
    assay: assayPart(reply),
  };
}

export function finishOf(reply: Reply): "stop" | "length" | "content_filter" {
  if (reply.refusedBy !== undefined) return "content_filter";
  return reply.served.answer.truncated ? "length" : "stop";
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
  let isFirst = true;
  for await (const event of events) {
    if (event.type === "text-delta") {
      yield chunk({ ...(isFirst ? { role: "assistant" } : {}), content: event.text });
      isFirst = false;
      continue;
    }
    const { reply } = event;
    // Answers that come whole have sent no text yet.
    if (isFirst) yield chunk({ role: "assistant", content: reply.served.answer.text });
    const annotations = annotationsOf(reply, base);
    if (annotations.length > 0) yield chunk({ annotations });
    yield { ...chunk({}, finishOf(reply)), assay: assayPart(reply) };
    if (includeUsage) yield { ...chunk({}), choices: [], usage: usageOf(reply) };
  }
}
