import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import type { CopyableIndex, HeldRevisions } from "../core/retrieval.ts";
import { ids, testRevision, unit } from "../testing/index-cases.ts";
import { describeIndexContract } from "../testing/index-contract.ts";
import { openLanceIndex } from "./lancedb.ts";
import { type ResidentOptions, residentIndex } from "./resident-index.ts";

const root = mkdtempSync(join(tmpdir(), "assay-resident-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let count = 0;
const freshDirectory = () => {
  count += 1;
  return join(root, String(count));
};
const openEngine = (directory: string) =>
  openLanceIndex({ directory, dimensions: 4, embedderIdentity: "embedder-1", analyserIdentity: "analyser-1" });

describeIndexContract("lancedb, held in memory", {
  runner: { describe, test, expect },
  open: async () => residentIndex(await openEngine(freshDirectory()), { settleMs: 1 }),
  reopen: async () => residentIndex(await openEngine(join(root, String(count))), { settleMs: 1 }),
});

/** An index with one document, held in memory, and what its engine was asked. */
async function held(options: ResidentOptions, change: (engine: CopyableIndex) => Partial<CopyableIndex> = () => ({})) {
  const directory = freshDirectory();
  const engine = await openEngine(directory);
  await engine.replaceDocuments([testRevision("a", "1", [{ terms: "ship" }])]);
  const search = vi.fn(engine.search);
  const copy = vi.fn(engine.copy);
  const index = await residentIndex({ ...engine, search, copy, ...change(engine) }, options);
  return { index, search, copy, writer: await openEngine(directory) };
}

const query = { terms: ["ship"], vector: unit(0), depth: 5 };

test("while it is the newest state, memory answers", async () => {
  const { index, search } = await held({});
  expect(ids(await index.search(query))).toEqual(["a"]);
  expect([...(await index.vectors(["a#0", "unknown"])).keys()]).toEqual(["a#0"]);
  expect(search).not.toHaveBeenCalled();
  await index.close();
});

test("a newer state is the engine's until it is read, once, when it has settled", async () => {
  const { index, search, copy, writer } = await held({ settleMs: 50 });
  for (const id of ["b", "c"]) {
    await writer.replaceDocuments([testRevision(id, "1", [{ terms: "ship" }])]);
    expect(ids(await index.search(query))).toContain(id);
  }
  expect(search).toHaveBeenCalledTimes(2);
  await vi.waitFor(async () => {
    search.mockClear();
    expect(ids(await index.search(query))).toEqual(["a", "b", "c"]);
    expect(search).not.toHaveBeenCalled();
  });
  expect(copy.mock.calls.length).toBeLessThanOrEqual(3);
  await index.close();
});

test("what is too large is never held, and what cannot be read is no failure", async () => {
  const broken = () => ({ copy: () => Promise.reject(new Error("the disk is gone")) });
  for (const { index, search } of [await held({ chunks: 0 }), await held({}, broken)]) {
    expect(ids(await index.search(query))).toEqual(["a"]);
    expect(search).toHaveBeenCalledTimes(1);
    await index.close();
  }
});

test("where a newer state could not be read the engine answers, and it is read the next time", async () => {
  let reads = 0;
  const failing = (engine: CopyableIndex) => ({
    copy: (known: HeldRevisions) => {
      reads += 1;
      return reads === 2 ? Promise.reject(new Error("files were removed meanwhile")) : engine.copy(known);
    },
  });
  const { index, search, writer } = await held({ settleMs: 1 }, failing);
  await writer.replaceDocuments([testRevision("b", "1", [{ terms: "ship" }])]);
  await vi.waitFor(async () => {
    search.mockClear();
    expect(ids(await index.search(query))).toEqual(["a", "b"]);
    expect(search).not.toHaveBeenCalled();
  });
  expect(reads).toBe(3);
  await index.close();
});

test("a closed index reads nothing any more", async () => {
  const { index, copy, writer } = await held({ settleMs: 20 });
  await writer.replaceDocuments([testRevision("b", "1", [{ terms: "ship" }])]);
  await index.search(query);
  await index.close();
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(copy).toHaveBeenCalledTimes(1);
});

test("a vector of another length is refused, a cancelled search is not begun", async () => {
  const { index } = await held({});
  await expect(index.search({ vector: new Float32Array(3), depth: 1 })).rejects.toThrow("dimensions");
  await expect(index.search(query, { signal: AbortSignal.abort() })).rejects.toThrow();
  await index.close();
});

test("searches in a row leave the event loop its turns", async () => {
  const { index } = await held({});
  let turns = 0;
  const counting = setInterval(() => (turns += 1), 0);
  for (const began = performance.now(); performance.now() - began < 30; ) await index.search(query);
  clearInterval(counting);
  expect(turns).toBeGreaterThan(1);
  await index.close();
});

test("where the index is gone, the engine says so", async () => {
  const gone = () => ({
    state: () => {
      throw new Error("no such folder");
    },
    search: () => Promise.reject(new Error("the index is damaged")),
  });
  const { index } = await held({}, gone);
  await expect(index.search(query)).rejects.toThrow("damaged");
  await index.close();
});
