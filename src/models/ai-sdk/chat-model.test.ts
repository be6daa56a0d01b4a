// Every chat wire against a server that speaks it, answering and failing as providers do.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { ChatModel, GenerationEvent, PromptParts } from "../../core/models.ts";
import { type ModelWireServer, modelWireServer, type WireStep } from "../../testing/model-wire-server.ts";
import { type ModelSettings, resolveChatModel } from "../registry.ts";

let server: ModelWireServer;
beforeAll(async () => {
  server = await modelWireServer();
});
afterAll(() => server.close());

const key = "sk-test-0123456789abcdef";
const boxKey = "a plain word as key";
const prompt: PromptParts = { instructions: "Be brief.", examples: [], passages: [], question: "What opens at eight?" };

function settings(more: Partial<ModelSettings> = {}): ModelSettings {
  return {
    environment: {
      OPENAI_BASE_URL: server.url,
      ANTHROPIC_BASE_URL: server.url,
      OPENAI_API_KEY: key,
      ANTHROPIC_API_KEY: key,
      BOX_KEY: boxKey,
      GOOGLE_KEY: key,
    },
    providers: {
      mybox: { baseUrl: server.url, apiKeyEnv: "BOX_KEY" },
      google: { baseUrl: server.googleUrl, apiKeyEnv: "GOOGLE_KEY" },
    },
    timeoutMs: 5000,
    ...more,
  };
}

const models = ["openai/gpt-5-mini", "anthropic/claude-sonnet-4-5", "google/gemini-2.5-flash", "mybox/org/model:7b"];

