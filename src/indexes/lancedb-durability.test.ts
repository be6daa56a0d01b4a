// What stays true when processes die, files are lost and configurations change.
import { spawn } from "node:child_process";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { ChunkIndex } from "../core/retrieval.ts";
import { testRevision } from "../testing/index-cases.ts";
import { asIndexError } from "./lance-errors.ts";
import { openLanceIndex } from "./lancedb.ts";

const root = mkdtempSync(join(tmpdir(), "assay-lancedb-durability-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const open = (directory: string, overrides: Partial<Parameters<typeof openLanceIndex>[0]> = {}) =>
  openLanceIndex({
    directory,
    dimensions: 4,
    embedderIdentity: "embedder-one",
    embedderName: "embedded/static",
    analyserIdentity: "analyser-one",
    ...overrides,
  });

async function filled(name: string): Promise<string> {
  const directory = join(root, name);
  const index = await open(directory);
  await index.replaceDocuments([testRevision("a", "1", [{ terms: "x" }]), testRevision("b", "1", [{ terms: "y" }])]);
  await index.maintain();
  await index.close();
  return directory;
}

const search = (index: ChunkIndex) => index.search({ terms: ["x"], vector: Float32Array.of(1, 0, 0, 0), depth: 5 });

describe("opening", () => {
  test("finds what was written before", async () => {
    const index = await open(await filled("reopened"));
    expect(await search(index)).toHaveLength(2);
    await index.close();
  });

  test("refuses another embedder, another size and another analyser, naming both and the remedy", async () => {
    const directory = await filled("mismatch");
    await expect(
      open(directory, { embedderIdentity: "embedder-two", embedderName: "openai/small" }),
    ).rejects.toMatchObject({
      code: "index-mismatch",
      message: expect.stringMatching(/embedded\/static.*openai\/small/),
      remedy: expect.stringMatching(/assay ingest.*--readapt/),
    });
    await expect(open(directory, { dimensions: 8 })).rejects.toMatchObject({ code: "index-mismatch" });
    await expect(open(directory, { analyserIdentity: "analyser-two" })).rejects.toMatchObject({
      code: "index-mismatch",
      message: expect.stringMatching(/analyser-one.*analyser-two/),
    });
  });

  test("refuses a newer format instead of guessing", async () => {
    const directory = await filled("newer");
    const path = join(directory, "manifest.json");
    writeFileSync(path, readFileSync(path, "utf8").replace('"formatVersion": 1', '"formatVersion": 99'));
    await expect(open(directory)).rejects.toMatchObject({
      code: "index-mismatch",
      remedy: expect.stringContaining("update Assay"),
    });
  });

  test("an unfinished first opening is finished by the next", async () => {
    const directory = join(root, "unfinished");
    await (await open(directory)).close();
    rmSync(join(directory, "manifest.json"));
    const index = await open(directory, { dimensions: 8 });
    expect((await index.stats()).chunks).toBe(0);
    await index.close();
  });
});

describe("damage", () => {
  const table = (directory: string, ...path: string[]) => join(directory, "chunks.lance", ...path);
  const damages: Readonly<Record<string, (directory: string) => void>> = {
    "a lost table": (directory) => rmSync(table(directory), { recursive: true }),
    "lost versions": (directory) => rmSync(table(directory, "_versions"), { recursive: true }),
    "an empty table folder": (directory) => {
      for (const name of readdirSync(table(directory))) rmSync(table(directory, name), { recursive: true });
    },
    "lost data files": (directory) => rmSync(table(directory, "data"), { recursive: true }),
    "cut-off data files": (directory) => {
      for (const name of readdirSync(table(directory, "data"))) truncateSync(table(directory, "data", name), 10);
    },
    "cut-off version files": (directory) => {
      for (const name of readdirSync(table(directory, "_versions")))
        truncateSync(table(directory, "_versions", name), 10);
    },
    "lost index files": (directory) => rmSync(table(directory, "_indices"), { recursive: true }),
    "a lost manifest": (directory) => rmSync(join(directory, "manifest.json")),
    "a manifest that is no JSON": (directory) => appendFileSync(join(directory, "manifest.json"), "}"),
    "an empty manifest": (directory) => writeFileSync(join(directory, "manifest.json"), ""),
  };
  for (const [what, damage] of Object.entries(damages)) {
    test(`${what}: one clear error with the remedy`, async () => {
      const directory = await filled(what.replaceAll(" ", "-"));
      damage(directory);
      const use = async () => {
        const index = await open(directory);
        return search(index).finally(() => index.close());
      };
      const failure = await use().then(
        (hits) => `found ${hits.length}`,
        (error: unknown) => error,
      );
      expect(failure).toMatchObject({ code: "corrupt-state", remedy: expect.stringContaining("assay doctor --fix") });
      expect((failure as Error).message).not.toContain("\n");
    });
  }

  test("a full disk and a locked folder are told apart from damage", () => {
    const failure = asIndexError(
      new Error("LanceError(IO): Generic LocalFileSystem error: No space left on device (os error 28)"),
      "/x",
    );
    expect(failure).toMatchObject({ code: "disk-full", isRetryable: true });
    const locked = asIndexError(new Error("Permission denied (os error 13)"), "/x");
    expect(locked).toMatchObject({ remedy: "give this user access to /x" });
  });
});

describe("kill -9", () => {
  test("at any moment of a write leaves an index that opens with whole documents only", {
    timeout: 30_000,
  }, async () => {
    const directory = join(root, "killed");
    for (const afterMs of [120, 250, 420]) {
      await killedWriter(directory, afterMs);
      const index = await open(directory);
      const found = new Map<string, string[]>();
      for await (const chunks of index.scan()) {
        for (const { documentId, text } of chunks) found.set(documentId, [...(found.get(documentId) ?? []), text]);
      }
      // Each chunk says how many there are in its revision.
      for (const texts of found.values()) {
        const count = Number(texts[0]?.split(" of ")[1]);
        expect(texts).toEqual(Array.from({ length: count }, (_, i) => `${i} of ${count}`));
      }
      expect(await search(index)).toBeDefined();
      await index.replaceDocuments([testRevision("after", "1", [{ terms: "after", text: "0 of 1" }])]);
      await index.maintain();
      expect(await index.search({ terms: ["after"], depth: 1 })).toHaveLength(1);
      await index.close();
    }
  });
});

/** Runs a process that replaces documents without end and maintains now and then; kills it `afterMs` after its first write. */
async function killedWriter(directory: string, afterMs: number): Promise<void> {
  const script = `
    const { openLanceIndex } = await import(${JSON.stringify(join(import.meta.dirname, "lancedb.ts"))});
    const { testRevision } = await import(${JSON.stringify(join(import.meta.dirname, "../testing/index-cases.ts"))});
    const index = await openLanceIndex({ directory: ${JSON.stringify(directory)}, dimensions: 4, embedderIdentity: "embedder-one", analyserIdentity: "analyser-one" });
    for (let round = 0; ; round += 1) {
      const size = 1 + (round % 7);
      const chunks = Array.from({ length: size }, (_, i) => ({ terms: "x", text: i + " of " + size }));
      await index.replaceDocuments(["a", "b", "c"].map((id) => testRevision(id, String(round), chunks)));
      if (round === 0) process.stdout.write("writing");
      if (round % 5 === 4) await index.maintain();
    }`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  child.kill("SIGKILL");
  await new Promise((resolve) => child.once("close", resolve));
}
