import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Chunk, Chunker, DocumentFormat, PageSpan, SourceDocument } from "../core/documents.ts";
import { recursiveChunker } from "./recursive-chunker.ts";
import { structureChunker } from "./structure-chunker.ts";
import { countTokens } from "./tokens.ts";

function documentOf(text: string, format: DocumentFormat = "markdown", pages?: readonly PageSpan[]): SourceDocument {
  const base = { id: "d", source: "d.md", title: "Title", metadata: {}, groups: ["staff"] };
  return { ...base, text, format, ...(pages ? { pages } : {}) };
}

const sentence = "The pump is checked by two people before every shift.";
const paragraph = (sentences: number) =>
  Array.from({ length: sentences }, (_, at) => `${at + 1}: ${sentence}`).join(" ");

describe("structure chunker", () => {
  test("keeps a document that fits whole", () => {
    const chunks = structureChunker().chunk(documentOf(`${sentence}\n\n${sentence}\n`));
    expect(chunks).toEqual([
      {
        id: "d#0",
        documentId: "d",
        source: "d.md",
        title: "Title",
        ordinal: 0,
        text: `${sentence}\n\n${sentence}`,
        start: 0,
        end: 2 * sentence.length + 2,
        headingPath: [],
        metadata: {},
        groups: ["staff"],
      },
    ]);
  });

  test("cuts at headings and keeps the path of headings above", () => {
    const text = `# Guide\n\n## Pumps\n\n${paragraph(8)}\n\n### Oil *grades*\n\n${paragraph(8)}\n\n## [Valves](v.md)\n\n${paragraph(8)}`;
    const chunks = structureChunker({ maxTokens: 150, minTokens: 50 }).chunk(documentOf(text));
    expect(chunks.map(({ headingPath }) => headingPath)).toEqual([
      ["Guide", "Pumps"],
      ["Guide", "Pumps", "Oil grades"],
      ["Guide", "Valves"],
    ]);
    expect(chunks[0]?.text.startsWith("# Guide\n\n## Pumps")).toBe(true);
  });

  test("packs small sections of one parent together and no others", () => {
    const section = (name: string) => `## ${name}\n\n${sentence}\n\n`;
    const text = `# One\n\n${section("A")}${section("B")}# Two\n\n${section("C")}`;
    const chunks = structureChunker({ maxTokens: 200, minTokens: 25 }).chunk(documentOf(text));
    expect(chunks.map(({ headingPath }) => headingPath)).toEqual([["One"], ["Two", "C"]]);
  });

  test("never leaves a heading behind alone", () => {
    const text = `# Guide\n\n## Steps\n\n${paragraph(40)}\n\n## Costs\n\n| a | b |\n| - | - |\n${"| one | two |\n".repeat(80)}`;
    for (const { text: chunk } of structureChunker({ maxTokens: 120 }).chunk(documentOf(text))) {
      expect(
        chunk
          .split("\n")
          .filter((line) => line !== "")
          .at(-1)
          ?.startsWith("#"),
      ).toBe(false);
    }
  });

  test("cuts a long table between rows, with its header row in the path", () => {
    const rows = Array.from({ length: 60 }, (_, at) => `| Pump ${at} | ${at * 10} litres | building ${at % 4} |`);
    const text = `# Stock\n\n| Pump | Volume | Place |\n| --- | --- | --- |\n${rows.join("\n")}\n`;
    const chunks = structureChunker({ maxTokens: 120 }).chunk(documentOf(text));
    expect(chunks.length).toBeGreaterThan(4);
    expect(chunks[0]?.headingPath).toEqual(["Stock"]);
    for (const chunk of chunks.slice(1)) {
      expect(chunk.headingPath).toEqual(["Stock", "Pump | Volume | Place"]);
      for (const line of chunk.text.split("\n")) expect(rows).toContain(line);
    }
  });

  test("keeps fenced code whole where it fits", () => {
    const code = `\`\`\`ts\n${Array.from({ length: 12 }, (_, at) => `const value${at} = ${at};`).join("\n")}\n\`\`\``;
    const chunks = structureChunker({ maxTokens: 150 }).chunk(
      documentOf(`# A\n\n${paragraph(9)}\n\n${code}\n\n${paragraph(9)}`),
    );
    expect(chunks.some(({ text }) => text.includes(code))).toBe(true);
  });

  test("never crosses a page and names the page", () => {
    const [first, second, third] = [`# One\n\n${paragraph(2)}`, "", paragraph(3)];
    const text = `${first}\n\n${third}`;
    const at = first.length + 2;
    const pages = [
      { page: 1, start: 0, end: first.length },
      { page: 2, start: first.length, end: first.length + second.length },
      { page: 3, start: at, end: text.length },
    ];
    const chunks = structureChunker().chunk(documentOf(text, "pdf", pages));
    expect(chunks.map(({ page, start, headingPath }) => ({ page, start, headingPath }))).toEqual([
      { page: 1, start: 0, headingPath: ["One"] },
      { page: 3, start: at, headingPath: ["One"] },
    ]);
  });

  test("repeats whole sentences where a paragraph is cut", () => {
    const chunks = structureChunker({ maxTokens: 100, overlapTokens: 30 }).chunk(documentOf(paragraph(30)));
    expect(chunks.length).toBeGreaterThan(3);
    for (const [index, chunk] of chunks.slice(1).entries()) {
      expect(chunk.text).toMatch(/^\d+: The/);
      expect(chunk.start).toBeLessThan(chunks[index]?.end ?? 0);
      expect(chunk.start).toBeGreaterThan(chunks[index]?.start ?? 0);
    }
    const without = structureChunker({ maxTokens: 100, overlapTokens: 0 }).chunk(documentOf(paragraph(30)));
    for (const [index, chunk] of without.slice(1).entries())
      expect(chunk.start).toBeGreaterThanOrEqual(without[index]?.end ?? 0);
  });

  test("keeps the rows of a CSV file whole", () => {
    const rows = Array.from({ length: 50 }, (_, at) => `Plan: P${at}; Note: ${sentence} ${sentence}`);
    for (const { text } of structureChunker({ maxTokens: 90 }).chunk(documentOf(rows.join("\n"), "csv"))) {
      for (const line of text.split("\n")) expect(rows).toContain(line);
    }
  });
});

