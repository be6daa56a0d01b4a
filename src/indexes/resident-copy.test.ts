// The copy in memory beside the engine that it was read from: the same chunks with the same scores, whatever is asked.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import type { ChunkIndex, CopyableIndex, IndexHit, IndexSearch } from "../core/retrieval.ts";
import { testRevision } from "../testing/index-cases.ts";
import { describeIndexContract } from "../testing/index-contract.ts";
import { openLanceIndex } from "./lancedb.ts";
import { readCopy } from "./resident-copy.ts";

const root = mkdtempSync(join(tmpdir(), "assay-copy-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let count = 0;
const openEngine = (dimensions: number) => {
  count += 1;
  const directory = join(root, String(count));
  return openLanceIndex({ directory, dimensions, embedderIdentity: "e", analyserIdentity: "a" });
};
const roomy = { chunks: 1000, vectorBytes: 1e6 };
const held = async (engine: CopyableIndex) => {
  const copy = await readCopy(engine, roomy, new AbortController().signal);
  if (!copy) throw new Error("nothing was read");
  return copy;
};

describeIndexContract("a copy read before every search", {
  runner: { describe, test, expect },
  open: async (): Promise<ChunkIndex> => {
    const engine = await openEngine(4);
    return {
      ...engine,
      search: async (query) => (await held(engine)).search(query),
      vectors: async (chunkIds) => (await held(engine)).vectors(chunkIds),
    };
  },
});

const word = fc.constantFrom("sea", "port", "ferry", "bread", "oven", "ship", "fare", "crew");
const group = fc.constantFrom("hr", "board", "law");
const row = fc.record({
  // Twelve dimensions are no multiple of what the kernel takes at once.
  vector: fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 12, maxLength: 12 }),
  terms: fc.array(word, { maxLength: 12 }).map((words) => words.join(" ")),
  groups: fc.uniqueArray(group, { maxLength: 2 }),
  metadata: fc.record({ year: fc.constantFrom(2023, 2024, "2024"), tags: fc.uniqueArray(group, { maxLength: 2 }) }),
});
const search = fc.record(
  {
    vector: fc
      .array(fc.integer({ min: -100, max: 100 }), { minLength: 12, maxLength: 12 })
      .map((values) => Float32Array.from(values)),
    terms: fc.array(fc.oneof(word, fc.constant("unknown")), { maxLength: 5 }),
    depth: fc.integer({ min: 0, max: 40 }),
    groups: fc.uniqueArray(group, { maxLength: 2 }),
    filter: fc.oneof(
      fc.record({ year: fc.constantFrom(2023, "2024") }),
      fc.record({ tags: fc.uniqueArray(group, { maxLength: 2 }), year: fc.constant(2024) }),
    ),
  },
  { requiredKeys: ["depth"] },
);

test("the same hits, ranks and scores as the engine's, groups and filters included", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 60 }),
      fc.array(search, { minLength: 25, maxLength: 25 }),
      async (rows, searches) => {
        const engine = await openEngine(12);
        try {
          await engine.replaceDocuments(rows.map((one, place) => testRevision(`d${place}`, "1", [one, one])));
          await engine.replaceDocuments([testRevision("d0", "2", [rows[0] ?? {}])]);
          await engine.maintain();
          const copy = await held(engine);
          for (const query of searches as IndexSearch[]) expectSame(copy.search(query), await engine.search(query));
        } finally {
          await engine.close();
        }
      },
    ),
    { numRuns: 8, endOnFailure: true },
  );
}, 120_000);

/** Which of several equal ones is cut at the depth, and their order, is left open. */
function expectSame(found: readonly IndexHit[], expected: readonly IndexHit[]): void {
  for (const leg of ["dense", "lexical"] as const) {
    const [mine, theirs] = [found, expected].map((hits) =>
      hits
        .flatMap(({ chunk, legs }) => (legs[leg] ? [{ id: chunk.id, ...legs[leg] }] : []))
        .sort((a, b) => a.rank - b.rank),
    ) as [{ id: string; rank: number; score: number }[], { id: string; rank: number; score: number }[]];
    expect(mine.map(({ rank }) => rank)).toEqual(theirs.map(({ rank }) => rank));
    mine.forEach(({ score }, place) => {
      expect(score).toBeCloseTo(theirs[place]?.score ?? Number.NaN, 5);
    });
    const last = theirs.at(-1)?.score ?? 0;
    const surely = (hits: readonly { id: string; score: number }[]) =>
      hits.filter(({ score }) => score > last + 1e-5).map(({ id }) => id);
    expect(surely(mine).sort()).toEqual(surely(theirs).sort());
  }
}

test("an index beyond the limits is left to the engine", async () => {
  const engine = await openEngine(4);
  await engine.replaceDocuments([testRevision("a", "1", [{}, {}])]);
  const { signal } = new AbortController();
  expect(await readCopy(engine, { chunks: 1, vectorBytes: 1e6 }, signal)).toBeUndefined();
  expect(await readCopy(engine, { chunks: 2, vectorBytes: 31 }, signal)).toBeUndefined();
  expect(await readCopy(engine, { chunks: 2, vectorBytes: 32 }, signal)).toBeDefined();
  await engine.close();
});
