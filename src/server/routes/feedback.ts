// POST /v1/feedback: what people thought of an answer. Kept for review; nothing learns from it unseen.
import { createRoute, z } from "@hono/zod-openapi";
import type { NewFeedback } from "../../project/serve/feedback.ts";
import { type App, errorResponses, jsonOf, type ServerParts } from "../app-parts.ts";
import { HttpError, readOnly } from "../http-errors.ts";

const feedbackRequest = z
  .strictObject({
    /** The answer's id, as the completion or response carried it. */
    id: z.string().max(100),
    rating: z.enum(["up", "down"]).optional(),
    /** What the answer should have been. */
    correction: z.string().min(1).max(20_000).optional(),
    comment: z.string().max(5_000).optional(),
  })
  .refine(({ rating, correction }) => rating !== undefined || correction !== undefined, "give a rating or a correction")
  .openapi("FeedbackRequest");

const route = createRoute({
  method: "post",
  path: "/v1/feedback",
  description: "A rating or a correction of an answer that this caller was given.",
  request: { body: { required: true, content: { "application/json": { schema: feedbackRequest } } } },
  responses: { 201: jsonOf(z.object({ id: z.string() }), "Kept for review."), ...errorResponses },
});

export function feedbackRoute(app: App, parts: ServerParts): void {
  app.openapi(route, (context) => {
    const { id: traceId, rating, correction, comment } = context.req.valid("json");
    parts.traces.flush();
    const kept = keptOr503(parts, {
      traceId,
      caller: context.var.caller.name,
      ...(rating ? { rating } : {}),
      ...(correction ? { correction: parts.guard.redactInput(correction) } : {}),
      ...(comment ? { comment: parts.guard.redactInput(comment) } : {}),
    });
    if (kept !== undefined) return context.json({ id: kept }, 201);
    const message = "this caller was given no such answer, or it is no longer kept";
    throw new HttpError({ status: 404, code: "not_found", message, param: "id" });
  });
}

function keptOr503({ feedback, traces }: ServerParts, given: NewFeedback): string | undefined {
  try {
    const kept = feedback.add(given);
    // The answer's own trace may be what could not be written.
    if (kept === undefined && traces.problem !== undefined) throw new Error(traces.problem);
    return kept;
  } catch (cause) {
    throw readOnly(cause);
  }
}
