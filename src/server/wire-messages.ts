// Messages as OpenAI's clients send them, and what of a request cannot be done here: said plainly, never left out in silence.
import { z } from "@hono/zod-openapi";
import type { Json } from "../core/json.ts";
import type { ToolCall, Turn } from "../core/tools.ts";
import { HttpError } from "./http-errors.ts";
import { wireToolCall } from "./wire-tools.ts";

const textPart = z.looseObject({ type: z.string(), text: z.string().optional() });

export const wireMessage = z.looseObject({
  role: z.enum(["system", "developer", "user", "assistant", "tool", "function"]),
  content: z.union([z.string(), z.array(textPart)]).nullish(),
  /** Of an assistant's message. */
  tool_calls: z.array(wireToolCall).nullish(),
  /** Of a tool's message: the call that it answers. */
  tool_call_id: z.string().nullish(),
});

type WireMessage = z.infer<typeof wireMessage>;

/** Assay's own part of a request; clients send it as an extra body field. */
export const assayExtension = z.looseObject({
  /** Metadata equality, as `search` takes it. */
  filter: z
    .record(
      z.string(),
      z.union([z.string(), z.number(), z.boolean(), z.array(z.union([z.string(), z.number(), z.boolean()]))]),
    )
    .optional(),
  /** Narrows what may be read to these access labels. */
  groups: z.array(z.string()).optional(),
});

const textTypes: ReadonlySet<string> = new Set(["text", "input_text", "output_text"]);

/** Throws `HttpError` 400 for images, audio and the functions of the API before tools. */
export function toTurns(wire: readonly WireMessage[], param: string): readonly Turn[] {
  return wire.flatMap((message, position): Turn[] => {
    const { role } = message;
    if (role === "function") throw unsupported(`${param}.${position}.role`, "functions (use tools)");
    const content = textOf(message.content, `${param}.${position}.content`);
    if (role === "tool") return [{ role, content, callId: message.tool_call_id ?? "" }];
    const toolCalls = (role === "assistant" ? (message.tool_calls ?? []) : []).map(toToolCall);
    if (content === "" && role !== "user" && toolCalls.length === 0) return [];
    return [
      {
        role: role === "developer" ? "system" : role,
        content,
        ...(toolCalls.length > 0 ? { toolCalls } : {}),
      } as const,
    ];
  });
}

function toToolCall({ id, function: { name, arguments: written } }: z.infer<typeof wireToolCall>): ToolCall {
  return { id, name, arguments: written };
}

export function textOf(content: WireMessage["content"], param: string): string {
  if (typeof content === "string" || content == null) return content ?? "";
  return content
    .map((part) => {
      if (textTypes.has(part.type) && part.text !== undefined) return part.text;
      throw unsupported(param, `parts of type ${JSON.stringify(part.type)}`);
    })
    .join("\n");
}

export function unsupported(param: string, what: string): HttpError {
  const message = `${what} cannot be taken here: the approaches answer text with text`;
  return new HttpError({ status: 400, code: "unsupported_parameter", message, param });
}

/** The schema behind `response_format`, or `text.format` of the Responses API. */
export function schemaFrom(format: { readonly type: string; readonly schema?: unknown } | undefined): {
  schema?: Json;
} {
  if (format === undefined || format.type === "text") return {};
  if (format.type === "json_object") return { schema: { type: "object" } };
  return { schema: (format.schema ?? { type: "object" }) as Json };
}
