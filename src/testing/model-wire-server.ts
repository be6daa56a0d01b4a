// A local HTTP server that speaks the wire of OpenAI (chat, embeddings), Anthropic (messages), Google (content,
// embeddings) and Cohere (embed and rerank v2), streaming included, and fails in every way that providers fail, by script. No model is behind it.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  cohereEmbeddingsBody,
  type Dialect,
  embeddingsBody,
  errorBody,
  googleEmbeddingsBody,
  replyBody,
  replyEvents,
  rerankBody,
  type WireReply,
} from "./model-wire-formats.ts";

/** What the server does with one request. */
export type WireStep =
  | ({ readonly type: "reply" } & WireReply)
  /** An error. `retry-after-ms: 1` is sent along unless other headers are given, so that retries do not wait. */
  | {
      readonly type: "status";
      readonly status: number;
      readonly message?: string;
      readonly code?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Waits, then goes on as `next` says; without `next` it never answers. */
  | { readonly type: "slow"; readonly waitMs: number; readonly next?: WireStep }
  /** Sends the first events of a stream, or half a body, and then ends in good order or cuts the connection. */
  | { readonly type: "truncated"; readonly text: string; readonly events: number; readonly cutsConnection?: boolean }
  | { readonly type: "malformed" }
  | { readonly type: "empty-choices" };

type WireRequest = {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readonly<Record<string, unknown>>;
};

export type ModelWireServer = {
  /** Base URL for OpenAI and Anthropic. */
  readonly url: string;
  readonly cohereUrl: string;
  readonly googleUrl: string;
  /** Every request so far, retries included. */
  readonly requests: readonly WireRequest[];
  /** Sets the next steps, taken one per request; when none is left, chat requests get `reply "ok"`. */
  script(...steps: readonly WireStep[]): void;
  close(): Promise<void>;
};

/** Embeddings have this many numbers unless the option says otherwise. */
const defaultDimensions = 8;

export async function modelWireServer(options: { readonly dimensions?: number } = {}): Promise<ModelWireServer> {
  const requests: WireRequest[] = [];
  const steps: WireStep[] = [];
  const server = createServer((request, response) => {
    void receive(request).then((received) => {
      requests.push(received);
      const step = steps.shift() ?? { type: "reply", text: "ok" };
      return answer(received, response, step, options.dimensions ?? defaultDimensions);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${origin}/v1`,
    cohereUrl: `${origin}/v2`,
    googleUrl: `${origin}/v1beta`,
    requests,
    script: (...next) => {
      steps.splice(0, steps.length, ...next);
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function receive(request: IncomingMessage): Promise<WireRequest> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString("utf8");
  return { path: request.url ?? "/", headers: request.headers, body: text === "" ? {} : JSON.parse(text) };
}

function dialectOf(path: string): Dialect {
  if (path.endsWith("/messages")) return "anthropic";
  return path.includes("/models/") ? "google" : "openai";
}

/** Google says it in the path, the others in the body. */
function isStreamed({ path, body }: WireRequest): boolean {
  return Boolean(body["stream"]) || path.includes(":streamGenerateContent");
}

async function answer(
  request: WireRequest,
  response: ServerResponse,
  step: WireStep,
  dimensions: number,
): Promise<void> {
  const dialect = dialectOf(request.path);
  if (step.type === "slow") {
    if (!step.next) return;
    await new Promise((resolve) => setTimeout(resolve, step.waitMs));
    if (!response.destroyed) await answer(request, response, step.next, dimensions);
  } else if (step.type === "status") {
    const headers = step.headers ?? { "retry-after-ms": "1" };
    sendJson(
      response,
      errorBody(dialect, step.message ?? "scripted failure", step.code ?? "error", step.status),
      step.status,
      headers,
    );
  } else if (step.type === "malformed") {
    const streamed = isStreamed(request);
    response.writeHead(200, { "content-type": streamed ? "text/event-stream" : "application/json" });
    response.end(streamed ? 'data: {"choices": [\n\n' : '{"choices": [');
  } else if (step.type === "empty-choices") {
    sendJson(response, { id: "1", object: "chat.completion", created: 1, model: "m", choices: [], content: [] });
  } else if (step.type === "truncated") {
    sendTruncated(request, response, step, dialect);
  } else {
    sendReply(request, response, step, dialect, dimensions);
  }
}

function sendReply(
  request: WireRequest,
  response: ServerResponse,
  reply: WireReply,
  dialect: Dialect,
  dimensions: number,
): void {
  const { path, body } = request;
  const model = String(body["model"] ?? "");
  if (path.endsWith("/embeddings")) {
    sendJson(response, embeddingsBody(model, body["input"] as string[], dimensions));
  } else if (/:(?:embedContent|batchEmbedContents)$/.test(path)) {
    sendJson(response, googleEmbeddingsBody(body, dimensions));
  } else if (path.endsWith("/embed")) {
    sendJson(response, cohereEmbeddingsBody(body["texts"] as string[], dimensions));
  } else if (path.endsWith("/rerank")) {
    const { query, documents, top_n: topN } = body as { query: string; documents: string[]; top_n?: number };
    sendJson(response, rerankBody(query, documents, topN));
  } else if (dialect === "openai" && !path.endsWith("/chat/completions")) {
    sendJson(response, errorBody(dialect, `no route for ${path}`, "not_found", 404), 404);
  } else if (isStreamed(request)) {
    sendEvents(response, replyEvents(dialect, model, reply).join(""));
  } else {
    sendJson(response, replyBody(dialect, model, reply));
  }
}

function sendTruncated(
  request: WireRequest,
  response: ServerResponse,
  step: WireStep & { readonly type: "truncated" },
  dialect: Dialect,
): void {
  const reply = { text: step.text };
  const whole = JSON.stringify(replyBody(dialect, "m", reply));
  const streamed = isStreamed(request);
  const part = streamed
    ? replyEvents(dialect, "m", reply).slice(0, step.events).join("")
    : whole.slice(0, whole.length / 2);
  response.writeHead(200, { "content-type": streamed ? "text/event-stream" : "application/json" });
  if (step.cutsConnection) response.write(part, () => setTimeout(() => response.destroy(), 5));
  else response.end(part);
}

function sendEvents(response: ServerResponse, events: string): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.end(events);
}

function sendJson(
  response: ServerResponse,
  body: object,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}
