// The clients that people use, against the server as it is: OpenAI's own, the AI SDK's, LangChain's, Assay's, MCP over plain requests, curl.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { HumanMessage } from "@langchain/core/messages";
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { embedMany, generateText, streamText } from "ai";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAssay } from "../src/client/ai-sdk.ts";
import { type AssayClientError, assayClient, type ClientAnswer } from "../src/client/client.ts";
import { startServer } from "../src/server/serve.ts";
import { type ServedApp, servedApp } from "./served-app.ts";

const url = "http://localhost:8787";
const question = "How often does the island ferry leave?";
let app: ServedApp;
beforeAll(async () => {
  app = await servedApp();
});
afterAll(() => app.close());

describe("OpenAI's own client", () => {
  const client = () => new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", fetch: app.fetch, maxRetries: 0 });
  const messages = [{ role: "user" as const, content: question }];

  test("chats, with typed citations", async () => {
    const { choices, usage } = await client().chat.completions.create({ model: "assay", messages });
    expect(choices[0]?.message.content).toContain("25 minutes");
    const citation = choices[0]?.message.annotations?.[0]?.url_citation;
    expect(choices[0]?.message.content?.slice(citation?.start_index, citation?.end_index)).toContain("25 minutes");
    expect(usage?.total_tokens).toBeGreaterThan(0);
  });

  test("streams, and gathers the stream to the same completion", async () => {
    const stream = client().chat.completions.stream({ model: "assay", messages });
    let text = "";
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
    expect(text).toContain("25 minutes");
    expect((await stream.finalChatCompletion()).choices[0]?.message.content).toBe(text);
  });

  test("uses the Responses API, whole and streamed", async () => {
    const whole = await client().responses.create({ model: "assay", input: question });
    expect(whole.output_text).toContain("25 minutes");
    const item = whole.output[0];
    const part = item?.type === "message" ? item.content[0] : undefined;
    expect(part?.type === "output_text" && part.annotations[0]?.type).toBe("url_citation");
    const stream = client().responses.stream({ model: "assay", input: question });
    expect((await stream.finalResponse()).output_text).toBe(whole.output_text);
  });

  test("embeds and lists models", async () => {
    const { data } = await client().embeddings.create({ model: "assay", input: ["ferry", "dogs"] });
    expect(Math.hypot(...(data[0]?.embedding ?? []))).toBeCloseTo(1, 4);
    const models = [];
    for await (const model of client().models.list()) models.push(model.id);
    expect(models).toContain("rag");
  });

  test("meets errors as its own classes", async () => {
    await expect(client().chat.completions.create({ model: "gpt-5", messages })).rejects.toBeInstanceOf(
      OpenAI.NotFoundError,
    );
    const tools = [{ type: "function" as const, function: { name: "f", parameters: {} } }];
    await expect(client().chat.completions.create({ model: "assay", messages, tools })).rejects.toMatchObject({
      status: 400,
      code: "unsupported_parameter",
      param: "tools",
    });
  });
});

