// Messages as OpenAI's clients send them, and what of a request cannot be done here: said plainly, never left out in silence.
import { z } from "@hono/zod-openapi";
import type { Json } from "../core/json.ts";
import type { Message } from "../core/questions.ts";
import { HttpError } from "./http-errors.ts";

const textPart = z.looseObject({ type: z.string(), text: z.string().optional() });

export const wireMessage = z.looseObject({
  role: z.enum(["system", "developer", "user", "assistant", "tool", "function"]),
  content: z.union([z.string(), z.array(textPart)]).nullish(),
});

export type WireMessage = z.infer<typeof wireMessage>;

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

/** Throws `HttpError` 400 for images, audio and tool results. */
export function toMessages(wire: readonly WireMessage[], param: string): readonly Message[] {
  return wire.flatMap(({ role, content }, position) => {
    if (role === "tool" || role === "function") throw unsupported(`${param}.${position}.role`, "tool results");
    const text = textOf(content, `${param}.${position}.content`);
    return text === "" && role !== "user" ? [] : [{ role: role === "developer" ? "system" : role, content: text }];
  });
}

function textOf(content: WireMessage["content"], param: string): string {
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

/** Tools may be named only where they may not be called. */
export function refuseTools(tools: unknown, choice: unknown): void {
  if (!Array.isArray(tools) || tools.length === 0 || choice === "none") return;
  throw unsupported("tools", "tools");
}

/** The schema behind `response_format`, or `text.format` of the Responses API. */
export function schemaFrom(format: { readonly type: string; readonly schema?: unknown } | undefined): {
  schema?: Json;
} {
  if (format === undefined || format.type === "text") return {};
  if (format.type === "json_object") return { schema: { type: "object" } };
  return { schema: (format.schema ?? { type: "object" }) as Json };
}
