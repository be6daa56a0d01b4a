import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { jsonlParser, readRows } from "./jsonl.ts";
import type { ReadResult } from "./read-result.ts";

async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function read(bytes: Uint8Array, partLength = bytes.length): Promise<ReadResult[]> {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += partLength) parts.push(bytes.subarray(at, at + partLength));
  return await allOf(readRows(parts, "rows.jsonl"));
}

const good = (id: string) => JSON.stringify({ id, text: `Text of ${id}: größer` });

test("makes a document of a row, text and id untouched", async () => {
  const row = { id: "a/1 #x", title: " T ", text: "Line\r\n  two ", source: "web", year: 2020, groups: ["hr"] };
  expect(await read(Buffer.from(`\ufeff${JSON.stringify(row)}\n`))).toEqual([
    {
      document: {
        id: "a/1 #x",
        source: "rows.jsonl",
        title: "T",
        text: "Line\r\n  two ",
        format: "row",
        metadata: { source: "web", year: 2020 },
        groups: ["hr"],
      },
    },
  ]);
});

test("reports each broken row by its line and loses no other", async () => {
  const broken = ["{", "[1]", '{"text":"x"}', '{"id":"b"}', '{"id":"c","text":" "}', good("one")];
  const lines = [good("one"), ...broken, "", good("two")].map((line) => Buffer.from(`${line}\r\n`));
  const results = await read(Buffer.concat([...lines, Buffer.from([0x7b, 0xff, 0x0a]), Buffer.from(good("three"))]), 7);
  expect(results.flatMap((result) => ("document" in result ? [result.document.id] : []))).toEqual([
    "one",
    "two",
    "three",
  ]);
  const messages = results.flatMap((result) => ("failure" in result ? [result.failure.message] : []));
  expect(messages.map((message) => message.split(";")[0])).toEqual([
    "line 2: not valid JSON",
    "line 3: not a JSON object",
    'line 4: "id" is missing',
    'line 5: "text" is missing or not a string',
    'line 6: "text" is empty',
    'line 7: id "one" was already used on line 1',
    "line 10: not UTF-8",
  ]);
  expect(messages[0]).toContain('expected {"id"');
});

test("reads gzip in parts of any size, and says where a cut file ends", async () => {
  const zipped = gzipSync(Array.from({ length: 500 }, (_, at) => good(`row ${at}`)).join("\n"));
  expect((await read(zipped, 100)).filter((result) => "document" in result)).toHaveLength(500);
  const cut = await read(zipped.subarray(0, zipped.length - 200), 64);
  expect(cut.at(-1)).toMatchObject({ failure: { message: expect.stringContaining("cannot be read any further") } });
});

test("as a parser throws at the first broken row", async () => {
  const rows = jsonlParser.parse({ source: "rows.jsonl", bytes: Buffer.from(`${good("one")}\n{`) });
  await expect(allOf(rows)).rejects.toMatchObject({ code: "unreadable-document" });
});
