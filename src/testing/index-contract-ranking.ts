// The part of the index contract that concerns what is found and how it is ranked, odd input included.
import type { DocumentRevision, IndexedChunk } from "../core/retrieval.ts";
import { type ContractCases, ids, legRanks, legScores, stored, testChunk, testRevision, unit } from "./index-cases.ts";
import { memoryIndex } from "./memory-index.ts";

export const rankingCases: ContractCases = {
  "the dense leg by cosine, the lexical leg by BM25, each from rank 1": async ({ index, expect }) => {
    await index.replaceDocuments([
      testRevision("a", "1", [{ vector: [1, 0, 0, 0], terms: "oven bake bread" }]),
      testRevision("b", "1", [{ vector: [3, 4, 0, 0], terms: "bread bread butter" }]),
      testRevision("c", "1", [{ vector: [0, 0, 1, 0], terms: "ship sail" }]),
    ]);
    const hits = await index.search({ vector: unit(0), terms: ["bread"], depth: 2 });
    expect(legRanks(hits, "dense")).toEqual({ a: 1, b: 2 });
    expect(legRanks(hits, "lexical")).toEqual({ b: 1, a: 2 });
    const b = hits.find(({ chunk }) => chunk.documentId === "b");
    expect(b?.legs.dense?.score).toBeCloseTo(0.6, 5);
    // idf ln(1 + 1.5/2.5) = 0.4700; tf 2, length 3, mean length 8/3.
    expect(b?.legs.lexical?.score).toBeCloseTo((Math.log(1.6) * 2 * 2.2) / (2 + 1.2 * (0.25 + 0.75 * (9 / 8))), 5);
  },
  "one leg where only its query is given": async ({ index, expect }) => {
    await index.replaceDocuments([testRevision("a", "1", [{ terms: "oven" }])]);
    expect((await index.search({ terms: ["oven"], depth: 5 })).map(({ legs }) => Object.keys(legs))).toEqual([
      ["lexical"],
    ]);
    expect((await index.search({ vector: unit(0), depth: 5 })).map(({ legs }) => Object.keys(legs))).toEqual([
      ["dense"],
    ]);
  },
  "after maintenance as exhaustive search ranks": async ({ index, expect }) => {
    const yardstick = memoryIndex({ dimensions: 4 });
    for (const batch of [0, 1, 2]) {
      const revisions = Array.from({ length: 20 }, (_, i) =>
        testRevision(`d${batch * 15 + i}`, String(batch), [
          { vector: [1, (batch + i) / 10, batch, 0], terms: `common ${"rare ".repeat((batch + i) % 7)}w${i}` },
        ]),
      );
      await Promise.all([index, yardstick].map((each) => each.replaceDocuments(revisions)));
      await index.maintain();
    }
    await Promise.all([index, yardstick].map((each) => each.deleteDocuments(["d3", "d20"])));
    await index.maintain();
    const query = { vector: Float32Array.from([1, 0.55, 0.3, 0]), terms: ["common", "rare", "w3"], depth: 10 };
    const [found, expected] = [await index.search(query), await yardstick.search(query)];
    expect(legScores(found, "lexical")).toEqual(legScores(expected, "lexical"));
    expect(legScores(found, "dense")).toEqual(legScores(expected, "dense"));
  },
  "with a query vector that is a view into a larger buffer": async ({ index, expect }) => {
    await index.replaceDocuments([
      testRevision("a", "1", [{ vector: [1, 0, 0, 0] }]),
      testRevision("b", "1", [{ vector: [0, 1, 0, 0] }]),
    ]);
    const buffer = Float32Array.from([1, 0, 0, 0, 0, 1, 0, 0]);
    const hits = await index.search({ vector: buffer.subarray(4), depth: 2 });
    expect(legRanks(hits, "dense")).toEqual({ b: 1, a: 2 });
  },
  "with vectors stored from views of one buffer": async ({ index, expect }) => {
    const buffer = Float32Array.from([1, 0, 0, 0, 0, 1, 0, 0]);
    const both = ["a", "b"].map((id, i): DocumentRevision => {
      const [only] = testRevision(id, "1", [{}]).chunks as [IndexedChunk];
      return { documentId: id, revision: "1", chunks: [{ ...only, vector: buffer.subarray(4 * i, 4 * i + 4) }] };
    });
    await index.replaceDocuments(both);
    await index.replaceDocuments(both);
    expect(legRanks(await index.search({ vector: unit(1), depth: 1 }), "dense")).toEqual({ b: 1 });
    expect([...((await index.vectors(["b#0", "nothing"])).get("b#0") ?? [])]).toEqual([0, 1, 0, 0]);
  },
};

