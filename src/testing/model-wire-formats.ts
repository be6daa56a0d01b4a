// Bodies and event streams as OpenAI, Anthropic, Google and Cohere send them. Knows no transport.

/** What a fake model says. */
export type WireReply = {
  readonly text: string;
  /** Calls of tools, with arguments as JSON; their ids are the wire's own on Google's, which sends none. */
  readonly toolCalls?: readonly WireToolCall[];
  /** Default `stop`. */
  readonly finish?: "stop" | "length" | "content-filter";
  /** OpenAI's `refusal` field: the text is then a refusal. */
  readonly isRefusal?: boolean;
  /** Default { input: 11, cached: 3, output: 7 }; null leaves the counts out. */
  readonly usage?: { readonly input: number; readonly cached: number; readonly output: number } | null;
};

export type WireToolCall = { readonly id: string; readonly name: string; readonly arguments: string };

export type Dialect = "openai" | "anthropic" | "google";

const defaultUsage = { input: 11, cached: 3, output: 7 };

const openaiFinish = { stop: "stop", length: "length", "content-filter": "content_filter" } as const;
const anthropicFinish = { stop: "end_turn", length: "max_tokens", "content-filter": "refusal" } as const;

const googleFinish = { stop: "STOP", length: "MAX_TOKENS", "content-filter": "SAFETY" } as const;

function openaiFinishOf({ finish, toolCalls }: WireReply): string {
  return toolCalls ? "tool_calls" : openaiFinish[finish ?? "stop"];
}

function anthropicFinishOf({ finish, toolCalls }: WireReply): string {
  return toolCalls ? "tool_use" : anthropicFinish[finish ?? "stop"];
}

function openaiCall({ id, name, arguments: written }: WireToolCall): object {
  return { id, type: "function", function: { name, arguments: written } };
}

const bodies = { openai: openaiBody, anthropic: anthropicBody, google: googleBody } as const;
const streams = { openai: openaiEvents, anthropic: anthropicEvents, google: googleEvents } as const;

export function replyBody(dialect: Dialect, model: string, reply: WireReply): object {
  return bodies[dialect](model, reply);
}

/** The server-sent events of a reply, whole. Its text comes word by word. */
export function replyEvents(dialect: Dialect, model: string, reply: WireReply): readonly string[] {
  return streams[dialect](model, reply);
}

function openaiUsage(usage: WireReply["usage"] = defaultUsage): object {
  if (usage === null) return {};
  return {
    usage: {
      prompt_tokens: usage.input,
      completion_tokens: usage.output,
      total_tokens: usage.input + usage.output,
      prompt_tokens_details: { cached_tokens: usage.cached },
    },
  };
}

function openaiBody(model: string, reply: WireReply): object {
  const message = reply.isRefusal ? { content: null, refusal: reply.text } : { content: reply.text, refusal: null };
  const calls = reply.toolCalls ? { tool_calls: reply.toolCalls.map(openaiCall) } : {};
  const choice = {
    index: 0,
    message: { role: "assistant", ...message, ...calls },
    finish_reason: openaiFinishOf(reply),
  };
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model,
    choices: [choice],
    ...openaiUsage(reply.usage),
  };
}

/** Anthropic counts cached tokens apart from the others; `input` here is the sum, as everywhere else. */
function anthropicUsage(usage: WireReply["usage"] = defaultUsage): object {
  if (usage === null) return { usage: { input_tokens: 0, output_tokens: 0 } };
  return {
    usage: {
      input_tokens: usage.input - usage.cached,
      cache_read_input_tokens: usage.cached,
      cache_creation_input_tokens: 0,
      output_tokens: usage.output,
    },
  };
}

function anthropicBody(model: string, reply: WireReply): object {
  return {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model,
    content: [
      ...(reply.text === "" && reply.toolCalls ? [] : [{ type: "text", text: reply.text }]),
      ...(reply.toolCalls ?? []).map(({ id, name, arguments: written }) => ({
        type: "tool_use",
        id,
        name,
        input: JSON.parse(written),
      })),
    ],
    stop_reason: anthropicFinishOf(reply),
    stop_sequence: null,
    ...anthropicUsage(reply.usage),
  };
}

function googleBody(model: string, reply: WireReply): object {
  const usage = reply.usage === undefined ? defaultUsage : reply.usage;
  return {
    candidates: [
      {
        index: 0,
        content: {
          role: "model",
          parts: [...(reply.text === "" ? [] : [{ text: reply.text }]), ...(reply.toolCalls ?? []).map(googleCall)],
        },
        finishReason: googleFinish[reply.finish ?? "stop"],
      },
    ],
    modelVersion: model,
    ...(usage === null
      ? {}
      : {
          usageMetadata: {
            promptTokenCount: usage.input,
            cachedContentTokenCount: usage.cached,
            candidatesTokenCount: usage.output,
            totalTokenCount: usage.input + usage.output,
          },
        }),
  };
}

function googleCall({ name, arguments: written }: WireToolCall): object {
  return { functionCall: { name, args: JSON.parse(written) } };
}

const wordsOf = (text: string): readonly string[] => text.match(/\S+\s*|\s+/g) ?? [];

