// The part of the index contract that concerns replacing, deleting and reading everything back.
import { type ContractCases, ids, legRanks, stored, testRevision, unit } from "./index-cases.ts";

export const writeCases: ContractCases = {
  "replacing removes what the new revision no longer has, in both legs, at once": async ({ index, expect }) => {
    await index.replaceDocuments([
      testRevision("a", "1", [{ terms: "old" }, { terms: "old" }, { terms: "old" }]),
      testRevision("b", "1", [{}]),
    ]);
    await index.maintain();
    await index.replaceDocuments([testRevision("a", "2", [{ terms: "new", vector: [0, 1, 0, 0] }])]);
    expect(await index.search({ terms: ["old"], depth: 5 })).toEqual([]);
    expect(ids(await index.search({ terms: ["new"], depth: 5 }))).toEqual(["a"]);
    expect(legRanks(await index.search({ vector: unit(1), depth: 1 }), "dense")).toEqual({ a: 1 });
    expect(await stored(index)).toEqual(["a#0", "b#0"]);
    expect([...(await index.revisions())].sort()).toEqual([
      ["a", "2"],
      ["b", "1"],
    ]);
  },
  "repeating a write changes nothing": async ({ index, expect }) => {
    const revisions = [
      testRevision("a", "1", [{ terms: "x" }, { terms: "y" }]),
      testRevision("b", "1", [{ terms: "x" }]),
    ];
    for (let i = 0; i < 3; i += 1) await index.replaceDocuments(revisions);
    expect(await stored(index)).toEqual(["a#0", "a#1", "b#0"]);
    expect((await index.search({ terms: ["x"], depth: 9 })).length).toEqual(2);
  },
  "one write may add, change and empty documents": async ({ index, expect }) => {
    await index.replaceDocuments([testRevision("a", "1", [{}]), testRevision("b", "1", [{}, {}])]);
    await index.replaceDocuments([
      testRevision("a", "2", []),
      testRevision("b", "2", [{}]),
      testRevision("c", "1", [{}]),
    ]);
    expect(await stored(index)).toEqual(["b#0", "c#0"]);
    await index.replaceDocuments([testRevision("b", "3", [])]);
    expect([...(await index.revisions())]).toEqual([["c", "1"]]);
  },
  "deleted documents are gone from both legs before any maintenance": async ({ index, expect }) => {
    await index.replaceDocuments([testRevision("a", "1", [{ terms: "x" }]), testRevision("b", "1", [{ terms: "x" }])]);
    await index.maintain();
    await index.deleteDocuments(["a", "unknown"]);
    await index.deleteDocuments([]);
    expect(ids(await index.search({ vector: unit(0), terms: ["x"], depth: 5 }))).toEqual(["b"]);
    const { chunks, documents } = await index.stats();
    expect({ chunks, documents }).toEqual({ chunks: 1, documents: 1 });
  },
  "a search beside a replacement sees all of the old or all of the new": async ({ index, expect }) => {
    const state = (word: string) => [
      testRevision("a", word, [{ terms: word }, { terms: word }]),
      testRevision("b", word, [{ terms: word }]),
    ];
    await index.replaceDocuments(state("even"));
    const seen = new Set<string>();
    const writing = (async () => {
      for (let i = 1; i <= 6; i += 1) await index.replaceDocuments(state(i % 2 === 0 ? "even" : "odd"));
    })();
    for (let i = 0; i < 40; i += 1) {
      const hits = await index.search({ vector: unit(0), terms: ["even", "odd"], depth: 10 });
      seen.add(JSON.stringify([hits.length, hits.filter(({ legs }) => legs.dense && legs.lexical).length]));
    }
    await writing;
    expect([...seen]).toEqual(["[3,3]"]);
  },
  "scan goes through the documents in order": async ({ index, expect }) => {
    await index.replaceDocuments([
      testRevision(
        "b",
        "1",
        Array.from({ length: 12 }, () => ({})),
      ),
    ]);
    await index.replaceDocuments([testRevision("a", "1", [{}])]);
    const expected = ["a#0", ...Array.from({ length: 12 }, (_, i) => `b#${i}`)];
    expect(await stored(index)).toEqual(expected);
  },
};

/** For indexes that another handle, in this process or another, may read. */
export const secondHandleCases: ContractCases = {
  "a second handle sees what the first one writes": async ({ index, expect, reopen }) => {
    const second = await reopen();
    await index.replaceDocuments([testRevision("a", "1", [{ terms: "x" }])]);
    expect(ids(await second.search({ terms: ["x"], depth: 5 }))).toEqual(["a"]);
    await index.maintain();
    await index.replaceDocuments([testRevision("a", "2", [{ terms: "y" }])]);
    expect(await second.search({ terms: ["x"], depth: 5 })).toEqual([]);
    await index.maintain();
    expect(ids(await second.search({ terms: ["y"], depth: 5 }))).toEqual(["a"]);
    await second.close();
  },
};
