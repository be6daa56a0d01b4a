// Tools of the caller's program through the server: a model of another program asks for them, here scripted, and gets what they gave.
import { type AIMessageChunk, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { ChatOpenAI } from "@langchain/openai";
import { jsonSchema, stepCountIs, streamText, tool } from "ai";
import OpenAI from "openai";
import { afterEach, describe, expect, test } from "vitest";
import { createAssay } from "../src/client/ai-sdk.ts";
import { fakeChatModel } from "../src/testing/fake-chat-model.ts";
import { modelWireServer } from "../src/testing/model-wire-server.ts";
import { eventsOf, type ServedApp, type ServedAppOptions, servedApp } from "./served-app.ts";

const url = "http://localhost:8787";
const question = "How often does the island ferry leave?";
const parameters = { type: "object", properties: { pier: { type: "string" } }, required: ["pier"] };
const chatTool = { type: "function" as const, function: { name: "tide", description: "High water", parameters } };
const call = { id: "call_1", name: "tide", arguments: '{"pier": "east pier"}' };

let app: ServedApp;
afterEach(() => app.close());

/** Calls the tool until it has been answered. */
async function served(more: ServedAppOptions = {}) {
  const generator = fakeChatModel({
    callsTools: true,
    replies: ({ since, tools }) =>
      tools && !since?.length
        ? { text: "", toolCalls: [call] }
        : `The ferry leaves every 25 minutes [1]. High water: ${since?.at(-1)?.content}.`,
  });
  app = await servedApp({ generator, ...more });
  return generator;
}

const openai = () => new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", fetch: app.fetch, maxRetries: 0 });

describe("OpenAI's client", () => {
  test("gets the call, sends its result and gets the answer with citations", async () => {
    const generator = await served();
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: question }];
    const asked = { model: "rag", tools: [chatTool], tool_choice: "auto" as const, parallel_tool_calls: false };
    const first = await openai().chat.completions.create({ ...asked, messages });
    expect(first.choices[0]).toMatchObject({ finish_reason: "tool_calls", message: { content: null } });
    const message = first.choices[0]!.message;
    expect(message.tool_calls).toEqual([
      { id: "call_1", type: "function", function: { name: "tide", arguments: call.arguments } },
    ]);
    expect(generator.prompts[0]?.tools).toEqual({
      tools: [{ name: "tide", description: "High water", parameters }],
      choice: "auto",
      parallel: false,
    });
    expect(generator.prompts[0]?.passages.length).toBeGreaterThan(0);
    messages.push(message, { role: "tool", tool_call_id: "call_1", content: "12:40" });
    const second = await openai().chat.completions.create({ ...asked, messages });
    expect(second.choices[0]).toMatchObject({
      finish_reason: "stop",
      message: { content: "The ferry leaves every 25 minutes [1]. High water: 12:40." },
    });
    expect(second.choices[0]?.message.annotations).toHaveLength(1);
    // The question stays the one that was asked, not what the tool said.
    expect(generator.prompts[1]).toMatchObject({ question, since: [{ toolCalls: [call] }, { callId: "call_1" }] });
  });

  test("streams the call in OpenAI's deltas", async () => {
    await served();
    const body = { model: "rag", messages: [{ role: "user", content: question }], tools: [chatTool], stream: true };
    const events = eventsOf(await (await app.post("/v1/chat/completions", body)).text()) as unknown as {
      choices: { delta: Record<string, unknown>; finish_reason: string | null }[];
    }[];
    const deltas = events.slice(0, -1).flatMap(({ choices }) => choices);
    expect(deltas[0]?.delta).toEqual({
      role: "assistant",
      content: null,
      tool_calls: [{ index: 0, id: "call_1", type: "function", function: { name: "tide", arguments: call.arguments } }],
    });
    expect(deltas.at(-1)?.finish_reason).toBe("tool_calls");
    const stream = openai().chat.completions.stream({
      model: "rag",
      messages: [{ role: "user", content: question }],
      tools: [chatTool],
    });
    const gathered = (await stream.finalChatCompletion()).choices[0]?.message.tool_calls?.[0];
    expect(gathered).toMatchObject({ id: "call_1", function: { name: "tide", arguments: call.arguments } });
  });

  test("does the same over the Responses API, whole and streamed", async () => {
    await served();
    const tools = [{ type: "function" as const, name: "tide", description: "High water", parameters, strict: null }];
    const whole = await openai().responses.create({ model: "rag", input: question, tools });
    const item = whole.output[0];
    expect(item).toMatchObject({ type: "function_call", call_id: "call_1", name: "tide", arguments: call.arguments });
    const stream = openai().responses.stream({ model: "rag", input: question, tools });
    const types: string[] = [];
    for await (const event of stream) types.push(event.type);
    expect(types).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.function_call_arguments.delta",
      "response.function_call_arguments.done",
      "response.output_item.done",
      "response.completed",
    ]);
    expect((await stream.finalResponse()).output[0]).toMatchObject({ type: "function_call", call_id: "call_1" });
    const input: OpenAI.Responses.ResponseInput = [
      { role: "user", content: question },
      ...(item?.type === "function_call" ? [item] : []),
      { type: "function_call_output", call_id: "call_1", output: "12:40" },
    ];
    expect((await openai().responses.create({ model: "rag", input, tools })).output_text).toBe(
      "The ferry leaves every 25 minutes [1]. High water: 12:40.",
    );
  });
});

