import { describe, expect, test } from "vitest";
import { fakeChatModel } from "../testing/fake-chat-model.ts";
import { parseModelId } from "./model-id.ts";
import { keyVariableOf, resolveChatModel, resolveEmbedder, resolveReranker } from "./registry.ts";

const nothing = { environment: {} };

describe("the name of a model", () => {
  test.each([
    ["openai/gpt-5-mini", "openai", "gpt-5-mini"],
    ["openai:gpt-5-mini", "openai", "gpt-5-mini"],
    ["together/meta-llama/Llama-3.3-70B", "together", "meta-llama/Llama-3.3-70B"],
    ["ollama/qwen3:4b", "ollama", "qwen3:4b"],
    ["ollama:hf.co/org/model:Q4", "ollama", "hf.co/org/model:Q4"],
  ])("%s", (id, provider, model) => {
    expect(parseModelId(id)).toEqual({ provider, model });
  });

  test.each(["gpt-5-mini", "openai/", "/x", ""])("'%s' is none", (id) => {
    expect(() => parseModelId(id)).toThrow(expect.objectContaining({ code: "unknown-model" }));
  });
});

describe("resolving", () => {
  test("needs no server", async () => {
    const model = await resolveChatModel("openai:gpt-5-mini", { environment: { OPENAI_API_KEY: "k" } });
    expect(model).toMatchObject({ name: "openai/gpt-5-mini", followsInstructions: true, config: { baseUrl: null } });
  });

  test("names the variable of a missing key", async () => {
    for (const [id, variable] of [
      ["openai/m", "OPENAI_API_KEY"],
      ["anthropic/m", "ANTHROPIC_API_KEY"],
      ["google/m", "GOOGLE_GENERATIVE_AI_API_KEY"],
      ["together/m", "TOGETHER_API_KEY"],
    ] as const) {
      await expect(resolveChatModel(id, nothing)).rejects.toMatchObject({
        code: "missing-key",
        message: expect.stringContaining(variable),
      });
      expect(keyVariableOf(id, nothing)).toBe(variable);
    }
    await expect(resolveReranker("cohere/rerank-v3.5", nothing)).rejects.toMatchObject({ code: "missing-key" });
  });

  test("demands no key of one's own servers, nor at an address of one's own", async () => {
    for (const id of ["ollama/m", "vllm/m", "lmstudio/m", "llamacpp/m"]) {
      await expect(resolveChatModel(id, nothing)).resolves.toBeDefined();
      expect(keyVariableOf(id, nothing)).toBeUndefined();
    }
    const elsewhere = { environment: { OPENAI_BASE_URL: "http://localhost:1/v1" } };
    expect((await resolveChatModel("openai/m", elsewhere)).config).toEqual({ baseUrl: "http://localhost:1/v1" });
    expect(keyVariableOf("openai/m", elsewhere)).toBeUndefined();
  });

  test("knows the providers of the configuration", async () => {
    const providers = { mybox: { baseUrl: "https://user:secret@box.example/v1/", apiKeyEnv: "BOX_KEY" } };
    await expect(resolveChatModel("mybox/m", { ...nothing, providers })).rejects.toMatchObject({
      code: "missing-key",
      message: expect.stringContaining("BOX_KEY"),
    });
    const model = await resolveChatModel("mybox/m", { providers, environment: { BOX_KEY: "k" } });
    // The config is hashed and stored: no secret may stand in it.
    expect(model.config).toEqual({ baseUrl: "https://box.example/v1" });
  });

  test("an address without a version is one for Anthropic's clients", async () => {
    const environment = { ANTHROPIC_API_KEY: "k", ANTHROPIC_BASE_URL: "http://localhost:4000" };
    expect((await resolveChatModel("anthropic/m", { environment })).config).toEqual({
      baseUrl: "http://localhost:4000/v1",
    });
  });

  test("an unknown provider: what is known, and the line to write", async () => {
    const asked = resolveChatModel(
      "acme/m",
      { ...nothing, providers: { mybox: { baseUrl: "http://x" } } },
      { "embedded/extractive": () => fakeChatModel({ replies: [] }) },
    );
    await expect(asked).rejects.toMatchObject({
      code: "unknown-model",
      message: expect.stringMatching(/openai.*ollama.*mybox.*embedded\/extractive/),
      remedy: expect.stringContaining('providers: { "acme": { baseUrl:'),
    });
    expect(keyVariableOf("acme/m", nothing)).toBeUndefined();
  });

  test("a provider that has no such models", async () => {
    await expect(resolveEmbedder("anthropic/m", { environment: { ANTHROPIC_API_KEY: "k" } })).rejects.toMatchObject({
      code: "unknown-model",
    });
    await expect(resolveReranker("openai/m", { environment: { OPENAI_API_KEY: "k" } })).rejects.toMatchObject({
      code: "unknown-model",
      message: expect.stringContaining("these have: cohere"),
    });
  });

  test("names of object members are no providers", async () => {
    await expect(resolveChatModel("constructor/m", nothing)).rejects.toMatchObject({ code: "unknown-model" });
  });

  test("a broken address is told with its line", async () => {
    const environment = { OPENAI_BASE_URL: "localhost/v1" };
    await expect(resolveChatModel("openai/m", { environment })).rejects.toMatchObject({ code: "bad-config" });
  });

  test("embedded models come from their makers", async () => {
    const made = fakeChatModel({ replies: ["x"], name: "embedded/extractive" });
    expect(await resolveChatModel("embedded/extractive", nothing, { "embedded/extractive": () => made })).toBe(made);
  });
});
