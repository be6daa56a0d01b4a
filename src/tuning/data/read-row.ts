// From the JSON of one line to an example: chat, prompt and completion, or preference. Says all that is wrong at once.
// Knows no file.
import type { Json } from "../../core/json.ts";
import type { DataMessage, DataRole, ExampleRow, JsonObject } from "./example-row.ts";

/** Which of the known shapes a line has; a file holds one of them. */
export type RowShape = "messages" | "prompt-completion" | "preference";

export type ReadRow =
  | { readonly status: "read"; readonly shape: RowShape; readonly row: ExampleRow }
  | { readonly status: "broken"; readonly problems: readonly string[] };

const roles: readonly string[] = ["system", "user", "assistant", "tool"];

/** `line` is the line's number, from 1. Prompts and answers may be plain text or lists of messages. */
export function readRow(value: Json, line: number): ReadRow {
  const problems: string[] = [];
  const object = asObject(value);
  if (object === undefined) return { status: "broken", problems: ["expected an object"] };
  const shapes = shapesOf(object);
  const [shape] = shapes;
  if (shape === undefined || shapes.length > 1) return { status: "broken", problems: [shapeProblem(shapes)] };
  const base = { line, ...commonFields(object, problems) };
  const row = shape === "preference" ? preferenceRow(object, base, problems) : chatRow(object, shape, base, problems);
  return problems.length > 0 ? { status: "broken", problems } : { status: "read", shape, row };
}

function shapesOf(object: JsonObject): readonly RowShape[] {
  const has = (key: string) => object[key] !== undefined;
  return [
    ...(has("messages") ? (["messages"] as const) : []),
    ...(has("completion") ? (["prompt-completion"] as const) : []),
    ...(has("preferred_output") || has("chosen") ? (["preference"] as const) : []),
  ];
}

function shapeProblem(shapes: readonly RowShape[]): string {
  if (shapes.length > 1) return `fits two shapes at once: ${shapes.join(" and ")}`;
  return 'expected "messages", or "prompt" and "completion", or "input", "preferred_output" and "non_preferred_output"';
}

type Base = Pick<ExampleRow, "line" | "group" | "tools" | "parallelToolCalls">;

function commonFields(object: JsonObject, problems: string[]): Omit<Base, "line"> {
  const { group } = object;
  if (group !== undefined && typeof group !== "string" && typeof group !== "number") {
    problems.push("group: expected text");
  }
  return { ...(group === undefined ? {} : { group: String(group) }), ...toolFields(object, problems) };
}

/** In OpenAI's preference rows the tools stand inside `input`. */
function toolFields(object: JsonObject, problems: string[]): Pick<Base, "tools" | "parallelToolCalls"> {
  const { tools, parallel_tool_calls: parallel } = object;
  if (parallel !== undefined && typeof parallel !== "boolean") {
    problems.push("parallel_tool_calls: expected true or false");
  }
  return {
    ...(tools === undefined ? {} : { tools }),
    ...(typeof parallel === "boolean" ? { parallelToolCalls: parallel } : {}),
  };
}

function chatRow(object: JsonObject, shape: RowShape, base: Base, problems: string[]): ExampleRow {
  const messages =
    shape === "messages"
      ? messagesIn(object["messages"], "messages", problems)
      : [
          ...turnsIn(object["prompt"], "prompt", "user", problems),
          ...turnsIn(object["completion"], "completion", "assistant", problems),
        ];
  if (problems.length === 0) problems.push(...orderProblems(messages));
  return { ...base, kind: "chat", messages };
}