test("the AI SDK runs the tool and goes on, through Assay's provider", async () => {
  await served();
  const seen: unknown[] = [];
  const tide = tool({
    description: "High water",
    inputSchema: jsonSchema<{ pier: string }>(parameters as object),
    execute: async (input) => {
      seen.push(input);
      return "12:40";
    },
  });
  const model = createAssay({ url, fetch: app.fetch })("rag");
  const { text } = streamText({ model, prompt: question, tools: { tide }, stopWhen: stepCountIs(3) });
  expect(await text).toContain("12:40");
  expect(seen).toEqual([{ pier: "east pier" }]);
});

test("LangChain.js binds the tool, sees the call and sends what it gave", async () => {
  await served();
  const model = new ChatOpenAI({
    model: "rag",
    apiKey: "none",
    maxRetries: 0,
    configuration: { baseURL: `${url}/v1`, fetch: app.fetch },
  }).bindTools([chatTool]);
  const asked = new HumanMessage(question);
  const first = await model.invoke([asked]);
  expect(first.tool_calls).toMatchObject([{ id: "call_1", name: "tide", args: { pier: "east pier" } }]);
  let streamed: AIMessageChunk | undefined;
  for await (const chunk of await model.stream([asked])) streamed = streamed ? streamed.concat(chunk) : chunk;
  expect(streamed?.tool_calls).toMatchObject([{ id: "call_1", args: { pier: "east pier" } }]);
  const gave = new ToolMessage({ tool_call_id: "call_1", content: "12:40" });
  expect((await model.invoke([asked, first, gave])).text).toContain("12:40");
});

test("a provider's model behind the server is offered the tools on its own wire", async () => {
  const wire = await modelWireServer();
  app = await servedApp({
    config: { generator: "mybox/m", providers: { mybox: { baseUrl: wire.url } } },
  });
  wire.script({ type: "reply", text: "", toolCalls: [call] });
  const body = { model: "rag", messages: [{ role: "user", content: question }], tools: [chatTool], stream: true };
  const stream = await (await app.post("/v1/chat/completions", body)).text();
  const pieces = (
    eventsOf(stream) as unknown as { choices?: { delta: { tool_calls?: { function: { arguments: string } }[] } }[] }[]
  )
    .flatMap(({ choices }) => choices?.[0]?.delta.tool_calls ?? [])
    .map((piece) => piece.function.arguments);
  expect(pieces.length).toBeGreaterThan(1);
  expect(pieces.join("")).toBe(call.arguments);
  expect(wire.requests.at(-1)?.body["tools"]).toMatchObject([{ type: "function", function: { name: "tide" } }]);
  await wire.close();
});