export const oddInputCases: ContractCases = {
  "a zero vector has no place in the dense leg and is found by its terms": async ({ index, expect }) => {
    await index.replaceDocuments([
      testRevision("zero", "1", [{ vector: [0, 0, 0, 0], terms: "oven" }]),
      testRevision("a", "1", [{ vector: [1, 0, 0, 0], terms: "ship" }]),
    ]);
    await index.maintain();
    const hits = await index.search({ vector: unit(0), terms: ["oven"], depth: 5 });
    expect(legRanks(hits, "dense")).toEqual({ a: 1 });
    expect(legRanks(hits, "lexical")).toEqual({ zero: 1 });
    expect(await index.search({ vector: new Float32Array(4), depth: 5 })).toEqual([]);
  },
  "a term of 60 characters is a term like any other": async ({ index, expect }) => {
    const long = "x".repeat(59);
    await index.replaceDocuments([testRevision("a", "1", [{ terms: `oven ${long}y` }])]);
    await index.maintain();
    expect(ids(await index.search({ terms: [`${long}y`], depth: 5 }))).toEqual(["a"]);
    expect(ids(await index.search({ terms: [`${long}z`], depth: 5 }))).toEqual([]);
  },
  "terms are never read as syntax": async ({ index, expect }) => {
    await index.replaceDocuments([
      testRevision("a", "1", [{ terms: "oven and c++ or" }]),
      testRevision("b", "1", [{ terms: "ship" }]),
    ]);
    await index.maintain();
    const find = async (...terms: string[]) => ids(await index.search({ terms, depth: 5 }));
    expect(await find("c++")).toEqual(["a"]);
    expect(await find("oven", "AND", "NOT", "ship")).toEqual(["a", "b"]);
    expect(await find('"oven', "-ship")).toEqual([]);
    expect(await find("(", ")", "*", "terms:ship", "ship~", "sh?p", "+ship", "\\")).toEqual([]);
    expect(await find("Oven")).toEqual([]);
  },
  "a query without terms and an empty collection find nothing": async ({ index, expect }) => {
    const query = { vector: unit(0), terms: ["oven"], depth: 10 };
    expect(await index.search(query)).toEqual([]);
    await index.maintain();
    expect(await index.search(query)).toEqual([]);
    await index.replaceDocuments([testRevision("a", "1", [{ terms: "oven" }])]);
    expect(await index.search({ terms: [], depth: 10 })).toEqual([]);
  },
  "depth may exceed the collection": async ({ index, expect }) => {
    await index.replaceDocuments([testRevision("a", "1", [{ terms: "oven" }, { terms: "oven" }])]);
    expect((await index.search({ vector: unit(0), terms: ["oven"], depth: 1000 })).length).toEqual(2);
  },
  "what cannot be stored is refused and leaves the index as it was": async ({ index, expect }) => {
    await index.replaceDocuments([testRevision("a", "1", [{ terms: "oven" }])]);
    const twice = { ...testRevision("b", "1", [{}]), documentId: "c" };
    await expect(index.replaceDocuments([testRevision("b", "1", [{}]), twice])).rejects.toThrow();
    await expect(index.replaceDocuments([testRevision("b", "1", [{ vector: [1, 0] }])])).rejects.toThrow();
    expect(await stored(index)).toEqual(["a#0"]);
  },
  "every field of a chunk comes back as it went in": async ({ index, expect }) => {
    const chunk = testChunk('päth/ü\'s "file".md', {
      text: "Zeile 1\r\n\u0000\u2028 😀 'quoted' \\",
      page: 3,
      headingPath: ["A > B", "C"],
      metadata: { year: 2024, tags: ["x", "y"], nested: { deep: [null, true] } },
      groups: ["hr"],
    });
    await index.replaceDocuments([
      { documentId: chunk.documentId, revision: "1", chunks: [{ chunk, vector: unit(0), terms: "x" }] },
    ]);
    expect((await index.search({ terms: ["x"], depth: 1 }))[0]?.chunk).toEqual(chunk);
    await index.deleteDocuments([chunk.documentId]);
    expect(await stored(index)).toEqual([]);
  },
};
