// Tools over every chat wire: offered, called, answered, in both modes.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { GenerationEvent, PromptParts } from "../../core/models.ts";
import type { ToolOffer } from "../../core/tools.ts";
import { type ModelWireServer, modelWireServer } from "../../testing/model-wire-server.ts";
import { resolveChatModel } from "../registry.ts";

let server: ModelWireServer;
beforeAll(async () => {
  server = await modelWireServer();
});
afterAll(() => server.close());

const tools: ToolOffer = {
  tools: [
    {
      name: "tide",
      description: "High water at a pier",
      parameters: { type: "object", properties: { pier: { type: "string" } }, required: ["pier"] },
    },
  ],
  choice: "required",
  parallel: false,
};
const prompt: PromptParts = {
  instructions: "Be brief.",
  examples: [],
  passages: [],
  question: "When is high water at the east pier?",
  tools,
};
const call = { id: "call_1", name: "tide", arguments: '{"pier": "east pier"}' };
const models = ["openai/gpt-5-mini", "anthropic/claude-sonnet-4-5", "google/gemini-2.5-flash", "mybox/m"];

function modelOf(id: string) {
  return resolveChatModel(id, {
    environment: {
      OPENAI_BASE_URL: server.url,
      ANTHROPIC_BASE_URL: server.url,
      OPENAI_API_KEY: "k",
      ANTHROPIC_API_KEY: "k",
      BOX_KEY: "k",
      GOOGLE_KEY: "k",
    },
    providers: {
      mybox: { baseUrl: server.url, apiKeyEnv: "BOX_KEY" },
      google: { baseUrl: server.googleUrl, apiKeyEnv: "GOOGLE_KEY" },
    },
    timeoutMs: 5000,
  });
}

async function collect(stream: AsyncIterable<GenerationEvent>): Promise<readonly GenerationEvent[]> {
  const events: GenerationEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

describe.each(models)("%s", (id) => {
  test("calls a tool, whole and streamed, with the same arguments", async () => {
    const model = await modelOf(id);
    expect(model.callsTools).toBe(true);
    server.script({ type: "reply", text: "", toolCalls: [call] });
    const generation = await model.generate(prompt);
    expect(generation).toMatchObject({ text: "", finish: "stop", toolCalls: [{ name: "tide" }] });
    expect(JSON.parse(generation.toolCalls?.[0]?.arguments ?? "")).toEqual({ pier: "east pier" });
    expect(JSON.stringify(server.requests.at(-1)?.body)).toContain("High water at a pier");
    server.script({ type: "reply", text: "", toolCalls: [call] });
    const events = await collect(model.stream(prompt));
    const pieces = events.flatMap((event) => (event.type === "tool-call-delta" ? [event] : []));
    expect(new Set(pieces.map((piece) => piece.name))).toEqual(new Set(["tide"]));
    expect(JSON.parse(pieces.map((piece) => piece.arguments).join(""))).toEqual({ pier: "east pier" });
    const last = events.at(-1);
    expect(last?.type === "generation-end" && last.generation.toolCalls?.[0]?.id).toBe(pieces[0]?.id);
  });

  test("reads what the tool gave back", async () => {
    const model = await modelOf(id);
    server.script({ type: "reply", text: "At noon." });
    const since = [
      { role: "assistant" as const, content: "", toolCalls: [call] },
      { role: "tool" as const, callId: call.id, content: "high water 12:00 at the moon gate" },
    ];
    expect((await model.generate({ ...prompt, tools: { ...tools, choice: "auto" }, since })).text).toBe("At noon.");
    const body = JSON.stringify(server.requests.at(-1)?.body);
    expect(body).toContain("high water 12:00 at the moon gate");
    expect(body).toContain("east pier");
  });
});

test("the choice and one call at a time reach the wire", async () => {
  const bodies = [];
  for (const id of ["openai/gpt-5-mini", "mybox/m", "anthropic/claude-sonnet-4-5"]) {
    server.script({ type: "reply", text: "", toolCalls: [call] });
    await (await modelOf(id)).generate(prompt);
    bodies.push(server.requests.at(-1)?.body);
  }
  expect(bodies[0]).toMatchObject({ tool_choice: "required", parallel_tool_calls: false });
  expect(bodies[1]).toMatchObject({ tool_choice: "required", parallel_tool_calls: false });
  expect(bodies[2]).toMatchObject({ tool_choice: { type: "any", disable_parallel_tool_use: true } });
  server.script({ type: "reply", text: "", toolCalls: [call] });
  await (await modelOf("mybox/m")).generate({ ...prompt, tools: { ...tools, choice: { name: "tide" } } });
  expect(server.requests.at(-1)?.body["tool_choice"]).toEqual({ type: "function", function: { name: "tide" } });
});

test("arguments that are no JSON are passed on as the model wrote them", async () => {
  const model = await modelOf("mybox/m");
  for (const ask of [
    () => model.generate(prompt),
    async () => {
      const last = (await collect(model.stream(prompt))).at(-1);
      return last?.type === "generation-end" ? last.generation : undefined;
    },
  ]) {
    server.script({ type: "reply", text: "", toolCalls: [{ ...call, arguments: '{"pier": east' }] });
    expect((await ask())?.toolCalls).toEqual([{ ...call, arguments: '{"pier": east' }]);
  }
});
