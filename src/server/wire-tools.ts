// Tools as OpenAI's two APIs word them: what is offered, what is called, and what comes back.
import { z } from "@hono/zod-openapi";
import type { Json } from "../core/json.ts";
import type { ToolCall, ToolDefinition, ToolOffer } from "../core/tools.ts";
import { HttpError } from "./http-errors.ts";

const name = z.string().regex(/^[\w-]{1,64}$/, "letters, digits, dashes and underscores, 64 at most");
const definition = {
  name,
  description: z.string().nullish(),
  parameters: z.record(z.string(), z.unknown()).nullish(),
};
const choiceWord = z.enum(["auto", "none", "required"]);

/** Of a chat request. Kinds of tools other than functions, which only OpenAI runs, are refused by `offerOf`. */
export const chatTools = {
  tools: z.array(z.looseObject({ type: z.string(), function: z.looseObject(definition).optional() })).nullish(),
  tool_choice: z
    .union([choiceWord, z.looseObject({ type: z.string(), function: z.looseObject({ name }).optional() })])
    .nullish(),
  parallel_tool_calls: z.boolean().nullish(),
};

/** Of a request to the Responses API: the same, flat. */
export const responseTools = {
  tools: z.array(z.looseObject({ type: z.string(), ...definition, name: name.optional() })).nullish(),
  tool_choice: z.union([choiceWord, z.looseObject({ type: z.string(), name: name.optional() })]).nullish(),
  parallel_tool_calls: z.boolean().nullish(),
};

/** Function tools of an assistant's message, as chat clients send them back. */
export const wireToolCall = z.looseObject({
  id: z.string(),
  type: z.literal("function").optional(),
  function: z.looseObject({ name, arguments: z.string() }),
});

type WireDefinition = {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly parameters?: Readonly<Record<string, unknown>> | null | undefined;
};

export type WireOffer = {
  /** Undefined where a tool is no function. */
  readonly tools: readonly (WireDefinition | undefined)[];
  /** Undefined where it names something other than a function. */
  readonly choice: "auto" | "none" | "required" | { readonly name: string } | undefined;
  readonly parallel: boolean | null | undefined;
};

export function chatOffer(body: z.infer<z.ZodObject<typeof chatTools>>): WireOffer {
  const { tool_choice: choice } = body;
  return {
    tools: (body.tools ?? []).map((tool) => (tool.type === "function" ? tool.function : undefined)),
    choice: typeof choice === "object" && choice !== null ? choice.function : (choice ?? "auto"),
    parallel: body.parallel_tool_calls,
  };
}

export function responsesOffer(body: z.infer<z.ZodObject<typeof responseTools>>): WireOffer {
  const { tool_choice: choice } = body;
  const named = (one: { type: string; name?: string | undefined }) =>
    one.type === "function" && one.name !== undefined ? { ...one, name: one.name } : undefined;
  return {
    tools: (body.tools ?? []).map(named),
    choice: typeof choice === "object" && choice !== null ? named(choice) : (choice ?? "auto"),
    parallel: body.parallel_tool_calls,
  };
}

/** What goes to the model. Throws `HttpError` 400 for tools that are no functions, and for a choice of none of them. */
export function offerOf({ tools, choice, parallel }: WireOffer): { tools?: ToolOffer } {
  if (tools.length === 0) {
    if (choice === "auto" || choice === "none") return {};
    throw refused("tool_choice", "a tool must be called, and none is offered");
  }
  const offered = tools.map((tool, position) => {
    if (tool === undefined) throw refused(`tools.${position}`, "only tools of type function can be passed on");
    return definitionOf(tool);
  });
  const names = new Set(offered.map((tool) => tool.name));
  if (names.size < offered.length) throw refused("tools", "two tools have one name");
  if (choice === undefined || (typeof choice === "object" && !names.has(choice.name)))
    throw refused("tool_choice", "it names no tool that is offered");
  const picked = typeof choice === "object" ? { name: choice.name } : choice;
  return { tools: { tools: offered, choice: picked, ...(parallel == null ? {} : { parallel }) } };
}

function definitionOf({ name, description, parameters }: WireDefinition): ToolDefinition {
  return {
    name,
    ...(description ? { description } : {}),
    parameters: (parameters ?? { type: "object", properties: {} }) as Json,
  };
}

function refused(param: string, message: string): HttpError {
  return new HttpError({ status: 400, code: "unsupported_parameter", message, param });
}

export function chatToolCall({ id, name, arguments: written }: ToolCall) {
  return { id, type: "function" as const, function: { name, arguments: written } };
}