async function collect(stream: AsyncIterable<GenerationEvent>): Promise<readonly GenerationEvent[]> {
  const events: GenerationEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

/** Asks both ways, each with the same script. */
async function both(
  id: string,
  steps: readonly WireStep[],
  more?: Partial<ModelSettings>,
): Promise<readonly unknown[]> {
  const model = await resolveChatModel(id, settings(more));
  const outcome = (call: Promise<unknown>) => call.catch((error: unknown) => error);
  server.script(...steps);
  const generated = await outcome(model.generate(prompt));
  server.script(...steps);
  const streamed = await outcome(collect(model.stream(prompt)));
  return [generated, streamed];
}

let before = 0;
const requestsSince = () => server.requests.length - before;
afterEach(() => {
  before = server.requests.length;
});

describe.each(models)("%s", (id) => {
  test("answers with the provider's own counts", async () => {
    const model = await resolveChatModel(id, settings());
    server.script({ type: "reply", text: "The orchard opens." });
    const generation = await model.generate(prompt, { maxOutputTokens: 50 });
    expect(generation).toMatchObject({ text: "The orchard opens.", finish: "stop" });
    expect(generation.usage).toEqual([
      { modelId: id, inputTokens: 11, cachedInputTokens: 3, outputTokens: 7, durationMs: expect.any(Number) },
    ]);
    const { body, path } = server.requests.at(-1) ?? {};
    const name = id.slice(id.indexOf("/") + 1);
    expect(`${path} ${body?.["model"]}`).toContain(name);
    expect(JSON.stringify(body)).toContain("What opens at eight?");
  });

  test("streams the same, in pieces", async () => {
    const model = await resolveChatModel(id, settings());
    server.script({ type: "reply", text: "The orchard opens." });
    const events = await collect(model.stream(prompt));
    const deltas = events.flatMap((event) => (event.type === "text-delta" ? [event.text] : []));
    expect(deltas).toEqual(["The ", "orchard ", "opens."]);
    expect(events.at(-1)).toMatchObject({
      type: "generation-end",
      generation: {
        text: "The orchard opens.",
        finish: "stop",
        usage: [{ modelId: id, inputTokens: 11, cachedInputTokens: 3, outputTokens: 7 }],
      },
    });
  });

  test("says when the output limit cut it, and when a filter did", async () => {
    const [generated, streamed] = await both(id, [{ type: "reply", text: "The or", finish: "length" }]);
    expect(generated).toMatchObject({ finish: "length" });
    expect((streamed as GenerationEvent[]).at(-1)).toMatchObject({ generation: { finish: "length" } });
    const [filtered, filteredStream] = await both(id, [{ type: "reply", text: "", finish: "content-filter" }]);
    expect(filtered).toMatchObject({ finish: "filtered" });
    expect((filteredStream as GenerationEvent[]).at(-1)).toMatchObject({ generation: { finish: "filtered" } });
  });

  test("reports missing counts as unknown, not as zero", async () => {
    const [generated, streamed] = await both(id, [{ type: "reply", text: "Yes.", usage: null }]);
    expect(generated).toMatchObject({ usage: [{ tokensUnknown: true }] });
    expect((streamed as GenerationEvent[]).at(-1)).toMatchObject({ generation: { usage: [{ tokensUnknown: true }] } });
  });

  test("waits out a 429 and a 500 and goes on", async () => {
    const outcomes = await both(id, [
      { type: "status", status: 429 },
      { type: "status", status: 500 },
      { type: "reply", text: "At last." },
    ]);
    expect(outcomes[0]).toMatchObject({ text: "At last." });
    expect((outcomes[1] as GenerationEvent[]).at(-1)).toMatchObject({ generation: { text: "At last." } });
    expect(requestsSince()).toBe(6);
  });

  test("honours Retry-After in seconds", async () => {
    const model = await resolveChatModel(id, settings());
    server.script({ type: "status", status: 429, headers: { "retry-after": "0.15" } }, { type: "reply", text: "ok" });
    const began = performance.now();
    await model.generate(prompt);
    // Without the header the first wait is two seconds.
    expect(performance.now() - began).toBeGreaterThan(140);
    expect(performance.now() - began).toBeLessThan(1500);
  });

  const retried = (step: WireStep): readonly WireStep[] => [step, step, step];
  const failures: readonly [string, readonly WireStep[], object][] = [
    [
      "429 to the end",
      retried({ type: "status", status: 429, message: "slow down" }),
      { code: "rate-limited", isRetryable: true, message: expect.stringContaining("slow down") },
    ],
    [
      "500 to the end",
      retried({ type: "status", status: 500 }),
      { code: "model-failed", isRetryable: true, message: expect.stringContaining("HTTP 500") },
    ],
    [
      "a bad request",
      [{ type: "status", status: 400, message: "no such setting" }],
      { code: "model-failed", isRetryable: false, message: expect.stringContaining("no such setting") },
    ],
    ["a content filter", [{ type: "status", status: 400, code: "content_filter" }], { code: "model-refused" }],
    [
      "a rejected key",
      [{ type: "status", status: 401, message: `Incorrect API key provided: ${key}` }],
      { code: "missing-key", message: expect.stringMatching(/the key in [A-Z_]+_?KEY was not accepted/) },
    ],
    ["an unknown model", [{ type: "status", status: 404 }], { code: "unknown-model" }],
    ["malformed JSON", [{ type: "malformed" }], { code: "model-failed" }],
    [
      "half an answer",
      [{ type: "truncated", text: "The orchard opens at eight.", events: 4 }],
      { code: "model-failed" },
    ],
    [
      "a lost connection",
      [{ type: "truncated", text: "The orchard opens at eight.", events: 4, cutsConnection: true }],
      { code: "model-failed" },
    ],
  ];
  test.each(failures)("%s is an error, streamed or not", async (name, steps, expected) => {
    // Retrying a lost connection waits two seconds: no header says otherwise.
    for (const outcome of await both(id, steps, name === "a lost connection" ? { maxRetries: 0 } : {})) {
      expect(outcome).toMatchObject({ isAssayError: true, ...expected });
      expect(String((outcome as Error).message)).toContain(id);
    }
  });

  test("a provider that does not answer in time is an error", async () => {
    for (const outcome of await both(id, [{ type: "slow", waitMs: 0 }], { timeoutMs: 60 })) {
      expect(outcome).toMatchObject({
        code: "model-timeout",
        isRetryable: true,
        remedy: expect.stringContaining("timeoutMs"),
      });
    }
  });

  test("cancelling stops the call at once", async () => {
    const model = await resolveChatModel(id, settings());
    for (const ask of [
      (signal: AbortSignal) => model.generate(prompt, {}, { signal }),
      (signal: AbortSignal) => collect(model.stream(prompt, {}, { signal })),
    ]) {
      server.script({ type: "slow", waitMs: 0 });
      const cancel = new AbortController();
      const asked = ask(cancel.signal);
      setTimeout(() => cancel.abort(), 20);
      await expect(asked).rejects.toMatchObject({ code: "cancelled" });
    }
  });
});

describe("the wire", () => {
  test("OpenAI's refusal field is a filtered answer", async () => {
    const [generated, streamed] = await both("openai/gpt-5-mini", [
      { type: "reply", text: "I cannot help.", isRefusal: true },
    ]);
    expect(generated).toMatchObject({ finish: "filtered", text: "I cannot help." });
    expect((streamed as GenerationEvent[]).at(-1)).toMatchObject({ generation: { finish: "filtered" } });
  });

  test("an answer without choices is an error", async () => {
    const [generated] = await both("openai/gpt-5-mini", [{ type: "empty-choices" }]);
    expect(generated).toMatchObject({ code: "model-failed", message: expect.stringContaining("choices") });
  });

  test("chat completions are used, with the key in the header and nowhere else", async () => {
    const model = await resolveChatModel("openai/gpt-5-mini", settings());
    await model.generate(prompt);
    const request = server.requests.at(-1);
    expect(request?.path).toBe("/v1/chat/completions");
    expect(request?.headers["authorization"]).toBe(`Bearer ${key}`);
    expect(JSON.stringify(request?.body)).not.toContain(key);
  });

  test("a schema goes along as response format", async () => {
    const schema = { type: "object", properties: { label: { type: "string" } } };
    for (const id of ["openai/gpt-5-mini", "mybox/m"]) {
      const model: ChatModel = await resolveChatModel(id, settings());
      server.script({ type: "reply", text: '{"label":"x"}' });
      expect((await model.generate({ ...prompt, schema })).text).toBe('{"label":"x"}');
      expect(server.requests.at(-1)?.body["response_format"]).toMatchObject({
        type: "json_schema",
        json_schema: { schema, strict: false },
      });
    }
  });

  test("temperature and output limit go along where given and only there", async () => {
    const model = await resolveChatModel("mybox/m", settings());
    await model.generate(prompt, { temperature: 0, maxOutputTokens: 9 });
    expect(server.requests.at(-1)?.body).toMatchObject({ temperature: 0, max_tokens: 9 });
    await model.generate(prompt);
    expect(server.requests.at(-1)?.body).not.toHaveProperty("temperature");
  });

  test("a reader who leaves closes the connection", async () => {
    const model = await resolveChatModel("mybox/m", settings());
    server.script({ type: "reply", text: "one two three" });
    for await (const event of model.stream(prompt)) if (event.type === "text-delta") break;
    server.script({ type: "reply", text: "next" });
    expect((await model.generate(prompt)).text).toBe("next");
  });

  test("a server that is not there is named, and so is the way out", async () => {
    const providers = { mybox: { baseUrl: "http://127.0.0.1:9/v1" } };
    const model = await resolveChatModel("mybox/m", { providers, maxRetries: 0 });
    await expect(model.generate(prompt)).rejects.toMatchObject({
      code: "model-failed",
      message: expect.stringContaining("127.0.0.1:9"),
      remedy: expect.stringContaining("start the server"),
    });
    await expect(collect(model.stream(prompt))).rejects.toMatchObject({ code: "model-failed" });
  });

  test("no key in any error, nor in what caused it", async () => {
    for (const status of [400, 401, 500]) {
      const steps: WireStep[] = [{ type: "status", status, message: `bad key ${boxKey}, or sk-other-1234567890` }];
      for (const outcome of await both("mybox/m", steps, { maxRetries: 0 })) {
        const error = outcome as Error & { remedy?: string };
        const everything = `${error.message} ${error.stack} ${error.remedy} ${String((error.cause as Error)?.message)} ${JSON.stringify(error)}`;
        expect(everything).not.toContain(boxKey);
        expect(everything).not.toContain("sk-other-1234567890");
      }
    }
  });
});
