// The HTTP application: middleware in its order, then the routes. It listens nowhere.
import { OpenAPIHono } from "@hono/zod-openapi";
import { context as telemetry } from "@opentelemetry/api";
import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { cors } from "hono/cors";
import { HTTPException } from "hono/http-exception";
import { requestId } from "hono/request-id";
import { secureHeaders } from "hono/secure-headers";
import type { ServerScope } from "../project/config/serve-config.ts";
import { parentOf } from "./answer-span.ts";
import type { App, ServerEnv, ServerParts } from "./app-parts.ts";
import { requireScope } from "./callers.ts";
import { errorBody, HttpError, toHttpError } from "./http-errors.ts";
import { requireOwnPage } from "./origins.ts";
import { chatRoute } from "./routes/chat.ts";
import { documentsRoute } from "./routes/documents.ts";
import { embeddingsRoute } from "./routes/embeddings.ts";
import { feedbackRoute } from "./routes/feedback.ts";
import { homeRoute } from "./routes/home.ts";
import { mcpRoute } from "./routes/mcp.ts";
import { modelRoutes } from "./routes/models.ts";
import { operationRoutes } from "./routes/operations.ts";
import { responsesRoute } from "./routes/responses.ts";
import { searchRoute } from "./routes/search.ts";

/** What a path needs; `any` is decided further in. Paths that are not named are open to everybody. */
const scopes: readonly (readonly [prefix: string, scope: ServerScope | "any"])[] = [
  ["/v1/chat/completions", "answer"],
  ["/v1/responses", "answer"],
  ["/v1/embeddings", "embed"],
  ["/v1/documents", "search"],
  ["/v1/search", "search"],
  ["/v1/models", "any"],
  ["/v1/feedback", "feedback"],
  ["/mcp", "any"],
  ["/metrics", "metrics"],
];

export function createApp(parts: ServerParts): App {
  const app: App = new OpenAPIHono<ServerEnv>({
    defaultHook(result) {
      if (!result.success) throw invalid(result.error.issues[0]);
    },
  });
  app.onError((error, context) => refused(parts, context, error));
  app.notFound((context) => {
    const message = "there is nothing here: /openapi.json lists what there is";
    return refused(parts, context, new HttpError({ status: 404, code: "not_found", message }));
  });
  addMiddleware(app, parts);
  homeRoute(app);
  operationRoutes(app, parts);
  chatRoute(app, parts);
  responsesRoute(app, parts);
  modelRoutes(app, parts);
  embeddingsRoute(app, parts);
  documentsRoute(app, parts);
  searchRoute(app, parts);
  feedbackRoute(app, parts);
  mcpRoute(app, parts);
  return app;
}

function addMiddleware(app: App, parts: ServerParts): void {
  const { config } = parts.project;
  app.use(requestId({ limitLength: 64, generator: () => `req_${crypto.randomUUID()}` }));
  app.use(async (context, next) => {
    const began = performance.now();
    await next();
    if (parts.isDraining()) context.header("connection", "close");
    const route = routeOf(context);
    parts.metrics.request(route, context.res.status, (performance.now() - began) / 1000);
  });
  app.use((context, next) => telemetry.with(parentOf(context.req.raw.headers), next));
  app.use(secureHeaders());
  if (config.corsOrigins.length > 0) {
    app.use(cors({ origin: [...config.corsOrigins], exposeHeaders: ["x-request-id"], maxAge: 600 }));
  }
  app.use(async (context, next) => {
    requireOwnPage(context.req.raw.headers, config);
    await next();
  });
  for (const [prefix, scope] of scopes) {
    for (const path of [prefix, `${prefix}/*`])
      app.use(path, async (context, next) => {
        admit(context, parts, scope);
        await next();
      });
  }
  const maxSize = config.limits.bodyBytes;
  const onError = (): never => {
    throw new HttpError({ status: 413, code: "body_too_large", message: `the body is larger than ${maxSize} bytes` });
  };
  app.use(bodyLimit({ maxSize, onError }));
}

function admit(context: Context<ServerEnv>, parts: ServerParts, scope: ServerScope | "any"): void {
  if (context.get("caller") !== undefined) return;
  const caller = parts.callers.identify(context.req.header("authorization"));
  if (scope !== "any") requireScope(caller, scope);
  context.set("caller", caller);
  for (const [name, value] of Object.entries(parts.rateLimits.take(caller))) context.header(name, value);
}

/** The route's own pattern: what a caller wrote into the path must not become a label. */
function routeOf(context: Context<ServerEnv>): string {
  const { pathname } = new URL(context.req.url);
  const known = [
    "/healthz",
    "/readyz",
    "/metrics",
    "/openapi.json",
    "/",
    "/mcp",
    "/v1/feedback",
    ...scopes.map(([prefix]) => prefix),
  ];
  return known.find((path) => pathname === path || (path !== "/" && pathname.startsWith(`${path}/`))) ?? "other";
}

function invalid(issue: { readonly path: readonly PropertyKey[]; readonly message: string } | undefined): HttpError {
  const param = issue?.path.map(String).join(".") || "body";
  return new HttpError({
    status: 400,
    code: "invalid_request",
    message: `${param}: ${issue?.message ?? "invalid"}`,
    param,
  });
}

function refused(parts: ServerParts, context: Context, error: Error): Response {
  const known = error instanceof HTTPException ? fromHono(error) : toHttpError(error);
  if (known.status >= 500 && known.code !== "overloaded") {
    const cause = known.cause instanceof Error ? known.cause.message : known.message;
    parts.log(`${context.get("requestId")}: ${known.code}: ${cause}`);
  }
  const headers = known.retryAfterSeconds === undefined ? {} : { "retry-after": String(known.retryAfterSeconds) };
  return context.json(errorBody(known), known.status as 500, headers);
}

function fromHono({ status, message }: HTTPException): HttpError {
  if (status === 415)
    return new HttpError({
      status,
      code: "unsupported_media_type",
      message: "send JSON with content-type: application/json",
    });
  return new HttpError({ status, code: "invalid_request", message: message || "the request cannot be read" });
}
