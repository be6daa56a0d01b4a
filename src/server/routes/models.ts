// GET /v1/models: every approach that can answer here, and `assay` for the recommended one.
import { createRoute, z } from "@hono/zod-openapi";
import { recommendedModel } from "../../project/serve/project.ts";
import { type App, errorResponses, jsonOf, type ServerParts } from "../app-parts.ts";
import { HttpError } from "../http-errors.ts";

const model = z
  .object({
    id: z.string(),
    object: z.literal("model"),
    created: z.number(),
    owned_by: z.string(),
    assay: z.object({ approach: z.string(), labels: z.array(z.string()) }),
  })
  .openapi("Model");

const list = createRoute({
  method: "get",
  path: "/v1/models",
  responses: {
    200: jsonOf(z.object({ object: z.literal("list"), data: z.array(model) }), "The models."),
    ...errorResponses,
  },
});

const one = createRoute({
  method: "get",
  path: "/v1/models/{model}",
  request: { params: z.object({ model: z.string() }) },
  responses: { 200: jsonOf(model, "The model."), ...errorResponses },
});

export function modelRoutes(app: App, parts: ServerParts): void {
  const started = Math.floor(Date.now() / 1000);
  const models = async () => {
    const approaches = await parts.project.models();
    const recommended = parts.project.recommended();
    const labels = approaches.find(({ name }) => name === recommended)?.labels ?? [];
    return [
      { id: recommendedModel, approach: recommended, labels },
      ...approaches.map(({ name, labels }) => ({ id: name, approach: name, labels })),
    ].map(({ id, approach, labels }) => ({
      id,
      object: "model" as const,
      created: started,
      owned_by: "assay",
      assay: { approach, labels: [...labels] },
    }));
  };
  app.openapi(list, async (context) => context.json({ object: "list" as const, data: await models() }, 200));
  app.openapi(one, async (context) => {
    const { model: id } = context.req.valid("param");
    const found = (await models()).find((candidate) => candidate.id === id);
    if (found) return context.json(found, 200);
    throw new HttpError({
      status: 404,
      code: "model_not_found",
      message: "this model does not exist here",
      param: "model",
    });
  });
}
