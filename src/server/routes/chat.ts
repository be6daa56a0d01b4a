// POST /v1/chat/completions
import { createRoute, z } from "@hono/zod-openapi";
import { type Ask, answerAsked } from "../answering.ts";
import { type App, baseOf, errorResponses, type ServerParts } from "../app-parts.ts";
import { completion, completionChunks } from "../chat-format.ts";
import { streamed, wholeReply } from "../reply.ts";
import { assayExtension, schemaFrom, toTurns, unsupported, wireMessage } from "../wire-messages.ts";
import { chatOffer, chatTools, offerOf } from "../wire-tools.ts";

const responseFormat = z.discriminatedUnion("type", [
  z.looseObject({ type: z.literal("text") }),
  z.looseObject({ type: z.literal("json_object") }),
  z.looseObject({
    type: z.literal("json_schema"),
    json_schema: z.looseObject({ name: z.string().optional(), schema: z.record(z.string(), z.unknown()).optional() }),
  }),
]);

const chatRequest = z
  .looseObject({
    model: z.string(),
    messages: z.array(wireMessage).min(1),
    stream: z.boolean().nullish(),
    stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
    response_format: responseFormat.nullish(),
    temperature: z.number().min(0).max(2).nullish(),
    max_tokens: z.int().min(1).nullish(),
    max_completion_tokens: z.int().min(1).nullish(),
    n: z.int().nullish(),
    ...chatTools,
    assay: assayExtension.optional(),
  })
  .openapi("ChatRequest");

const chatResponse = z.looseObject({
  id: z.string(),
  object: z.literal("chat.completion"),
  created: z.number(),
  model: z.string(),
  choices: z.array(z.looseObject({ index: z.number(), finish_reason: z.string() })),
});

const route = createRoute({
  method: "post",
  path: "/v1/chat/completions",
  description: "Answers the last user message from the documents, with verified citations as annotations.",
  request: { body: { required: true, content: { "application/json": { schema: chatRequest } } } },
  responses: {
    200: {
      description: "The answer, whole or as server-sent events.",
      content: { "application/json": { schema: chatResponse }, "text/event-stream": { schema: z.string() } },
    },
    ...errorResponses,
  },
});

export function chatRoute(app: App, parts: ServerParts): void {
  app.openapi(route, async (context) => {
    const body = context.req.valid("json");
    const leaving = new AbortController();
    const signal = AbortSignal.any([context.req.raw.signal, leaving.signal]);
    const ask = askFrom(body, `chatcmpl-${crypto.randomUUID()}`, signal);
    const heading = {
      id: ask.id,
      model: body.model,
      created: Math.floor(Date.now() / 1000),
      base: baseOf(context, parts),
    };
    const events = answerAsked(parts, context.var.caller, ask);
    if (!body.stream) return context.json(completion(heading, await wholeReply(events)), 200);
    const chunks = completionChunks(heading, events, body.stream_options?.include_usage ?? false);
    return streamed(chunks, { leave: () => leaving.abort(), last: "[DONE]", log: parts.log });
  });
}

type ChatBody = z.infer<typeof chatRequest>;

function askFrom(body: ChatBody, id: string, signal: AbortSignal): Ask {
  refuseUnsupported(body);
  const { temperature, assay } = body;
  const maxOutputTokens = body.max_completion_tokens ?? body.max_tokens;
  return {
    id,
    model: body.model,
    messages: toTurns(body.messages, "messages"),
    ...offerOf(chatOffer(body)),
    stream: body.stream ?? false,
    signal,
    generate: {
      ...(temperature == null ? {} : { temperature }),
      ...(maxOutputTokens == null ? {} : { maxOutputTokens }),
    },
    ...schemaOf(body.response_format),
    ...(assay?.filter ? { filter: assay.filter } : {}),
    ...(assay?.groups ? { groups: assay.groups } : {}),
  };
}

function schemaOf(format: ChatBody["response_format"]) {
  if (format == null) return {};
  if (format.type === "json_schema") return schemaFrom({ type: format.type, schema: format.json_schema.schema });
  return schemaFrom(format);
}

/** What would change the answer's shape and cannot be done. Hints for a sampler (seed, top_p, penalties) are let pass. */
function refuseUnsupported(body: ChatBody): void {
  if (body["functions"] != null) throw unsupported("functions", "functions (use tools)");
  if ((body.n ?? 1) !== 1) throw unsupported("n", "more than one choice");
  if (body["logprobs"] === true) throw unsupported("logprobs", "log probabilities");
  if (body["stop"] != null) throw unsupported("stop", "stop sequences");
}
