// One training example, whatever shape its line was written in. Everything in this folder speaks of these rows.
// Knows no file and no provider.
import type { Json } from "../../core/json.ts";

export type DataRole = "system" | "user" | "assistant" | "tool";

export type DataMessage = {
  readonly role: DataRole;
  readonly content: string;
  /** Assistant turns only: 0 takes the turn out of the loss. Absent means 1. */
  readonly weight?: 0 | 1;
  /** What else stood in the message (`tool_calls`, `tool_call_id`, `name`), unread. */
  readonly extra?: JsonObject;
};

export type JsonObject = { readonly [key: string]: Json };

/** What every shape has. */
type RowBase = {
  /** In its file, counted from 1. */
  readonly line: number;
  /** Rows of one group are never parted by a split. */
  readonly group?: string;
  /** Tool definitions, unread. */
  readonly tools?: Json;
  readonly parallelToolCalls?: boolean;
};

/** Turns that end with the answer to be learned. */
export type ChatRow = RowBase & { readonly kind: "chat"; readonly messages: readonly DataMessage[] };

/** Turns that end with a question, and two answers to it. */
export type PreferenceRow = RowBase & {
  readonly kind: "preference";
  readonly messages: readonly DataMessage[];
  readonly preferred: string;
  readonly rejected: string;
};

export type ExampleRow = ChatRow | PreferenceRow;

/** The answer that the row teaches: the last turn, or the preferred answer. */
export function answerOf(row: ExampleRow): string {
  return row.kind === "chat" ? (row.messages.at(-1)?.content ?? "") : row.preferred;
}

/** The turns before the answer. */
export function promptOf(row: ExampleRow): readonly DataMessage[] {
  return row.kind === "chat" ? row.messages.slice(0, -1) : row.messages;
}

/** Everything said before the answer, system messages left out: what makes two examples ask the same. */
export function questionOf(row: ExampleRow): string {
  return promptOf(row)
    .filter(({ role }) => role !== "system")
    .map(({ content }) => content)
    .join("\n");
}