test.each([
  { why: "a tool that only OpenAI runs", more: { tools: [{ type: "web_search" }] }, param: "tools.0" },
  { why: "two tools of one name", more: { tools: [chatTool, chatTool] }, param: "tools" },
  {
    why: "a choice that is not offered",
    more: { tools: [chatTool], tool_choice: { type: "function", function: { name: "other" } } },
    param: "tool_choice",
  },
  { why: "a required tool where none is", more: { tool_choice: "required" }, param: "tool_choice" },
  { why: "the API before tools", more: { functions: [{ name: "f" }] }, param: "functions" },
  {
    why: "a name that is none",
    more: { tools: [{ type: "function", function: { name: "a b" } }] },
    param: "tools.0.function.name",
  },
  {
    why: "a result without its call",
    more: {
      messages: [
        { role: "user", content: question },
        { role: "tool", tool_call_id: "x", content: "1" },
      ],
    },
    param: null,
  },
  {
    why: "a call without its result",
    more: {
      messages: [
        { role: "user", content: question },
        { role: "assistant", tool_calls: [{ id: "c", function: { name: "tide", arguments: "{}" } }] },
        { role: "user", content: "and?" },
      ],
    },
    param: null,
  },
])("$why is refused in OpenAI's shape", async ({ more, param }) => {
  await served();
  const response = await app.post("/v1/chat/completions", {
    model: "rag",
    messages: [{ role: "user", content: question }],
    ...more,
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { param, type: "invalid_request_error" } });
});

test("a generator that is no language model says so, also when only a result comes in", async () => {
  app = await servedApp();
  const messages = [{ role: "user", content: question }];
  const later = [
    ...messages,
    {
      role: "assistant",
      content: null,
      tool_calls: [{ id: "c", type: "function", function: { name: "tide", arguments: "{}" } }],
    },
    { role: "tool", tool_call_id: "c", content: "12:40" },
  ];
  for (const body of [{ messages, tools: [chatTool] }, { messages: later }]) {
    const response = await app.post("/v1/chat/completions", { model: "rag", ...body });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { code: "unsupported_parameter", param: "tools", message: expect.stringContaining("embedded/extractive") },
    });
  }
});

test("guardrails reach what a tool gave and what is given to one", async () => {
  const generator = fakeChatModel({
    callsTools: true,
    replies: [{ text: "", toolCalls: [{ ...call, arguments: '{"pier": "ada@tide.example"}' }] }],
  });
  app = await servedApp({
    generator,
    config: { server: { guardrails: { redactInput: ["email"], redactOutput: ["email"] } } },
  });
  const messages = [
    { role: "user", content: question },
    {
      role: "assistant",
      content: null,
      tool_calls: [{ id: "c", function: { name: "tide", arguments: '{"by":"cy@tide.example"}' } }],
    },
    { role: "tool", tool_call_id: "c", content: "ask bo@tide.example" },
  ];
  for (const stream of [false, true]) {
    const text = await (
      await app.post("/v1/chat/completions", { model: "rag", messages, tools: [chatTool], stream })
    ).text();
    expect(text).toContain("[email]");
    expect(text).not.toContain("ada@tide.example");
  }
  expect(JSON.stringify(generator.prompts)).not.toMatch(/(?:bo|cy)@tide\.example/);
});

test("what tools gave is never answered from the cache, and counts as no answer", async () => {
  await served();
  const body = { model: "rag", messages: [{ role: "user", content: question }], tools: [chatTool] };
  const outcomes = [];
  for (let turn = 0; turn < 2; turn += 1)
    outcomes.push((await (await app.post("/v1/chat/completions", body)).json()) as { assay: object });
  expect(outcomes.map(({ assay }) => assay)).toMatchObject([
    { outcome: "tool-calls", cached: false },
    { outcome: "tool-calls", cached: false },
  ]);
});
