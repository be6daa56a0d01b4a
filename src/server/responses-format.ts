// The Responses API's answer. No stored state: `previous_response_id` is refused elsewhere.
import type { ToolCall } from "../core/tools.ts";
import type { Reply } from "./answering.ts";
import { assayPart, finishOf, type Heading, usageOf } from "./chat-format.ts";
import { urlCitation, wireCitation } from "./wire-citations.ts";

/** `output`: default the message, then the calls. */
export function response(heading: Heading, reply: Reply, output: readonly object[] = outputOf(heading, reply)) {
  const isCut = finishOf(reply) === "length";
  return {
    ...shell(heading, isCut ? "incomplete" : "completed"),
    incomplete_details: isCut ? { reason: "max_output_tokens" } : null,
    output,
    usage: responseUsage(reply),
    assay: assayPart(reply),
  };
}

function outputOf(heading: Heading, reply: Reply): readonly object[] {
  const { text, toolCalls = [] } = reply.served.answer;
  const isSilent = text === "" && toolCalls.length > 0;
  const message = isSilent ? [] : [messageItem(heading, "completed", [textPart(heading, reply)])];
  return [...message, ...toolCalls.map((call) => callItem(call, "completed"))];
}

/** Of a response before it is complete. */
export function shell({ id, model, created }: Heading, status: string) {
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

export function messageItem({ id }: Heading, status: string, content: readonly object[]) {
  return { id: id.replace(/^resp_/, "msg_"), type: "message", role: "assistant", status, content };
}

export function callItem({ id, name, arguments: written }: ToolCall, status: string) {
  return { id: `fc_${id}`, type: "function_call", call_id: id, name, arguments: written, status };
}

export function textPart({ base }: Heading, { served }: Reply) {
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
