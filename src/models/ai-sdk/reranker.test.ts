import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Hit } from "../../core/retrieval.ts";
import { type ModelWireServer, modelWireServer } from "../../testing/model-wire-server.ts";
import { resolveReranker } from "../registry.ts";

let server: ModelWireServer;
beforeAll(async () => {
  server = await modelWireServer();
});
afterAll(() => server.close());

const reranker = (timeoutMs = 2000) =>
  resolveReranker("cohere/rerank-v3.5", {
    providers: { cohere: { baseUrl: server.cohereUrl } },
    environment: { COHERE_API_KEY: "k" },
    timeoutMs,
  });

function hitOf(text: string): Hit {
  const chunk = {
    id: text,
    documentId: "d",
    source: "d",
    title: "Orchard",
    ordinal: 0,
    text,
    start: 0,
    end: text.length,
  };
  return {
    chunk: { ...chunk, headingPath: ["Hours"], metadata: {}, groups: [] },
    score: 0.5,
    legs: { fused: { rank: 1, score: 0.5 } },
  };
}

const hits = ["the shop sells jam", "pears ripen in autumn", "pears are sold in the shop"].map(hitOf);

describe("a remote reranker", () => {
  test("reorders every hit and adds its leg", async () => {
    const { hits: ranked, usage } = await (await reranker()).rerank("pears in shop", hits);
    expect(ranked.map((hit) => hit.chunk.text)).toEqual([
      "pears are sold in the shop",
      "pears ripen in autumn",
      "the shop sells jam",
    ]);
    expect(ranked[0]).toMatchObject({ score: 1, legs: { fused: { rank: 1 }, reranked: { rank: 1, score: 1 } } });
    // Cohere bills searches: there is no token count to report.
    expect(usage).toMatchObject([{ modelId: "cohere/rerank-v3.5", tokensUnknown: true }]);
    expect(server.requests.at(-1)).toMatchObject({ path: "/v2/rerank", headers: { authorization: "Bearer k" } });
    expect(server.requests.at(-1)?.body["documents"]).toContain("Orchard > Hours\nthe shop sells jam");
  });

  test("makes no call for no hits", async () => {
    const before = server.requests.length;
    expect(await (await reranker()).rerank("pears", [])).toEqual({ hits: [], usage: [] });
    expect(server.requests.length).toBe(before);
  });

  test("fails as chat models do", async () => {
    const busy = { type: "status", status: 429 } as const;
    server.script(busy, busy, busy);
    await expect((await reranker()).rerank("q", hits)).rejects.toMatchObject({ code: "rate-limited" });
    server.script({ type: "slow", waitMs: 0 });
    await expect((await reranker(50)).rerank("q", hits)).rejects.toMatchObject({ code: "model-timeout" });
  });
});
