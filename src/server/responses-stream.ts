// The Responses API as its events, in the order in which OpenAI's sends them: every item is added, filled and done.
import type { ToolCall } from "../core/tools.ts";
import type { Reply, ReplyEvent } from "./answering.ts";
import type { Heading } from "./chat-format.ts";
import { callItem, messageItem, response, shell, textPart } from "./responses-format.ts";

type Event = { readonly type: string } & Readonly<Record<string, unknown>>;

export async function* responseEvents(heading: Heading, events: AsyncGenerator<ReplyEvent>): AsyncGenerator<Event> {
  let sequence = 0;
  for await (const { type, ...rest } of unnumbered(heading, events))
    yield { type, sequence_number: sequence++, ...rest };
}

async function* unnumbered(heading: Heading, events: AsyncGenerator<ReplyEvent>): AsyncGenerator<Event> {
  const items = streamedItems(heading);
  let begun = false;
  for await (const event of events) {
    if (!begun) {
      yield { type: "response.created", response: shell(heading, "in_progress") };
      yield { type: "response.in_progress", response: shell(heading, "in_progress") };
    }
    begun = true;
    if (event.type === "text-delta") yield* items.text(event.text);
    else if (event.type === "tool-call-delta") yield* items.call(event);
    else yield* items.end(event.reply);
  }
}

/** The message's place among the items; a call's is its id, which is never empty. */
const message = "";

/** Items in the order of their first words. */
function streamedItems(heading: Heading) {
  const order: string[] = [];
  const messageId = messageItem(heading, "in_progress", []).id;
  const placeOf = () => ({ item_id: messageId, output_index: order.indexOf(message), content_index: 0 });
  function* begin(): Generator<Event> {
    if (order.includes(message)) return;
    order.push(message);
    const { output_index } = placeOf();
    yield { type: "response.output_item.added", output_index, item: messageItem(heading, "in_progress", []) };
    yield { type: "response.content_part.added", ...placeOf(), part: emptyPart };
  }
  function* text(delta: string): Generator<Event> {
    yield* begin();
    if (delta !== "") yield { type: "response.output_text.delta", ...placeOf(), delta, logprobs: [] };
  }
  function* call({ id, name, arguments: delta }: ToolCall): Generator<Event> {
    const item = callItem({ id, name, arguments: "" }, "in_progress");
    if (!order.includes(id)) {
      order.push(id);
      yield { type: "response.output_item.added", output_index: order.length - 1, item };
    }
    const place = { item_id: item.id, output_index: order.indexOf(id) };
    if (delta !== "") yield { type: "response.function_call_arguments.delta", ...place, delta };
  }
  function* end(reply: Reply): Generator<Event> {
    const { text: whole, toolCalls = [] } = reply.served.answer;
    // What came whole has not been sent yet.
    const isSilent = whole === "" && toolCalls.length > 0;
    if (!order.includes(message) && !isSilent) yield* text(whole);
    for (const one of toolCalls) if (!order.includes(one.id)) yield* call(one);
    const output: object[] = [];
    for (const [output_index, id] of order.entries()) {
      const called = toolCalls.find((one) => one.id === id);
      const item = called
        ? callItem(called, "completed")
        : messageItem(heading, "completed", [textPart(heading, reply)]);
      yield* called ? callDone(called, output_index) : messageDone(textPart(heading, reply), placeOf());
      yield { type: "response.output_item.done", output_index, item };
      output.push(item);
    }
    const done = response(heading, reply, output);
    yield { type: done.status === "incomplete" ? "response.incomplete" : "response.completed", response: done };
  }
  return { text, call, end };
}

const emptyPart = { type: "output_text", text: "", annotations: [], logprobs: [] };

function* callDone({ id, name, arguments: written }: ToolCall, output_index: number): Generator<Event> {
  const item_id = callItem({ id, name, arguments: written }, "completed").id;
  yield { type: "response.function_call_arguments.done", item_id, output_index, name, arguments: written };
}

function* messageDone(part: ReturnType<typeof textPart>, place: object): Generator<Event> {
  for (const [annotation_index, annotation] of part.annotations.entries())
    yield { type: "response.output_text.annotation.added", ...place, annotation_index, annotation };
  yield { type: "response.output_text.done", ...place, text: part.text, logprobs: [] };
  yield { type: "response.content_part.done", ...place, part };
}
