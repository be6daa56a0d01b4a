// POST /v1/search: the passages that an answer would be made from.
import { createRoute, z } from "@hono/zod-openapi";
import { type App, errorResponses, jsonOf, type ServerParts } from "../app-parts.ts";
import { narrowed } from "../callers.ts";
import { assayExtension } from "../wire-messages.ts";

const searchRequest = z
  .strictObject({
    query: z.string().min(1),
    top_k: z.int().min(1).max(200).optional(),
    ...assayExtension.shape,
  })
  .openapi("SearchRequest");

const hit = z.object({
  document_id: z.string(),
  file: z.string(),
  page: z.number().optional(),
  start: z.number(),
  end: z.number(),
  score: z.number(),
  text: z.string(),
});

const route = createRoute({
  method: "post",
  path: "/v1/search",
  description: "Ranked passages, best first, among those that the caller may read.",
  request: { body: { required: true, content: { "application/json": { schema: searchRequest } } } },
  responses: {
    200: jsonOf(z.object({ object: z.literal("list"), data: z.array(hit) }), "The passages."),
    ...errorResponses,
  },
});

export function searchRoute(app: App, parts: ServerParts): void {
  app.openapi(route, async (context) => {
    const { query, top_k: topK, filter, groups } = context.req.valid("json");
    const { signal } = context.req.raw;
    const leave = await parts.admission.enter(signal);
    try {
      const hits = await parts.project.search({
        query,
        signal,
        ...narrowed(context.var.caller.access, groups),
        ...(topK === undefined ? {} : { topK }),
        ...(filter ? { filter } : {}),
      });
      const data = hits.map(({ documentId, source, page, start, end, score, text }) => ({
        document_id: documentId,
        file: source,
        ...(page === undefined ? {} : { page }),
        start,
        end,
        score,
        text,
      }));
      return context.json({ object: "list" as const, data }, 200);
    } finally {
      leave();
    }
  });
}
