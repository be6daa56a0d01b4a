// POST /v1/responses: what OpenAI's clients call by default. One turn of text; nothing is stored for a later one.
import { createRoute, z } from "@hono/zod-openapi";
import type { Turn } from "../../core/tools.ts";
import { type Ask, answerAsked } from "../answering.ts";
import { type App, baseOf, errorResponses, type ServerParts } from "../app-parts.ts";
import { streamed, wholeReply } from "../reply.ts";
import { response } from "../responses-format.ts";
import { responseInput, turnsOfInput } from "../responses-input.ts";
import { responseEvents } from "../responses-stream.ts";
import { assayExtension, schemaFrom, unsupported } from "../wire-messages.ts";
import { offerOf, responsesOffer, responseTools } from "../wire-tools.ts";

const responseRequest = z
  .looseObject({
    model: z.string(),
    input: responseInput,
    instructions: z.string().nullish(),
    stream: z.boolean().nullish(),
    temperature: z.number().min(0).max(2).nullish(),
    max_output_tokens: z.int().min(1).nullish(),
    text: z
      .looseObject({
        format: z
          .looseObject({
            type: z.enum(["text", "json_object", "json_schema"]),
            schema: z.record(z.string(), z.unknown()).optional(),
          })
          .optional(),
      })
      .nullish(),
    ...responseTools,
    assay: assayExtension.optional(),
  })
  .openapi("ResponseRequest");

const route = createRoute({
  method: "post",
  path: "/v1/responses",
  description: "The same as chat completions, in the shape of OpenAI's Responses API.",
  request: { body: { required: true, content: { "application/json": { schema: responseRequest } } } },
  responses: {
    200: {
      description: "The response, whole or as server-sent events.",
      content: {
        "application/json": {
          schema: z.looseObject({ id: z.string(), object: z.literal("response"), status: z.string() }),
        },
        "text/event-stream": { schema: z.string() },
      },
    },
    ...errorResponses,
  },
});

export function responsesRoute(app: App, parts: ServerParts): void {
  app.openapi(route, async (context) => {
    const body = context.req.valid("json");
    const leaving = new AbortController();
    const signal = AbortSignal.any([context.req.raw.signal, leaving.signal]);
    const ask = askFrom(body, `resp_${crypto.randomUUID()}`, signal);
    const heading = {
      id: ask.id,
      model: body.model,
      created: Math.floor(Date.now() / 1000),
      base: baseOf(context, parts),
    };
    const events = answerAsked(parts, context.var.caller, ask);
    if (!body.stream) return context.json(response(heading, await wholeReply(events)) as never, 200);
    return streamed(responseEvents(heading, events), {
      leave: () => leaving.abort(),
      nameOf: ({ type }) => type,
      log: parts.log,
    });
  });
}

type ResponseBody = z.infer<typeof responseRequest>;

function askFrom(body: ResponseBody, id: string, signal: AbortSignal): Ask {
  if (body["previous_response_id"] != null) throw unsupported("previous_response_id", "stored responses");
  if (body["background"] === true) throw unsupported("background", "answers in the background");
  const { temperature, max_output_tokens: maxOutputTokens, assay } = body;
  return {
    id,
    model: body.model,
    messages: turnsOf(body),
    ...offerOf(responsesOffer(body)),
    stream: body.stream ?? false,
    signal,
    generate: {
      ...(temperature == null ? {} : { temperature }),
      ...(maxOutputTokens == null ? {} : { maxOutputTokens }),
    },
    ...schemaFrom(body.text?.format),
    ...(assay?.filter ? { filter: assay.filter } : {}),
    ...(assay?.groups ? { groups: assay.groups } : {}),
  };
}

function turnsOf({ input, instructions }: ResponseBody): readonly Turn[] {
  const turns = turnsOfInput(input);
  return instructions ? [{ role: "system", content: instructions }, ...turns] : turns;
}
