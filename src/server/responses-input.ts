// The input of the Responses API: messages, calls of functions and what they gave, as turns of a conversation.
import { z } from "@hono/zod-openapi";
import type { ToolCall, Turn } from "../core/tools.ts";
import { textOf, toTurns, unsupported, wireMessage } from "./wire-messages.ts";

const inputItem = z.looseObject({
  type: z.string().optional(),
  ...wireMessage.partial().shape,
  call_id: z.string().optional(),
  name: z.string().optional(),
  arguments: z.string().optional(),
  output: wireMessage.shape.content,
});

export const responseInput = z.union([z.string(), z.array(inputItem).min(1)]);

type InputItem = z.infer<typeof inputItem>;

/** Throws `HttpError` 400 for items that are neither messages nor calls of functions. */
export function turnsOfInput(input: z.infer<typeof responseInput>): readonly Turn[] {
  if (typeof input === "string") return [{ role: "user", content: input }];
  return input.map((item, position) => turnOf(item, `input.${position}`)).reduce<readonly Turn[]>(joined, []);
}

function turnOf(item: InputItem, param: string): Turn {
  const { type = "message", call_id: callId = "" } = item;
  if (type === "function_call_output") return { role: "tool", callId, content: textOf(item.output, param) };
  if (type === "function_call") {
    const call = { id: callId, name: item.name ?? "", arguments: item.arguments ?? "{}" };
    return { role: "assistant", content: "", toolCalls: [call] };
  }
  if (type !== "message" || item.role === undefined) throw unsupported(param, `items of type ${JSON.stringify(type)}`);
  return toTurns([{ ...item, role: item.role }], param)[0] ?? { role: "assistant", content: "" };
}

/** Calls that stand one after the other were made in one turn. */
function joined(turns: readonly Turn[], turn: Turn): readonly Turn[] {
  const last = turns.at(-1);
  const calls = callsOf(turn);
  if (calls.length === 0 || last?.role !== "assistant") return [...turns, turn];
  return [...turns.slice(0, -1), { ...last, toolCalls: [...callsOf(last), ...calls] }];
}

function callsOf(turn: Turn): readonly ToolCall[] {
  return turn.role === "assistant" ? (turn.toolCalls ?? []) : [];
}