const line = fc.oneof(
  { weight: 4, arbitrary: fc.lorem({ mode: "sentences", maxCount: 6 }) },
  fc.lorem({ maxCount: 4 }).map((words) => `# ${words}`),
  fc.lorem({ maxCount: 4 }).map((words) => `### ${words} ###`),
  fc.lorem({ maxCount: 8 }).map((words) => `- ${words}`),
  fc.lorem({ maxCount: 8 }).map((words) => `  1. ${words}`),
  fc.lorem({ maxCount: 8 }).map((words) => `> ${words}`),
  fc.tuple(fc.lorem(), fc.integer()).map(([words, n]) => `| a | b |\n|---|---|\n| ${words} | ${n} |\n| x | y |`),
  fc.constantFrom("```", "~~~ts", "---", "===", "\t", "  ", "|", "<div>", "[a]: b", "    indented", "***"),
  fc.string({ unit: "binary", maxLength: 80 }),
  fc.string({ unit: "grapheme", maxLength: 80 }),
  fc.nat(400).map((count) => "x".repeat(count)),
);

const markdown = fc
  .array(fc.tuple(line, fc.constantFrom("\n", "\n\n", "\r\n", "\r\n\r\n", "\r", "\n \n", "")), { maxLength: 40 })
  .map((lines) => lines.flat().join(""));

const format = fc.constantFrom<DocumentFormat>("markdown", "row", "text", "csv");

const document = fc.tuple(markdown, format, fc.array(fc.nat(2_000), { maxLength: 3 })).map(([text, kind, cuts]) => {
  const starts = [0, ...cuts.filter((cut) => cut < text.length).sort((a, b) => a - b)];
  const pages = starts.map((start, index) => ({ page: index + 1, start, end: starts[index + 1] ?? text.length }));
  return documentOf(text, kind, cuts.length > 0 ? pages : undefined);
});

