// Tools that a caller's program offers: a model may ask for one, the program runs it and sends back what it gave.
import type { Json } from "./json.ts";
import type { Message } from "./questions.ts";

export type ToolDefinition = {
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of the arguments. */
  readonly parameters: Json;
};

export type ToolOffer = {
  readonly tools: readonly ToolDefinition[];
  /** `required`: any of them must be called; `{ name }`: this one. */
  readonly choice: "auto" | "none" | "required" | { readonly name: string };
  /** False: at most one call in a turn. */
  readonly parallel?: boolean;
};

export type ToolCall = {
  readonly id: string;
  readonly name: string;
  /** JSON as the model wrote it: it may not satisfy the schema. */
  readonly arguments: string;
};

/** A piece of one call's arguments; the first piece of a call may be empty. */
export type ToolCallDelta = { readonly type: "tool-call-delta" } & ToolCall;

/** A turn of a conversation: a message, an assistant's that calls tools, or what a tool gave back. */
export type Turn =
  | (Message & { readonly toolCalls?: readonly ToolCall[] })
  | { readonly role: "tool"; readonly content: string; readonly callId: string };
