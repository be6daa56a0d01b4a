// Reads preferences.jsonl: questions with a preferred and a rejected answer, in the shapes of OpenAI and of TRL. Reads no file.
import type { Message, PreferenceExample } from "../../core/questions.ts";
import type { DataMessage, ExampleRow } from "./example-row.ts";
import { type LineProblem, readRows } from "./read-rows.ts";

export type ReadPreferences = {
  readonly examples: readonly PreferenceExample[];
  readonly issues: readonly LineProblem[];
};

/** In file order. A row of another shape is an issue, as are tools: trainers here take plain turns. */
export function readPreferences(text: string): ReadPreferences {
  const { lines, broken } = readRows(new TextEncoder().encode(text));
  const examples: PreferenceExample[] = [];
  const issues: LineProblem[] = [...broken];
  for (const { line, row } of lines) {
    const found = preferenceOf(row);
    if (typeof found === "string") issues.push({ line, message: found });
    else examples.push(found);
  }
  return { examples, issues: issues.sort((a, b) => a.line - b.line) };
}

function preferenceOf(row: ExampleRow): PreferenceExample | string {
  if (row.kind !== "preference") return "expected a preferred and a rejected answer, and this is a conversation";
  const { messages, preferred, rejected, group } = row;
  if (row.tools !== undefined || !messages.every(isPlain)) return "tools cannot be preferred one to another here";
  const turns = messages.map(({ role, content }): Message => ({ role: role as Message["role"], content }));
  return { messages: turns, preferred, rejected, ...(group === undefined ? {} : { group }) };
}

const isPlain = ({ role, extra }: DataMessage): boolean => role !== "tool" && extra?.["tool_calls"] === undefined;
