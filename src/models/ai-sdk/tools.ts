// Tools and the turns in which they were called, as the AI SDK takes them. No tool is ever run here.
import type { JSONSchema7 } from "@ai-sdk/provider";
import type { ModelMessage, TextStreamPart, ToolChoice, ToolSet } from "ai";
import type { ToolCall, ToolCallDelta, ToolOffer, Turn } from "../../core/tools.ts";
import { loadSdk } from "./load-sdk.ts";

type ToolSettings = { readonly tools?: ToolSet; readonly toolChoice?: ToolChoice<ToolSet> };

export async function toolSettings(offer: ToolOffer | undefined): Promise<ToolSettings> {
  if (offer === undefined) return {};
  const { jsonSchema, tool } = await loadSdk();
  const tools = offer.tools.map(({ name, description, parameters }) => {
    const inputSchema = jsonSchema(parameters as JSONSchema7);
    return [name, tool({ ...(description === undefined ? {} : { description }), inputSchema })] as const;
  });
  const { choice } = offer;
  return {
    tools: Object.fromEntries(tools) as ToolSet,
    toolChoice: typeof choice === "string" ? choice : { type: "tool", toolName: choice.name },
  };
}

/** How each wire is told to call one tool at a time; Google's has no word for it. */
export function parallelOptions(offer: ToolOffer | undefined) {
  if (offer?.parallel === undefined) return { openai: {}, compatible: {}, anthropic: {} };
  return {
    openai: { parallelToolCalls: offer.parallel },
    compatible: { parallel_tool_calls: offer.parallel },
    anthropic: { disableParallelToolUse: !offer.parallel },
  };
}

export function modelMessages(turns: readonly Turn[]): ModelMessage[] {
  const names = new Map(
    turns.flatMap((turn) => (turn.role === "tool" ? [] : (turn.toolCalls ?? []).map(({ id, name }) => [id, name]))),
  );
  return turns.map((turn): ModelMessage => {
    if (turn.role === "tool") {
      const { callId: toolCallId, content: value } = turn;
      const toolName = names.get(toolCallId) ?? toolCallId;
      return {
        role: "tool",
        content: [{ type: "tool-result", toolCallId, toolName, output: { type: "text", value } }],
      };
    }
    const { role, content, toolCalls = [] } = turn;
    if (role !== "assistant" || toolCalls.length === 0) return { role, content };
    const text = content === "" ? [] : [{ type: "text" as const, text: content }];
    return { role, content: [...text, ...toolCalls.map(callPart)] };
  });
}

function callPart({ id, name, arguments: written }: ToolCall) {
  return { type: "tool-call" as const, toolCallId: id, toolName: name, input: parsed(written) };
}

function parsed(written: string): unknown {
  try {
    return JSON.parse(written === "" ? "{}" : written);
  } catch {
    return written;
  }
}

/** A call as the SDK gives it: its input is parsed, or the words themselves where they were no JSON. */
type SdkToolCall = { readonly toolCallId: string; readonly toolName: string; readonly input: unknown };

export function toolCallOf({ toolCallId: id, toolName: name, input }: SdkToolCall): ToolCall {
  return { id, name, arguments: typeof input === "string" ? input : JSON.stringify(input ?? {}) };
}

/** Follows the parts of a stream: passes on pieces of arguments as they come, and knows every call at the end. */
export function streamedCalls() {
  const calls = new Map<string, ToolCall>();
  const piece = (id: string, name: string, text: string): ToolCallDelta => {
    const before = calls.get(id);
    calls.set(id, { id, name, arguments: `${before?.arguments ?? ""}${text}` });
    return { type: "tool-call-delta", id, name, arguments: text };
  };
  return {
    *read(part: TextStreamPart<ToolSet>): Generator<ToolCallDelta> {
      if (part.type === "tool-input-start") yield piece(part.id, part.toolName, "");
      if (part.type === "tool-input-delta" && part.delta !== "")
        yield piece(part.id, calls.get(part.id)?.name ?? "", part.delta);
      if (part.type !== "tool-call") return;
      const { id, name, arguments: whole } = toolCallOf(part);
      // Wires that send calls whole, or without any argument.
      if (!calls.get(id)?.arguments) yield piece(id, name, whole);
    },
    all: (): readonly ToolCall[] => [...calls.values()],
  };
}
