import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parserFor, type ReadOptions, type ReadResult, readDocuments } from "./index.ts";

async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-read-"));
});

afterAll(async () => await rm(folder, { recursive: true }));

async function read(name: string, content: string | Uint8Array, options: ReadOptions = {}): Promise<ReadResult[]> {
  await writeFile(join(folder, name), content);
  return await allOf(readDocuments({ source: name, absolutePath: join(folder, name) }, options));
}

const failure = (message: string) => [
  { failure: expect.objectContaining({ message: expect.stringContaining(message) }) },
];

test("knows a reader by the longest extension, in any case", () => {
  expect(parserFor("a/b.JSONL.gz")?.name).toBe("documents/jsonl");
  expect(parserFor("v1.2.Md")?.name).toBe("documents/markdown");
  expect([parserFor("a.gz"), parserFor("md"), parserFor("a.exe")]).toEqual([undefined, undefined, undefined]);
});

test("reads on the main thread and in the worker alike", async () => {
  expect(await read("a.md", "# A\n\nText")).toMatchObject([{ document: { id: "a.md", text: "# A\n\nText" } }]);
  expect(await read("a.html", "<h1>A</h1><p>Text</p>")).toMatchObject([
    { document: { id: "a.html", text: "# A\n\nText" } },
  ]);
  expect(await read("a.jsonl", '{"id":"1","text":"x"}\n{"id":"2","text":"y"}')).toHaveLength(2);
});

test("turns whatever is wrong with a file into one failure", async () => {
  expect(await read("empty.md", "")).toEqual(failure("the file is empty"));
  expect(await read("blank.txt", " \n\n ")).toEqual(failure("holds no text"));
  expect(await read("blank.jsonl", "\n")).toEqual(failure("holds no rows"));
  expect(await read("large.txt", "x".repeat(100), { maxBytes: 99 })).toEqual(failure("limit of 99"));
  expect(await read("a.xyz", "x")).toEqual([
    { failure: { source: "a.xyz", code: "unknown-format", message: expect.any(String) } },
  ]);
  expect(await read("text.pdf", "no pdf")).toEqual(failure("no PDF"));
  const gone = await allOf(readDocuments({ source: "gone.md", absolutePath: join(folder, "gone.md") }));
  expect(gone).toEqual(failure("cannot be read"));
  expect(await allOf(readDocuments({ source: "gone.jsonl", absolutePath: join(folder, "gone.jsonl") }))).toEqual(
    failure("cannot be read"),
  );
});

test("gives up on a file that takes too long, and reads the next", async () => {
  const slow = `<p>${"<b>x".repeat(20_000)}</p>`;
  const [late, next] = await Promise.all([read("slow.html", slow, { timeoutMs: 1 }), read("next.html", "<p>Next</p>")]);
  expect(late).toEqual(failure("longer than 0.001 s"));
  expect(next).toMatchObject([{ document: { text: "Next" } }]);
});

test("survives nesting that overflows the stack", async () => {
  const [result] = await read("deep.html", `${"<div>".repeat(100_000)}x`, { timeoutMs: 1_500 });
  expect(result).toBeDefined();
  expect(await read("after.html", "<p>After</p>")).toMatchObject([{ document: { text: "After" } }]);
});

test("stops when it is told to", async () => {
  await expect(read("stopped.html", "<p>x</p>", { signal: AbortSignal.abort(new Error("stopped")) })).rejects.toThrow(
    "stopped",
  );
});