describe("the AI SDK", () => {
  test("its OpenAI-compatible provider generates and streams", async () => {
    const provider = createOpenAICompatible({
      name: "assay",
      baseURL: `${url}/v1`,
      fetch: app.fetch,
      includeUsage: true,
    });
    const { text } = await generateText({ model: provider("assay"), prompt: question });
    expect(text).toContain("25 minutes");
    const streamed = streamText({ model: provider("assay"), prompt: question });
    expect(await streamed.text).toBe(text);
    expect((await streamed.usage).inputTokens).toBeGreaterThan(0);
  });

  test("Assay's provider gives citations as sources, in both modes", async () => {
    const assay = createAssay({ url, fetch: app.fetch });
    const { text, sources } = await generateText({ model: assay("rag"), prompt: question });
    expect(text).toContain("25 minutes");
    const links = sources.map((source) => (source.sourceType === "url" ? source.url : ""));
    expect(links[0]).toMatch(/docs%2Fferry\.md#char=\d+,\d+$/);
    const streamed = streamText({ model: assay(), prompt: question });
    expect(await streamed.text).toBe(text);
    expect((await streamed.sources).map((source) => (source.sourceType === "url" ? source.url : ""))).toEqual(links);
    const { embeddings } = await embedMany({ model: assay.embeddingModel(), values: ["ferry", "dogs"] });
    expect(embeddings).toHaveLength(2);
  });
});

describe("LangChain.js", () => {
  const model = (more: object = {}) =>
    new ChatOpenAI({
      model: "rag",
      apiKey: "none",
      maxRetries: 0,
      configuration: { baseURL: `${url}/v1`, fetch: app.fetch },
      ...more,
    });

  test("invokes and streams, with the usage; over both of OpenAI's APIs", async () => {
    for (const useResponsesApi of [false, true]) {
      const answer = await model({ useResponsesApi }).invoke([new HumanMessage(question)]);
      expect(answer.text).toContain("25 minutes");
      expect(answer).toMatchObject({ usage_metadata: { total_tokens: expect.any(Number) } });
      let streamed = "";
      for await (const chunk of await model({ useResponsesApi }).stream(question)) streamed += chunk.text;
      expect(streamed).toBe(answer.text);
    }
  });

  test("embeds, and meets a refusal as an error with its status", async () => {
    const embeddings = new OpenAIEmbeddings({
      model: "assay",
      apiKey: "none",
      configuration: { baseURL: `${url}/v1`, fetch: app.fetch },
    });
    expect(await embeddings.embedDocuments(["ferry", "dogs"])).toHaveLength(2);
    await expect(model({ model: "gpt-5" }).invoke(question)).rejects.toMatchObject({ status: 404 });
  });
});

describe("Assay's own client", () => {
  const client = () => assayClient({ url, fetch: app.fetch });

  test("asks, streams, searches, lists and gives feedback", async () => {
    const answer = await client().ask(question);
    expect(answer).toMatchObject({ outcome: "answered", approach: "rag" });
    expect(answer.citations[0]).toMatchObject({ file: "docs/ferry.md", quote: expect.stringContaining("25 minutes") });
    let [text, last]: [string, ClientAnswer | undefined] = ["", undefined];
    for await (const event of client().stream(question)) {
      if (event.type === "text-delta") text += event.text;
      else last = event.answer;
    }
    expect(last).toMatchObject({ text, citations: answer.citations });
    expect((await client().search("lost things", { topK: 1 }))[0]?.file).toBe("docs/lost-things.md");
    expect(await client().models()).toContain("assay");
    await client().feedback(answer.id, { rating: "up" });
    await expect(client().feedback("chatcmpl-none", { rating: "up" })).rejects.toMatchObject({
      status: 404,
      code: "not_found",
    });
    await expect(client().ask("")).rejects.toMatchObject({ status: 400 } satisfies Partial<AssayClientError>);
  });
});

test("MCP's own client lists the tools, calls them and reads what they return", async () => {
  const client = new Client({ name: "test", version: "1" });
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { fetch: app.fetch }));
  expect((await client.listTools()).tools.map(({ name }) => name).sort()).toEqual(["ask", "search", "why"]);
  const answer = await client.callTool({ name: "ask", arguments: { question } });
  expect(answer.isError).toBeFalsy();
  expect(answer.structuredContent).toMatchObject({
    text: expect.stringContaining("25 minutes"),
    citations: expect.arrayContaining([expect.objectContaining({ file: "docs/ferry.md" })]),
  });
  const missing = await client.callTool({ name: "why", arguments: { question, document: "docs/none.md" } });
  expect(missing.isError).toBe(true);
  await client.close();
});

describe("MCP", () => {
  const call = async (method: string, params: object) => {
    const response = await app.request("/mcp", {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    const text = await response.text();
    const data =
      text
        .split("\n")
        .find((line) => line.startsWith("data: "))
        ?.slice(6) ?? text;
    return JSON.parse(data) as { result: Record<string, never>; error?: object };
  };
  const tool = async (name: string, args: object) => (await call("tools/call", { name, arguments: args })).result;

  test("lists its tools, which search, answer and explain", async () => {
    const start = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "test", version: "1" } };
    expect((await call("initialize", start)).result).toMatchObject({ serverInfo: { name: "assay" } });
    const { tools } = (await call("tools/list", {})).result as unknown as { tools: { name: string }[] };
    expect(tools.map(({ name }) => name).sort()).toEqual(["ask", "search", "why"]);
    expect(JSON.stringify(await tool("ask", { question }))).toContain("25 minutes");
    expect(JSON.stringify(await tool("search", { query: "lost things" }))).toContain("docs/lost-things.md");
    expect(await tool("why", { question, document: "docs/ferry.md" })).toMatchObject({
      structuredContent: { cutAt: null },
    });
    expect(await tool("why", { question, document: "docs/none.md" })).toMatchObject({ isError: true });
  });
});

test("curl, over a socket, whole and streamed", async ({ skip }) => {
  const run = promisify(execFile);
  const hasCurl = await run("curl", ["--version"]).then(
    () => true,
    () => false,
  );
  if (!hasCurl) skip("curl is not installed here");
  const server = await startServer(app.context, { port: 0, log: () => {} });
  const curl = async (body: object) => {
    const args = [
      "-sN",
      `${server.url}/v1/chat/completions`,
      "-H",
      "content-type: application/json",
      "-d",
      JSON.stringify(body),
    ];
    return (await run("curl", args)).stdout;
  };
  const messages = [{ role: "user", content: question }];
  expect(JSON.parse(await curl({ model: "assay", messages })).choices[0].message.content).toContain("25 minutes");
  const streamed = await curl({ model: "assay", messages, stream: true });
  expect(streamed).toMatch(/^data: \{.*\}\n\n/);
  expect(streamed.endsWith("data: [DONE]\n\n")).toBe(true);
  await server.stop();
});
