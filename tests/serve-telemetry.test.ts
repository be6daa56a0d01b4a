// What OpenTelemetry is told of a served answer: the tree of spans, its figures, and nothing of what was asked or said.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AssayError } from "../src/core/errors.ts";
import { startServer } from "../src/server/serve.ts";
import { fakeChatModel } from "../src/testing/fake-chat-model.ts";
import { type ServedApp, servedApp } from "./served-app.ts";

const question = "How often does the island ferry leave?";
const parent = { trace: "0af7651916cd43dd8448eb211c80319c", span: "b7ad6b7169203331" };
const ask = (more: object = {}) => ({
  method: "POST",
  headers: { "content-type": "application/json", traceparent: `00-${parent.trace}-${parent.span}-01` },
  body: JSON.stringify({ model: "assay", messages: [{ role: "user", content: question }], ...more }),
});

let app: ServedApp;
afterEach(() => app.close());

describe("in a process with a tracer", () => {
  const exporter = new InMemorySpanExporter();
  beforeEach(() => {
    exporter.reset();
    trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  });
  afterEach(() => {
    for (const api of [trace, context, propagation]) api.disable();
  });
  const spans = () => exporter.getFinishedSpans();
  const named = (name: string) => spans().find((span) => span.name === name) as ReadableSpan;
  const everything = () =>
    JSON.stringify(spans().map(({ name, attributes, events, status }) => [name, attributes, events, status]));

  test.each([false, true])("an answer is a tree below the caller's span (stream: %s)", async (stream) => {
    const generator = fakeChatModel({ name: "openai/gpt-5-mini", replies: ["Every 25 minutes [1]."] });
    app = await servedApp({ generator });
    exporter.reset();
    await (await app.request("/v1/chat/completions", ask({ stream, temperature: 0.3 }))).text();
    const workflow = named("invoke_workflow rag");
    expect(workflow.spanContext().traceId).toBe(parent.trace);
    expect(workflow.parentSpanContext?.spanId).toBe(parent.span);
    expect(workflow.attributes).toMatchObject({
      "gen_ai.operation.name": "invoke_workflow",
      "gen_ai.workflow.name": "rag",
      "gen_ai.response.id": expect.stringMatching(/^chatcmpl-/),
      "gen_ai.usage.output_tokens": 5,
      "assay.outcome": "answered",
      "assay.cached": false,
    });
    const children = ["retrieval documents", "chat gpt-5-mini"].map(named);
    for (const child of children) expect(child.parentSpanContext?.spanId).toBe(workflow.spanContext().spanId);
    expect(children[0]?.attributes).toMatchObject({
      "gen_ai.operation.name": "retrieval",
      "gen_ai.data_source.id": "documents",
      "gen_ai.request.top_k": 5,
    });
    expect(children[1]?.attributes).toMatchObject({
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "openai",
      "gen_ai.request.model": "gpt-5-mini",
      "gen_ai.request.stream": stream,
      "gen_ai.request.temperature": 0.3,
      "gen_ai.response.finish_reasons": ["stop"],
      "gen_ai.usage.input_tokens": 10,
      "gen_ai.usage.output_tokens": 5,
    });
    expect("gen_ai.response.time_to_first_chunk" in (children[1]?.attributes ?? {})).toBe(stream);
    expect(named("embeddings static").parentSpanContext?.spanId).toBe(children[0]?.spanContext().spanId);
    expect(everything()).not.toMatch(/ferry|25 minutes|crowns/);
  });

  test("an outage is named by its code, and its words stay out", async () => {
    const generator = fakeChatModel({
      replies: [new AssayError({ code: "model-timeout", message: `no answer on ${question}` })],
    });
    app = await servedApp({ generator });
    exporter.reset();
    expect((await app.request("/v1/chat/completions", ask())).status).toBe(504);
    expect(named("chat chat").attributes["error.type"]).toBe("model-timeout");
    expect(named("invoke_workflow").attributes["error.type"]).toBe("model_timeout");
    expect(named("invoke_workflow").status.code).toBe(2);
    expect(everything()).not.toContain("ferry");
  });

  test("a reader that leaves ends every span", async () => {
    const generator = fakeChatModel({ replies: ["Every 25 minutes, all day long [1]."] });
    app = await servedApp({ generator });
    exporter.reset();
    const response = await app.request("/v1/chat/completions", ask({ stream: true }));
    await response.body?.cancel();
    await expect.poll(() => spans().map(({ name }) => name)).toContain("invoke_workflow");
    expect(named("chat chat")).toBeDefined();
  });

  test("content goes along where it is wanted, as the guardrails left it", async () => {
    const generator = fakeChatModel({ replies: ["Write to ada@pier.example [1]."] });
    const server = {
      telemetry: { content: true },
      guardrails: { redactInput: ["email" as const], redactOutput: ["email" as const] },
    };
    app = await servedApp({ generator, config: { server } });
    exporter.reset();
    await app.request(
      "/v1/chat/completions",
      ask({ messages: [{ role: "user", content: `${question} I am bo@pier.example` }] }),
    );
    const { attributes } = named("invoke_workflow rag");
    expect(JSON.parse(String(attributes["gen_ai.input.messages"]))).toEqual([
      { role: "user", parts: [{ type: "text", content: `${question} I am [email]` }] },
    ]);
    expect(String(attributes["gen_ai.output.messages"])).toContain("[email]");
    expect(everything()).not.toContain("pier.example");
  });
});

test("spans are sent to a collector over OTLP, and a collector that is gone holds nobody up", async () => {
  const received: string[] = [];
  const collector = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += String(part);
    received.push(body);
    response.end("{}");
  });
  await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
  const otlpUrl = `http://127.0.0.1:${(collector.address() as AddressInfo).port}/v1/traces`;
  app = await servedApp({ config: { server: { telemetry: { otlpUrl, serviceName: "harbour" } } } });
  const server = await startServer(app.context, { port: 0, log: () => {} });
  expect((await fetch(`${server.url}/v1/chat/completions`, ask())).status).toBe(200);
  await server.stop();
  expect(received.join()).toContain("invoke_workflow rag");
  expect(received.join()).toContain("harbour");
  expect(received.join()).toContain(parent.trace);
  expect(received.join()).not.toContain("25 minutes");
  collector.closeAllConnections();
  await new Promise<void>((resolve) => collector.close(() => resolve()));
  const again = await startServer(app.context, { port: 0, log: () => {} });
  expect((await fetch(`${again.url}/v1/chat/completions`, ask({ model: "rag" }))).status).toBe(200);
  const began = performance.now();
  await again.stop();
  expect(performance.now() - began).toBeLessThan(6000);
});
