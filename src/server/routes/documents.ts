// GET /v1/documents/{id}: what a citation points into, for those who may read it.
import { createRoute, z } from "@hono/zod-openapi";
import { type App, errorResponses, jsonOf, type ServerParts } from "../app-parts.ts";
import { HttpError } from "../http-errors.ts";

const document = z
  .object({
    id: z.string(),
    source: z.string(),
    title: z.string(),
    format: z.string(),
    text: z.string(),
    pages: z.array(z.object({ page: z.number(), start: z.number(), end: z.number() })).optional(),
  })
  .openapi("Document");

const route = createRoute({
  method: "get",
  path: "/v1/documents/{id}",
  description: "The extracted text that citations' offsets point into.",
  request: { params: z.object({ id: z.string() }) },
  responses: { 200: jsonOf(document, "The document."), ...errorResponses },
});

export function documentsRoute(app: App, parts: ServerParts): void {
  app.openapi(route, (context) => {
    const found = parts.project.document(context.req.valid("param").id, context.var.caller.access);
    if (found === undefined) {
      const message = "no such document can be read with this key";
      throw new HttpError({ status: 404, code: "not_found", message, param: "id" });
    }
    const { id, source, title, format, text, pages } = found;
    return context.json({ id, source, title, format, text, ...(pages ? { pages: [...pages] } : {}) }, 200);
  });
}
