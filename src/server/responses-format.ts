// The Responses API, whole and as its events. One message, no stored state: `previous_response_id` is refused elsewhere.
import type { Reply, ReplyEvent } from "./answering.ts";
import { assayPart, finishOf, type Heading, usageOf } from "./chat-format.ts";
import { urlCitation, wireCitation } from "./wire-citations.ts";

type Event = { readonly type: string } & Readonly<Record<string, unknown>>;

export function response(heading: Heading, reply: Reply) {
  const isCut = finishOf(reply) === "length";
  return {
    ...shell(heading, isCut ? "incomplete" : "completed"),
    incomplete_details: isCut ? { reason: "max_output_tokens" } : null,
    output: [messageItem(heading, "completed", [textPart(heading, reply)])],
    usage: responseUsage(reply),
    assay: assayPart(reply),
  };
}

function shell({ id, model, created }: Heading, status: string) {
  return {
    id,
    object: "response",
    created_at: created,
    status,
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    model,
    output: [] as readonly object[],
    parallel_tool_calls: false,
    temperature: null,
    tool_choice: "none",
    tools: [],
    top_p: null,
  };
}

function messageItem({ id }: Heading, status: string, content: readonly object[]) {
  return { id: id.replace(/^resp_/, "msg_"), type: "message", role: "assistant", status, content };
}

function textPart({ base }: Heading, { served }: Reply) {
  const annotations = served.citations.map((citation) => ({
    ...urlCitation(citation, base),
    citation: wireCitation(citation),
  }));
  return { type: "output_text", text: served.answer.text, annotations, logprobs: [] };
}

function responseUsage(reply: Reply) {
  const { prompt_tokens, completion_tokens, total_tokens, prompt_tokens_details } = usageOf(reply);
  return {
    input_tokens: prompt_tokens,
    input_tokens_details: prompt_tokens_details,
    output_tokens: completion_tokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens,
  };
}

/** In the order in which OpenAI's API sends them. */
export async function* responseEvents(heading: Heading, events: AsyncGenerator<ReplyEvent>): AsyncGenerator<Event> {
  let sequence = 0;
  const numbered = (event: Event): Event => {
    const { type, ...rest } = event;
    return { type, sequence_number: sequence++, ...rest };
  };
  for await (const event of unnumbered(heading, events)) yield numbered(event);
}

async function* unnumbered(heading: Heading, events: AsyncGenerator<ReplyEvent>): AsyncGenerator<Event> {
  const item = messageItem(heading, "in_progress", []);
  const place = { item_id: item.id, output_index: 0, content_index: 0 };
  let sent = "";
  let begun = false;
  for await (const event of events) {
    if (!begun) yield* beginning(heading, item, place);
    begun = true;
    if (event.type === "text-delta") {
      sent += event.text;
      yield { type: "response.output_text.delta", ...place, delta: event.text, logprobs: [] };
      continue;
    }
    const { text } = event.reply.served.answer;
    if (sent === "" && text !== "") yield { type: "response.output_text.delta", ...place, delta: text, logprobs: [] };
    yield* ending(heading, place, event.reply);
  }
}

function* beginning(heading: Heading, item: object, place: object): Generator<Event> {
  yield { type: "response.created", response: shell(heading, "in_progress") };
  yield { type: "response.in_progress", response: shell(heading, "in_progress") };
  yield { type: "response.output_item.added", output_index: 0, item };
  yield {
    type: "response.content_part.added",
    ...place,
    part: { type: "output_text", text: "", annotations: [], logprobs: [] },
  };
}

function* ending(heading: Heading, place: object, reply: Reply): Generator<Event> {
  const part = textPart(heading, reply);
  for (const [annotation_index, annotation] of part.annotations.entries())
    yield { type: "response.output_text.annotation.added", ...place, annotation_index, annotation };
  yield { type: "response.output_text.done", ...place, text: part.text, logprobs: [] };
  yield { type: "response.content_part.done", ...place, part };
  yield { type: "response.output_item.done", output_index: 0, item: messageItem(heading, "completed", [part]) };
  const whole = response(heading, reply);
  yield { type: whole.status === "incomplete" ? "response.incomplete" : "response.completed", response: whole };
}
