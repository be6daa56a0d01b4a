// What every route is given, and what a request carries on its way through the middleware.
import type { OpenAPIHono } from "@hono/zod-openapi";
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { FeedbackStore } from "../project/serve/feedback.ts";
import type { Alarms } from "./alarms.ts";
import type { AnsweringParts } from "./answering.ts";
import type { Caller, Callers } from "./callers.ts";
import type { RateLimits } from "./rate-limits.ts";

export type ServerEnv = { Variables: { requestId: string; caller: Caller } };

export type App = OpenAPIHono<ServerEnv>;

export type ServerParts = AnsweringParts & {
  readonly callers: Callers;
  readonly rateLimits: RateLimits;
  readonly feedback: FeedbackStore;
  readonly alarms: Pick<Alarms, "raised">;
  /** True from the moment the server is told to stop. */
  readonly isDraining: () => boolean;
  /** One line for the operator. */
  readonly log: (line: string) => void;
};

/** The address that links to this server begin with. */
export function baseOf(context: Context, { project }: ServerParts): string {
  const { publicUrl } = project.config;
  return publicUrl?.replace(/\/+$/, "") ?? new URL(context.req.url).origin;
}

const errorSchema = z
  .object({
    error: z.object({
      message: z.string(),
      type: z.string(),
      param: z.string().nullable(),
      code: z.string().nullable(),
    }),
  })
  .openapi("Error");

/** The responses that every route may give besides its own. */
export const errorResponses = {
  "4XX": { description: "The request cannot be served.", content: { "application/json": { schema: errorSchema } } },
  "5XX": {
    description: "Something behind the server failed.",
    content: { "application/json": { schema: errorSchema } },
  },
};

/** JSON of which the description names the known part only. */
export function jsonOf<T extends z.ZodType>(schema: T, description: string) {
  return { description, content: { "application/json": { schema } } };
}
