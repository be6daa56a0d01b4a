import { beforeEach, describe, expect, test } from "vitest";
import type { ChunkIndex, Hit, Reranker } from "../core/retrieval.ts";
import { fakeEmbedder } from "../testing/fake-embedder.ts";
import { testRevision } from "../testing/index-cases.ts";
import { memoryIndex } from "../testing/memory-index.ts";
import { hybridRetriever } from "./hybrid-retriever.ts";
import { mmrRetriever } from "./mmr-retriever.ts";
import { rerankedRetriever } from "./reranked-retriever.ts";
import { traceDocument } from "./trace.ts";

const texts: Readonly<Record<string, string>> = {
  bread: "bake bread in the oven",
  toast: "bake toast in the oven",
  twin: "bake bread in the oven today",
  ships: "ships sail in the harbour",
};
const embedder = fakeEmbedder({ dimensions: 32 });
const analyser = {
  name: "words",
  version: "1",
  config: null,
  queryTerms: (text: string) => [...new Set(text.split(" "))],
};
const fusion = { method: "z-score", denseWeight: 0.3 } as const;
const parts = { embedder, analyser, fusion };
let index: ChunkIndex;

beforeEach(async () => {
  index = memoryIndex({ dimensions: 32 });
  const { vectors } = await embedder.embed({ values: Object.values(texts), role: "passage" });
  await index.replaceDocuments(
    Object.entries(texts).map(([id, text], i) =>
      testRevision(id, "1", [
        { text, terms: text, vector: [...(vectors[i] as Float32Array)], groups: id === "twin" ? ["hr"] : [] },
      ]),
    ),
  );
});

const idsOf = (hits: readonly Hit[]) => hits.map(({ chunk }) => chunk.documentId);

/** Prefers what stands later in the alphabet. */
const alphabetical: Reranker = {
  name: "alphabetical",
  version: "1",
  config: null,
  async rerank(_query, hits) {
    const sorted = hits.toSorted((a, b) => (a.chunk.id < b.chunk.id ? 1 : -1));
    return {
      hits: sorted.map((hit, i) => ({
        ...hit,
        score: -i,
        legs: { ...hit.legs, reranked: { rank: i + 1, score: -i } },
      })),
      usage: [],
    };
  },
};

describe("hybrid retriever", () => {
  test("fuses both legs and keeps their ranks and scores", async () => {
    const { hits, usage } = await hybridRetriever({ index, ...parts }).retrieve({
      text: "bake bread in the oven",
      topK: 2,
    });
    expect(idsOf(hits)).toEqual(["bread", "twin"]);
    expect(hits[0]?.legs).toMatchObject({
      dense: { rank: 1 },
      lexical: { rank: 1 },
      fused: { rank: 1, score: hits[0]?.score },
    });
    expect(usage).toHaveLength(1);
  });

  test("one leg alone embeds or analyses nothing for the other", async () => {
    const lexical = await hybridRetriever({ index, ...parts, mode: "lexical" }).retrieve({ text: "harbour", topK: 5 });
    expect(idsOf(lexical.hits)).toEqual(["ships"]);
    expect(lexical.usage).toEqual([]);
    const dense = await hybridRetriever({ index, ...parts, mode: "dense" }).retrieve({ text: "harbour", topK: 5 });
    expect(dense.hits.map(({ legs }) => legs["lexical"])).toEqual([undefined, undefined, undefined, undefined]);
  });

  test("searches as deep as is asked for, even beyond the configured depth", async () => {
    const shallow = hybridRetriever({ index, ...parts, depth: 1, mode: "dense" });
    expect((await shallow.retrieve({ text: "bake", topK: 4 })).hits).toHaveLength(4);
    expect((await shallow.retrieve({ text: "bake", topK: 1 })).hits).toHaveLength(1);
  });

  test("passes groups and filters on to the index", async () => {
    const retriever = hybridRetriever({ index, ...parts });
    const { hits } = await retriever.retrieve({ text: "bake bread", topK: 9, groups: [] });
    expect(idsOf(hits)).not.toContain("twin");
    expect((await retriever.retrieve({ text: "bake bread", topK: 9, filter: { team: "none" } })).hits).toEqual([]);
  });
});