function expectSound(source: SourceDocument, chunks: readonly Chunk[]): void {
  let covered = 0;
  for (const [index, chunk] of chunks.entries()) {
    expect(chunk.text).toBe(source.text.slice(chunk.start, chunk.end));
    expect(chunk.text.trim()).not.toBe("");
    expect([chunk.id, chunk.ordinal]).toEqual([`d#${index}`, index]);
    if (index > 0) expect(chunk.start).toBeGreaterThan(chunks[index - 1]?.start ?? 0);
    expect(source.text.slice(covered, Math.max(covered, chunk.start)).trim()).toBe("");
    covered = Math.max(covered, chunk.end);
    const page = source.pages?.findLast(({ start }) => start <= chunk.start);
    if (page) expect([chunk.page, chunk.end <= page.end]).toEqual([page.page, true]);
  }
  expect(source.text.slice(covered).trim()).toBe("");
}

describe("any document, any chunker", () => {
  const sizes = fc.tuple(fc.integer({ min: 8, max: 200 }), fc.nat(60));

  test("a short chunk that the overlap of the next takes in whole is not kept beside it", () => {
    const text = "  1. rhoncus ut enim enim\n| a | b |\n|---|---|\n| diam quam | -1000000000 |\n| x | y |\n";
    const source = documentOf(text, "markdown");
    const chunks = structureChunker({ maxTokens: 27, overlapTokens: 17 }).chunk(source);
    expectSound(source, chunks);
    expect(chunks).toHaveLength(2);
  });

  test("structure: exact, complete, in order, within size, repeatable", () => {
    fc.assert(
      fc.property(document, sizes, (source, [maxTokens, overlapTokens]) => {
        const chunker: Chunker = structureChunker({ maxTokens, overlapTokens });
        const chunks = chunker.chunk(source);
        expectSound(source, chunks);
        for (const { text } of chunks) expect(countTokens(text)).toBeLessThanOrEqual(maxTokens);
        expect(chunker.chunk(source)).toEqual(chunks);
      }),
      { numRuns: 400 },
    );
  });

  test("recursive: exact, complete, in order, within size, repeatable", () => {
    fc.assert(
      fc.property(
        document,
        fc.integer({ min: 2, max: 300 }),
        fc.nat(1_000),
        fc.boolean(),
        (source, size, part, byTokens) => {
          const chunkOverlap = Math.floor(((size - 1) * part) / 1_000);
          const chunker = recursiveChunker({ chunkSize: size, chunkOverlap, unit: byTokens ? "tokens" : "characters" });
          const chunks = chunker.chunk(source);
          expectSound(source, chunks);
          for (const { text } of chunks) expect(byTokens ? countTokens(text) : text.length).toBeLessThanOrEqual(size);
          expect(chunker.chunk(source)).toEqual(chunks);
        },
      ),
      { numRuns: 400 },
    );
  });
});

test("hostile documents of a megabyte take linear time", () => {
  const hostile: Record<string, string> = {
    hashes: "#".repeat(1_000_000),
    headings: "# \n".repeat(330_000),
    nestedLists: Array.from({ length: 1_400 }, (_, depth) => `${"  ".repeat(depth)}- x`).join("\n"),
    longList: "- a\n".repeat(250_000),
    deepQuote: ">".repeat(1_000_000),
    lazyQuotes: "> a\nb\n".repeat(160_000),
    pipes: "|".repeat(1_000_000),
    wideTable: `|${"a|".repeat(250_000)}\n|${"-|".repeat(250_000)}\n`,
    fences: "```\n".repeat(250_000),
    oneWord: "x".repeat(1_000_000),
    blanks: `${" ".repeat(1_000_000)}x`,
    brackets: "[".repeat(1_000_000),
    oneParagraph: `${sentence} `.repeat(18_000),
  };
  for (const [name, text] of Object.entries(hostile)) {
    const start = performance.now();
    structureChunker().chunk(documentOf(text));
    expect(performance.now() - start, name).toBeLessThan(10_000);
  }
}, 60_000);
