// The copy in memory beside the engine that it was read from: the same chunks with the same scores, whatever is asked.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import type { ChunkIndex, CopyableIndex, IndexCopy, IndexHit, IndexSearch } from "../core/retrieval.ts";
import { testRevision } from "../testing/index-cases.ts";
import { describeIndexContract } from "../testing/index-contract.ts";
import { openLanceIndex } from "./lancedb.ts";
import { type ResidentCopy, readCopy } from "./resident-copy.ts";

const root = mkdtempSync(join(tmpdir(), "assay-copy-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let count = 0;
const openEngine = (dimensions: number) => {
  count += 1;
  const directory = join(root, String(count));
  return openLanceIndex({ directory, dimensions, embedderIdentity: "e", analyserIdentity: "a" });
};
const roomy = { chunks: 1000, vectorBytes: 1e6 };
const held = async (engine: CopyableIndex, earlier?: ResidentCopy) => {
  const copy = await readCopy(engine, roomy, new AbortController().signal, earlier);
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

describeIndexContract("a copy refreshed after every write and before every search", {
  runner: { describe, test, expect },
  open: async (): Promise<ChunkIndex> => {
    const engine = await openEngine(4);
    let copy: ResidentCopy | undefined;
    const refreshed = async () => {
      copy = await held(engine, copy);
      return copy;
    };
    const afterwards =
      <Given extends unknown[]>(write: (...given: Given) => Promise<void>) =>
      async (...given: Given) => {
        await write(...given);
        await refreshed();
      };
    return {
      ...engine,
      replaceDocuments: afterwards(engine.replaceDocuments),
      deleteDocuments: afterwards(engine.deleteDocuments),
      maintain: afterwards(engine.maintain),
      search: async (query) => (await refreshed()).search(query),
      vectors: async (chunkIds) => (await refreshed()).vectors(chunkIds),
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

/** A document is written, moved into other groups or with other words as its row is another one, or removed. */
const edit = fc.record({
  document: fc.integer({ min: 0, max: 11 }),
  rows: fc.option(fc.array(row, { minLength: 1, maxLength: 4 }), { freq: 3 }),
  maintains: fc.boolean(),
});

test("after any edits a refreshed copy is the copy that would be read afresh, and answers as the engine does", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(edit, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 6 }),
      fc.array(search, { minLength: 12, maxLength: 12 }),
      async (rounds, searches) => {
        const engine = await openEngine(12);
        let copy: ResidentCopy | undefined;
        try {
          for (const [round, edits] of rounds.entries()) {
            for (const [place, one] of edits.entries()) await apply(engine, one, `${round}.${place}`);
            copy = await held(engine, copy);
            const fresh = await held(engine);
            for (const query of searches as IndexSearch[]) expect(copy.search(query)).toEqual(fresh.search(query));
            const chunkIds = fresh.rows.chunks.map(({ id }) => id);
            expect(copy.vectors(chunkIds)).toEqual(fresh.vectors(chunkIds));
          }
          await engine.maintain();
          copy = await held(engine, copy);
          for (const query of searches as IndexSearch[]) expectSame(copy.search(query), await engine.search(query));
        } finally {
          await engine.close();
        }
      },
    ),
    { numRuns: 8, endOnFailure: true },
  );
}, 120_000);

async function apply(
  engine: CopyableIndex,
  {
    document,
    rows,
    maintains,
  }: { document: number; rows: Parameters<typeof testRevision>[2] | null; maintains: boolean },
  revision: string,
): Promise<void> {
  const id = `d${document}`;
  if (rows === null) await engine.deleteDocuments([id]);
  else await engine.replaceDocuments([testRevision(id, revision, rows)]);
  if (maintains) await engine.maintain();
}

test("a refresh reads what an edit changed and nothing else, also where maintenance has moved every row", async () => {
  const engine = await openEngine(4);
  const rows = Array.from({ length: 3 }, () => ({ terms: "ship" }));
  await engine.replaceDocuments(["a", "b", "c"].map((id) => testRevision(id, "1", rows)));
  const first = await held(engine);
  await engine.replaceDocuments([testRevision("b", "2", [{ terms: "ship", groups: ["hr"] }])]);
  await engine.deleteDocuments(["c"]);
  await engine.maintain();
  const read: string[] = [];
  const refreshed = await held(noting(engine, read), first);
  expect(read).toEqual(["b#0"]);
  expect(refreshed.search({ terms: ["ship"], depth: 9 }).map(({ chunk }) => chunk.id)).toHaveLength(4);
  expect(refreshed.search({ terms: ["ship"], depth: 9, groups: [] }).map(({ chunk }) => chunk.documentId)).toEqual([
    "a",
    "a",
    "a",
  ]);
  // The earlier state goes on being what it was, for searches that began in it.
  expect(first.search({ terms: ["ship"], depth: 9, groups: [] })).toHaveLength(9);
  await engine.close();
});

/** Ids of rows that are read in full are added to `read`. */
function noting(engine: CopyableIndex, read: string[]): CopyableIndex {
  const noted = async function* (batches: IndexCopy["rows"]) {
    for await (const batch of batches) {
      const rows = [...batch];
      read.push(...rows.flatMap(({ id, content }) => (content ? [id] : [])));
      yield rows;
    }
  };
  return {
    ...engine,
    copy: async (known) => {
      const copy = await engine.copy(known);
      return { ...copy, rows: noted(copy.rows) };
    },
  };
}

test("a row that is neither read nor held, or held in another revision, is no copy", async () => {
  const engine = await openEngine(4);
  await engine.replaceDocuments([testRevision("a", "1", [{}])]);
  const earlier = await held(engine);
  await engine.replaceDocuments([testRevision("a", "2", [{ groups: ["hr"] }])]);
  const forgetful = { ...engine, copy: () => engine.copy(new Map([["a#0", "2"]])) };
  await expect(held(forgetful)).rejects.toThrow("left out");
  await expect(held(forgetful, earlier)).rejects.toThrow("left out");
  await engine.close();
});

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
