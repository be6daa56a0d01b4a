import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ModelWireServer, modelWireServer } from "../../testing/model-wire-server.ts";
import { type ModelSettings, resolveEmbedder } from "../registry.ts";
import { aiSdkEmbedder } from "./embedder.ts";

let server: ModelWireServer;
beforeAll(async () => {
  server = await modelWireServer({ dimensions: 8 });
});
afterAll(() => server.close());

const settings = (): ModelSettings => ({
  providers: { box: { baseUrl: server.url } },
  timeoutMs: 2000,
  environment: {},
});

describe("a remote embedder", () => {
  test("learns its dimensions from one call where they are not known", async () => {
    server.script();
    const before = server.requests.length;
    const embedder = await resolveEmbedder("box/some-model", settings());
    expect(embedder.dimensions).toBe(8);
    expect(server.requests.length - before).toBe(1);
    expect(embedder.config).toEqual({ baseUrl: server.url, dimensions: 8 });
  });

  test("gives unit vectors in order, and never sends blanks", async () => {
    const embedder = await resolveEmbedder("box/some-model", settings());
    const { vectors, usage } = await embedder.embed({ values: ["ab", "", "cc", "  "], role: "passage" });
    expect(server.requests.at(-1)?.body["input"]).toEqual(["ab", "cc"]);
    expect(vectors.map((vector) => Math.hypot(...vector))).toEqual([expect.closeTo(1, 6), 0, expect.closeTo(1, 6), 0]);
    expect([...(vectors[2] ?? [])][99 % 8]).toBeCloseTo(1, 6);
    expect(usage).toMatchObject([{ modelId: "box/some-model", inputTokens: 4, outputTokens: 0 }]);
  });

  test("makes no call for nothing", async () => {
    const embedder = await resolveEmbedder("box/some-model", settings());
    const before = server.requests.length;
    expect(await embedder.embed({ values: [""], role: "query" })).toEqual({
      vectors: [new Float32Array(8)],
      usage: [],
    });
    expect(server.requests.length).toBe(before);
  });

  test("needs no call for the dimensions of well-known models", async () => {
    const before = server.requests.length;
    const embedder = await resolveEmbedder("openai/text-embedding-3-small", { environment: { OPENAI_API_KEY: "k" } });
    expect(embedder.dimensions).toBe(1536);
    expect(server.requests.length).toBe(before);
  });

  test("tells Cohere and Google whether it embeds a question or a passage", async () => {
    const providers = { cohere: { baseUrl: server.cohereUrl }, google: { baseUrl: server.googleUrl } };
    const cohere = await resolveEmbedder("cohere/embed-v4.0", { providers, environment: { COHERE_API_KEY: "k" } });
    expect((await cohere.embed({ values: ["ab"], role: "passage" })).usage).toMatchObject([{ inputTokens: 2 }]);
    expect(server.requests.at(-1)?.body).toMatchObject({ texts: ["ab"], input_type: "search_document" });
    await cohere.embed({ values: ["ab"], role: "query" });
    expect(server.requests.at(-1)?.body).toMatchObject({ input_type: "search_query" });
    const google = await resolveEmbedder("google/gemini-embedding-001", { providers, environment: {} });
    const { vectors, usage } = await google.embed({ values: ["ab", "cc"], role: "passage" });
    expect(server.requests.at(-1)?.body["requests"]).toMatchObject([{ taskType: "RETRIEVAL_DOCUMENT" }, {}]);
    expect(vectors[1]?.[99 % 8]).toBeCloseTo(1, 6);
    // Google reports no tokens for embeddings.
    expect(usage).toMatchObject([{ tokensUnknown: true }]);
  });

  test("refuses vectors of another length than the index was built with", async () => {
    const endpoint = {
      id: "box/m",
      wire: "openai-compatible",
      model: "m",
      baseUrl: server.url,
      timeoutMs: 2000,
      maxRetries: 0,
    } as const;
    const asked = aiSdkEmbedder(endpoint, 5).embed({ values: ["ab"], role: "query" });
    await expect(asked).rejects.toMatchObject({
      code: "model-failed",
      message: expect.stringContaining("8 numbers instead of 5"),
    });
  });

  test("retries, then fails with the same codes as a chat model", async () => {
    const embedder = await resolveEmbedder("box/some-model", settings());
    server.script({ type: "status", status: 429 }, { type: "status", status: 500 });
    expect((await embedder.embed({ values: ["a"], role: "query" })).vectors).toHaveLength(1);
    const limited = { type: "status", status: 429 } as const;
    server.script(limited, limited, limited);
    await expect(embedder.embed({ values: ["a"], role: "query" })).rejects.toMatchObject({ code: "rate-limited" });
    server.script({ type: "malformed" });
    await expect(embedder.embed({ values: ["a"], role: "query" })).rejects.toMatchObject({ code: "model-failed" });
  });
});
