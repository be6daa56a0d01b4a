import { expect, test } from "vitest";
import type { SourceDocument } from "../core/documents.ts";
import { recursiveChunker } from "./recursive-chunker.ts";

const documentOf = (text: string): SourceDocument => ({
  id: "d",
  source: "d.txt",
  title: "d",
  text,
  format: "text",
  metadata: {},
  groups: [],
});

test("prefers paragraphs, then lines, then words", () => {
  const text = "One two three.\n\nFour five six.\nSeven eight nine ten eleven.";
  const chunks = recursiveChunker({ chunkSize: 20, chunkOverlap: 0, unit: "characters" }).chunk(documentOf(text));
  expect(chunks.map((chunk) => chunk.text)).toEqual([
    "One two three.",
    "Four five six.",
    "Seven eight nine",
    "ten eleven.",
  ]);
});

test("overlaps by whole pieces", () => {
  const chunks = recursiveChunker({ chunkSize: 9, chunkOverlap: 4, unit: "characters" }).chunk(
    documentOf("aa bb cc dd ee"),
  );
  expect(chunks.map((chunk) => chunk.text)).toEqual(["aa bb cc", "cc dd ee"]);
});

test("takes the user's separators", () => {
  const chunker = recursiveChunker({ chunkSize: 6, chunkOverlap: 0, separators: [";"], unit: "characters" });
  expect(chunker.chunk(documentOf("a b;c d;unsplittable")).map((chunk) => chunk.text)).toEqual([
    "a b;",
    "c d;",
    "unsplittable",
  ]);
});

test("refuses sizes that cut nothing", () => {
  expect(() => recursiveChunker({ chunkSize: 10, chunkOverlap: 10, unit: "tokens" })).toThrow(/chunkOverlap 10/);
});