function openaiEvents(model: string, reply: WireReply): readonly string[] {
  const chunk = (body: object) => ({ id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model, ...body });
  const delta = (content: object, finish: string | null = null) =>
    chunk({ choices: [{ index: 0, delta: content, finish_reason: finish }] });
  const events = [
    delta({ role: "assistant", content: "" }),
    ...wordsOf(reply.text).map((word) => delta(reply.isRefusal ? { refusal: word } : { content: word })),
    ...(reply.toolCalls ?? []).flatMap(openaiCallDeltas).map((call) => delta({ tool_calls: [call] })),
    delta({}, openaiFinishOf(reply)),
    ...(reply.usage === null ? [] : [chunk({ choices: [], ...openaiUsage(reply.usage) })]),
  ];
  return [...events.map((event) => `data: ${JSON.stringify(event)}\n\n`), "data: [DONE]\n\n"];
}

/** The first delta names the call, the others bring its arguments in pieces. */
function openaiCallDeltas({ id, name, arguments: written }: WireToolCall, index: number): readonly object[] {
  return [
    { index, id, type: "function", function: { name, arguments: "" } },
    ...wordsOf(written).map((piece) => ({ index, function: { arguments: piece } })),
  ];
}

function anthropicCallEvents({ id, name, arguments: written }: WireToolCall, position: number): readonly object[] {
  const index = position + 1;
  return [
    { type: "content_block_start", index, content_block: { type: "tool_use", id, name, input: {} } },
    ...wordsOf(written).map((partial_json) => ({
      type: "content_block_delta",
      index,
      delta: { type: "input_json_delta", partial_json },
    })),
    { type: "content_block_stop", index },
  ];
}

function anthropicEvents(model: string, reply: WireReply): readonly string[] {
  const { content: _, stop_reason: __, ...start } = anthropicBody(model, reply) as Record<string, unknown>;
  const events: readonly { readonly type?: string }[] = [
    { type: "message_start", message: { ...start, content: [], stop_reason: null } },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    ...wordsOf(reply.text).map((text) => ({
      type: "content_block_delta",
      index: 0,
      delta: { type: "text_delta", text },
    })),
    { type: "content_block_stop", index: 0 },
    ...(reply.toolCalls ?? []).flatMap(anthropicCallEvents),
    {
      type: "message_delta",
      delta: { stop_reason: anthropicFinishOf(reply), stop_sequence: null },
      usage: { output_tokens: reply.usage === null ? 0 : (reply.usage ?? defaultUsage).output },
    },
    { type: "message_stop" },
  ];
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
}

function googleEvents(model: string, reply: WireReply): readonly string[] {
  const parts = wordsOf(reply.text).map((text) => ({
    candidates: [{ index: 0, content: { role: "model", parts: [{ text }] } }],
  }));
  const events = [...parts, googleBody(model, { ...reply, text: "" })];
  return events.map((event) => `data: ${JSON.stringify(event)}\n\n`);
}

/** An error as each provider words it. */
export function errorBody(dialect: Dialect, message: string, code: string, status: number): object {
  if (dialect === "anthropic") return { type: "error", error: { type: code, message } };
  if (dialect === "google") return { error: { code: status, message, status: code } };
  return { error: { message, type: code, param: null, code } };
}

/** Google's embeddings: of one value, or of a batch. It reports no tokens. */
export function googleEmbeddingsBody(body: Readonly<Record<string, unknown>>, dimensions: number): object {
  type Content = { readonly content: { readonly parts: readonly { readonly text: string }[] } };
  const vector = (value: Content) => ({ values: letterVector(value.content.parts[0]?.text ?? "", dimensions) });
  const batch = body["requests"] as readonly Content[] | undefined;
  return batch ? { embeddings: batch.map(vector) } : { embedding: vector(body as Content) };
}

/** Cohere's embed v2. */
export function cohereEmbeddingsBody(values: readonly string[], dimensions: number): object {
  const float = values.map((value) => letterVector(value, dimensions));
  return {
    id: "embed-1",
    embeddings: { float },
    texts: values,
    meta: { billed_units: { input_tokens: values.length * 2 } },
  };
}

/** Vectors that depend on the letters of each value only. */
export function embeddingsBody(model: string, values: readonly string[], dimensions: number): object {
  const data = values.map((value, index) => ({
    object: "embedding",
    index,
    embedding: letterVector(value, dimensions),
  }));
  return { object: "list", model, data, usage: { prompt_tokens: values.length * 2, total_tokens: values.length * 2 } };
}

function letterVector(value: string, dimensions: number): number[] {
  const vector = new Array<number>(dimensions).fill(0);
  for (const letter of value) {
    const slot = (letter.codePointAt(0) ?? 0) % dimensions;
    vector[slot] = (vector[slot] ?? 0) + 1;
  }
  return vector;
}

/** Cohere's rerank v2: the share of the query's words that each document holds, best first. */
export function rerankBody(query: string, documents: readonly string[], topN = documents.length): object {
  const wanted = query.toLowerCase().split(/\W+/).filter(Boolean);
  const scored = documents.map((document, index) => {
    const found = wanted.filter((word) => document.toLowerCase().includes(word)).length;
    return { index, relevance_score: found / Math.max(1, wanted.length) };
  });
  const results = scored.sort((a, b) => b.relevance_score - a.relevance_score).slice(0, topN);
  return { id: "rerank-1", results, meta: { api_version: { version: "2" }, billed_units: { search_units: 1 } } };
}