describe("reranked and diversified retrievers", () => {
  test("the reranker sees the first hits only and its order stands", async () => {
    const retriever = rerankedRetriever({
      retriever: hybridRetriever({ index, ...parts }),
      reranker: alphabetical,
      depth: 2,
    });
    const { hits } = await retriever.retrieve({ text: "bake bread in the oven", topK: 1 });
    expect(idsOf(hits)).toEqual(["twin"]);
    expect(hits[0]?.legs["reranked"]).toEqual({ rank: 1, score: -0 });
    expect(hits[0]?.legs["fused"]?.rank).toBe(2);
  });

  test("MMR gives up the near-duplicate; lambda 1 keeps the retriever's order", async () => {
    const retriever = hybridRetriever({ index, ...parts });
    const query = { text: "bake bread in the oven", topK: 2 };
    const diverse = await mmrRetriever({ retriever, index, lambda: 0.3 }).retrieve(query);
    expect(idsOf(diverse.hits)).toEqual(["bread", "ships"]);
    expect(diverse.hits[1]?.legs["mmr"]?.rank).toBe(2);
    const plain = await mmrRetriever({ retriever, index, lambda: 1 }).retrieve(query);
    expect(idsOf(plain.hits)).toEqual(["bread", "twin"]);
  });
});

describe("trace", () => {
  const options = () => ({ index, ...parts });
  const question = { text: "bake bread in the oven", topK: 2 };

  test("follows a document that reaches the model", async () => {
    const trace = await traceDocument(
      { ...options(), reranker: alphabetical },
      { ...question, source: "docs/twin.md" },
    );
    expect(trace.stages.map(({ stage, rank, limit, passed }) => [stage, rank, limit, passed])).toEqual([
      ["dense", 2, 100, true],
      ["lexical", 2, 100, true],
      ["fused", 2, 20, true],
      ["reranked", 1, 2, true],
    ]);
    expect(trace.cutAt).toBe(null);
  });

  test("shows ranks beyond the cut of the legs", async () => {
    const trace = await traceDocument(
      { ...options(), depth: 1, mode: "lexical" },
      { text: "bake toast", topK: 1, documentId: "bread" },
    );
    expect(trace.stages[0]).toMatchObject({ stage: "lexical", rank: 2, limit: 1, passed: false });
    expect(trace.cutAt).toBe("search");
  });

  test("names the stage that dropped it", async () => {
    const cut = async (more: Partial<Parameters<typeof traceDocument>[0]>, documentId: string) =>
      (await traceDocument({ ...options(), ...more }, { ...question, documentId })).cutAt;
    expect(await cut({}, "toast")).toBe("fused");
    expect(await cut({ reranker: alphabetical }, "bread")).toBe("reranked");
    expect(await cut({ mmr: { fetchK: 4, lambda: 0.3 } }, "twin")).toBe("mmr");
    expect(await cut({ budget: { maxTokens: 25, countTokens: (text) => text.length } }, "twin")).toBe("budget");
  });

  test("ends with what the wired retriever returns", async () => {
    const hybrid = hybridRetriever(options());
    const wired = mmrRetriever({
      retriever: rerankedRetriever({ retriever: hybrid, reranker: alphabetical, depth: 3 }),
      index,
      fetchK: 3,
      lambda: 0.5,
    });
    const { hits } = await wired.retrieve(question);
    for (const documentId of Object.keys(texts)) {
      const trace = await traceDocument(
        { ...options(), reranker: alphabetical, rerankDepth: 3, mmr: { fetchK: 3, lambda: 0.5 } },
        { ...question, documentId },
      );
      expect(trace.cutAt === null).toBe(idsOf(hits).includes(documentId));
    }
  });

  test("fuses exactly the candidates that retrieval fuses", async () => {
    const shallow = { ...options(), depth: 1 };
    const { hits } = await hybridRetriever(shallow).retrieve({ text: "bake ships", topK: 2 });
    for (const { chunk, legs } of hits) {
      const trace = await traceDocument(shallow, { text: "bake ships", topK: 2, documentId: chunk.documentId });
      expect(trace.stages.find(({ stage }) => stage === "fused")).toMatchObject({
        rank: legs["fused"]?.rank,
        score: legs["fused"]?.score,
      });
    }
  });
});
