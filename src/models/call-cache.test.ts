import { beforeEach, describe, expect, test } from "vitest";
import type { Json } from "../core/json.ts";
import type { GenerationEvent, PromptParts } from "../core/models.ts";
import type { Hit, Reranker } from "../core/retrieval.ts";
import { fakeChatModel } from "../testing/fake-chat-model.ts";
import { fakeEmbedder } from "../testing/fake-embedder.ts";
import { type CallStore, cachedChatModel, cachedEmbedder, cachedReranker } from "./call-cache.ts";

/** Keeps JSON text, as a database does. */
function jsonStore(): CallStore & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    get: async (key) => (kept.has(key) ? (JSON.parse(kept.get(key) ?? "") as Json) : undefined),
    set: async (key, reply) => {
      kept.set(key, JSON.stringify(reply));
    },
  };
}

let store: ReturnType<typeof jsonStore>;
beforeEach(() => {
  store = jsonStore();
});

const prompt: PromptParts = { instructions: "i", examples: [], passages: [], question: "q" };

function hitOf(text: string, score = 1): Hit {
  const chunk = { id: text, documentId: "d", source: "d", title: "t", ordinal: 0, text, start: 0, end: text.length };
  return { chunk: { ...chunk, headingPath: [], metadata: {}, groups: [] }, score, legs: {} };
}

describe("a cached chat model", () => {
  test("asks once, and gives the first usage again", async () => {
    const inner = fakeChatModel({ replies: ["first", "second"] });
    const model = cachedChatModel(inner, store);
    const once = await model.generate(prompt, { temperature: 0 });
    expect(await model.generate(prompt, { temperature: 0 })).toEqual(once);
    expect(inner.prompts).toHaveLength(1);
  });

  test("asks again for anything that could change the answer", async () => {
    const inner = fakeChatModel({ replies: ["x"] });
    const model = cachedChatModel(inner, store);
    const passages = [hitOf("a")];
    const requests: [PromptParts, object?][] = [
      [prompt],
      [{ ...prompt, question: "other" }],
      [{ ...prompt, instructions: "other" }],
      [{ ...prompt, passages }],
      [{ ...prompt, passages: [...passages, hitOf("b")] }],
      [{ ...prompt, schema: { type: "object" } }],
      [{ ...prompt, history: [{ role: "user", content: "hello" }] }],
      [{ ...prompt, examples: [{ messages: [{ role: "user", content: "hello" }] }] }],
      [prompt, { temperature: 1 }],
    ];
    for (const [parts, options] of requests) await model.generate(parts, options);
    expect(inner.prompts).toHaveLength(requests.length);
    await cachedChatModel(fakeChatModel({ replies: ["x"], name: "fake/other" }), store).generate(prompt);
    expect(store.kept.size).toBe(requests.length + 1);
    // The model sees no scores.
    await model.generate({ ...prompt, passages: [hitOf("a", 0.1)] });
    expect(inner.prompts).toHaveLength(requests.length);
  });

  test("streams what it kept, and keeps what it streamed", async () => {
    const inner = fakeChatModel({ replies: ["one two", "never"] });
    const model = cachedChatModel(inner, store);
    const collect = async () => {
      const events: GenerationEvent[] = [];
      for await (const event of model.stream(prompt)) events.push(event);
      return events;
    };
    const first = await collect();
    const again = await collect();
    expect(first).toHaveLength(3);
    expect(again).toEqual([{ type: "text-delta", text: "one two" }, first.at(-1)]);
    expect((await model.generate(prompt)).text).toBe("one two");
    expect(inner.prompts).toHaveLength(1);
  });

  test("keeps no failure", async () => {
    const model = cachedChatModel(fakeChatModel({ replies: [new Error("down"), "up"] }), store);
    await expect(model.generate(prompt)).rejects.toThrow("down");
    expect((await model.generate(prompt)).text).toBe("up");
  });

  test("keeps its identity: a cache changes no answer", () => {
    const inner = fakeChatModel({ replies: [] });
    expect(cachedChatModel(inner, store)).toMatchObject({
      name: inner.name,
      version: inner.version,
      config: inner.config,
    });
  });
});

describe("a cached embedder", () => {
  test("embeds each value once, per role, and keeps order", async () => {
    const inner = fakeEmbedder();
    const embedder = cachedEmbedder(inner, store);
    const first = await embedder.embed({ values: ["a", "b", "a"], role: "passage" });
    const second = await embedder.embed({ values: ["c", "b", "a"], role: "passage" });
    await embedder.embed({ values: ["a"], role: "query" });
    expect(inner.embedded.map(({ value, role }) => `${role} ${value}`)).toEqual([
      "passage a",
      "passage b",
      "passage c",
      "query a",
    ]);
    expect(second.vectors.slice(1)).toEqual([first.vectors[1], first.vectors[0]]);
    expect(first.vectors[2]).toEqual(first.vectors[0]);
    expect(second.vectors).toEqual((await inner.embed({ values: ["c", "b", "a"], role: "passage" })).vectors);
  });

  test("a repeated query has the usage of its first call", async () => {
    const embedder = cachedEmbedder(fakeEmbedder(), store);
    const { usage } = await embedder.embed({ values: ["two words"], role: "query" });
    expect(usage).toMatchObject([{ inputTokens: 2 }]);
    expect((await embedder.embed({ values: ["two words"], role: "query" })).usage).toEqual(usage);
  });
});

describe("a cached reranker", () => {
  test("gives the same order again without a call", async () => {
    let calls = 0;
    const inner: Reranker = {
      name: "fake/reranker",
      version: "1",
      config: {},
      rerank: async (_, hits) => {
        calls++;
        const ranked = hits
          .toReversed()
          .map((hit, i) => ({ ...hit, score: 9 - i, legs: { reranked: { rank: i + 1, score: 9 - i } } }));
        return { hits: ranked, usage: [] };
      },
    };
    const reranker = cachedReranker(inner, store);
    const hits = [hitOf("a"), hitOf("b"), hitOf("c")];
    const first = await reranker.rerank("q", hits);
    expect(await reranker.rerank("q", hits)).toEqual(first);
    expect(calls).toBe(1);
    await reranker.rerank("q", hits.slice(1));
    expect(calls).toBe(2);
  });
});