function preferenceRow(object: JsonObject, base: Base, problems: string[]): ExampleRow {
  const isOpenAi = object["preferred_output"] !== undefined;
  const input = isOpenAi ? asObject(object["input"])?.["messages"] : object["prompt"];
  const messages = turnsIn(input, isOpenAi ? "input.messages" : "prompt", "user", problems);
  const [preferredKey, rejectedKey] = isOpenAi ? ["preferred_output", "non_preferred_output"] : ["chosen", "rejected"];
  const preferred = singleAnswer(object[preferredKey as string], preferredKey as string, problems);
  const rejected = singleAnswer(object[rejectedKey as string], rejectedKey as string, problems);
  if (problems.length === 0) {
    if (messages.at(-1)?.role === "assistant")
      problems.push("the input ends with an assistant's turn; expected a question");
    if (!messages.some(({ role }) => role === "user")) problems.push("no turn is the user's");
    if (preferred === rejected) problems.push("both answers are the same, so there is nothing to prefer");
  }
  const nested = isOpenAi ? toolFields(asObject(object["input"]) ?? {}, problems) : {};
  return { ...base, ...nested, kind: "preference", messages, preferred, rejected };
}

function singleAnswer(value: Json | undefined, key: string, problems: string[]): string {
  const turns = turnsIn(value, key, "assistant", problems);
  if (turns.length > 0 && (turns.length > 1 || turns[0]?.role !== "assistant")) {
    problems.push(`${key}: expected one assistant's turn`);
  }
  return turns[0]?.content ?? "";
}

/** Plain text is one turn of `role`. */
function turnsIn(value: Json | undefined, key: string, role: DataRole, problems: string[]): readonly DataMessage[] {
  if (typeof value !== "string") return messagesIn(value, key, problems);
  if (value.trim() === "") problems.push(`${key}: the turn is empty`);
  return [{ role, content: value }];
}

function messagesIn(value: Json | undefined, key: string, problems: string[]): readonly DataMessage[] {
  if (!Array.isArray(value) || value.length === 0) {
    problems.push(`${key}: expected a list of messages`);
    return [];
  }
  return (value as readonly Json[]).flatMap((item, place) => messageIn(item, `${key}.${place}`, problems));
}

function messageIn(value: Json, path: string, problems: string[]): readonly DataMessage[] {
  const object = asObject(value);
  if (object === undefined) {
    problems.push(`${path}: expected {"role": …, "content": …}`);
    return [];
  }
  const { role, content, weight, ...extra } = object;
  if (typeof role !== "string" || !roles.includes(role)) {
    problems.push(`${path}.role: ${JSON.stringify(role ?? null)} is none of ${roles.join(", ")}`);
    return [];
  }
  const callsTools = role === "assistant" && extra["tool_calls"] !== undefined;
  const isSilent = content === null || content === undefined;
  if (!(isSilent && callsTools) && typeof content !== "string") problems.push(`${path}.content: expected text`);
  else if (!callsTools && String(content).trim() === "") problems.push(`${path}: the ${role}'s turn is empty`);
  if (weight !== undefined && weight !== 0 && weight !== 1) problems.push(`${path}.weight: expected 0 or 1`);
  if (weight !== undefined && role !== "assistant")
    problems.push(`${path}.weight: only an assistant's turn has a weight`);
  return [
    {
      role: role as DataRole,
      content: typeof content === "string" ? content : "",
      ...(weight === 0 || weight === 1 ? { weight } : {}),
      ...(Object.keys(extra).length > 0 ? { extra } : {}),
    },
  ];
}

function orderProblems(messages: readonly DataMessage[]): readonly string[] {
  const problems: string[] = [];
  const last = messages.at(-1);
  if (last?.role !== "assistant") problems.push(`the last turn is the ${last?.role}'s; expected the assistant's`);
  if (!messages.some(({ role }) => role === "user")) problems.push("no turn is the user's");
  if (messages.slice(1).some(({ role }) => role === "system"))
    problems.push("a system message stands after the first turn");
  if (!messages.some(({ role, weight }) => role === "assistant" && weight !== 0)) {
    problems.push("every assistant's turn has weight 0, so nothing is learned");
  }
  return problems;
}

function asObject(value: Json | undefined): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}
