// POST /v1/embeddings: the project's own embedder, which its index was built with.
import { createRoute, z } from "@hono/zod-openapi";
import { type App, errorResponses, jsonOf, type ServerParts } from "../app-parts.ts";
import { HttpError } from "../http-errors.ts";

const embeddingRequest = z
  .looseObject({
    model: z.string(),
    input: z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(2048)]),
    encoding_format: z.enum(["float", "base64"]).nullish(),
    dimensions: z.int().min(1).nullish(),
  })
  .openapi("EmbeddingRequest");

const embeddingResponse = z.looseObject({
  object: z.literal("list"),
  model: z.string(),
  data: z.array(
    z.object({
      object: z.literal("embedding"),
      index: z.number(),
      embedding: z.union([z.array(z.number()), z.string()]),
    }),
  ),
});

const route = createRoute({
  method: "post",
  path: "/v1/embeddings",
  description: "Vectors of the configured embedder. `model` is its name, or `assay`.",
  request: { body: { required: true, content: { "application/json": { schema: embeddingRequest } } } },
  responses: { 200: jsonOf(embeddingResponse, "One vector per input, in order."), ...errorResponses },
});

export function embeddingsRoute(app: App, parts: ServerParts): void {
  app.openapi(route, async (context) => {
    const body = context.req.valid("json");
    const leave = await parts.admission.enter(context.req.raw.signal);
    try {
      const { model, vectors, usage } = await parts.project.embed([body.input].flat(), context.req.raw.signal);
      requireModel(body.model, model);
      requireDimensions(body.dimensions, vectors[0]?.length ?? 0);
      const tokens = usage.reduce((sum, { inputTokens }) => sum + inputTokens, 0);
      const data = vectors.map((vector, index) => ({
        object: "embedding" as const,
        index,
        embedding: body.encoding_format === "base64" ? base64(vector) : Array.from(vector),
      }));
      return context.json(
        { object: "list" as const, data, model, usage: { prompt_tokens: tokens, total_tokens: tokens } },
        200,
      );
    } finally {
      leave();
    }
  });
}

function requireModel(asked: string, embedder: string): void {
  if (asked === embedder || asked === "assay") return;
  const message = `the embedder here is ${embedder}: name it, or "assay"`;
  throw new HttpError({ status: 404, code: "model_not_found", message, param: "model" });
}

function requireDimensions(asked: number | null | undefined, held: number): void {
  if (asked == null || asked === held) return;
  const message = `the embedder here has ${held} dimensions and cannot be cut`;
  throw new HttpError({ status: 400, code: "unsupported_parameter", message, param: "dimensions" });
}

/** Little-endian 32-bit floats, as OpenAI's clients decode them. */
function base64(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString("base64");
}
