import { expect, test } from "vitest";
import type { SourceDocument } from "../core/documents.ts";
import { pdfParser } from "./pdf.ts";

type Line = { readonly text: string; readonly x?: number; readonly y: number; readonly size?: number };

/** The bytes of a PDF with one text per line, `y` counted from the top of a page of 600 × 800 points. */
function pdfOf(pages: readonly (readonly Line[])[], trailer = ""): Uint8Array {
  const contents = pages.map((lines) =>
    lines
      .map(
        ({ text, x = 50, y, size = 10 }) =>
          `BT /F1 ${size} Tf 1 0 0 1 ${x} ${800 - y} Tm (${text.replace(/[()\\]/g, "\\$&")}) Tj ET`,
      )
      .join("\n"),
  );
  const kids = pages.map((_, index) => `${4 + 2 * index} 0 R`).join(" ");
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Count ${pages.length} /Kids [${kids}] >>`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ...contents.flatMap((content, index) => [
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents ${5 + 2 * index} 0 R /Resources << /Font << /F1 3 0 R >> >> >>`,
      `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    ]),
  ];
  let text = "%PDF-1.4\n";
  const offsets = objects.map((object, index) => {
    const offset = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  const size = objects.length + 1;
  text += `xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n<< /Size ${size} /Root 1 0 R ${trailer} >>\nstartxref\n${text.length}\n%%EOF\n`;
  return Buffer.from(text, "latin1");
}

async function read(bytes: Uint8Array): Promise<SourceDocument> {
  for await (const document of pdfParser.parse({ source: "manual.pdf", bytes })) return document;
  throw new Error("no document");
}

const paragraph = (y: number, lines: readonly string[]) => lines.map((text, index) => ({ text, y: y + 12 * index }));

test("keeps pages apart, with exact spans", async () => {
  const document = await read(
    pdfOf([
      paragraph(50, ["The pump feeds both halls and is", "checked before every shift."]),
      [],
      [{ text: "Last page.", y: 50 }],
    ]),
  );
  expect(document.text).toBe("The pump feeds both halls and is checked before every shift.\n\nLast page.");
  expect(document.pages?.map(({ page, start, end }) => [page, document.text.slice(start, end)])).toEqual([
    [1, "The pump feeds both halls and is checked before every shift."],
    [2, ""],
    [3, "Last page."],
  ]);
  expect(document).toMatchObject({ title: "manual", format: "pdf", metadata: { pageCount: 3, pagesWithoutText: 1 } });
});

test("finds headings by size, list items by their marks and paragraphs by gaps", async () => {
  const body = "Both halls are fed by one pump, which two people check before every shift begins.";
  const document = await read(
    pdfOf([
      [
        { text: "Pump manual", y: 60, size: 20 },
        { text: "Start", y: 100, size: 14 },
        ...paragraph(130, [body, body]),
        ...paragraph(170, ["\x95 Open the valve", "\x95 Press start and wait until the", "   lamp is green"]),
        ...paragraph(220, ["1. First things first.", "2. Second things second."]),
      ],
    ]),
  );
  expect(document.title).toBe("Pump manual");
  expect(document.text).toBe(
    [
      "# Pump manual\n\n## Start",
      `${body} ${body}`,
      "- Open the valve\n- Press start and wait until the lamp is green",
      "1. First things first.\n\n2. Second things second.",
    ].join("\n\n"),
  );
});

test("rebuilds a table with wrapped cells, and takes no prose for one", async () => {
  const row = (y: number, cells: readonly string[]) =>
    cells.map((text, index) => ({ text, y, x: 50 + 130 * index })).filter(({ text }) => text !== "");
  const document = await read(
    pdfOf([
      [
        ...paragraph(50, [
          "The fees of all plans are listed below, in euros and without",
          "tax. They hold until the end of the year.",
        ]),
        ...row(100, ["Plan", "Seats", "Fee"]),
        ...row(124, ["Basic", "5", "12.50"]),
        ...row(148, ["Team with", "25", "49.00"]),
        ...row(160, ["support", "", ""]),
        ...row(184, ["Business", "100", "180.00"]),
        ...paragraph(220, ["Discounts are given to schools and to clubs that help the poor."]),
      ],
    ]),
  );
  expect(document.text.split("\n\n")).toEqual([
    "The fees of all plans are listed below, in euros and without tax. They hold until the end of the year.",
    "| Plan | Seats | Fee |\n| --- | --- | --- |\n| Basic | 5 | 12.50 |\n| Team with support | 25 | 49.00 |\n| Business | 100 | 180.00 |",
    "Discounts are given to schools and to clubs that help the poor.",
  ]);
});

test("keeps currency signs and brackets with their amounts", async () => {
  const lines = ["2021", "2022"].map((year, index) => [
    { text: year, x: 260 + 100 * index, y: 50 },
    { text: "$", x: 230 + 100 * index, y: 65 },
    { text: "1,200", x: 262 + 100 * index, y: 65 },
    { text: "(35", x: 270 + 100 * index, y: 80 },
    { text: ")", x: 285 + 100 * index, y: 80 },
  ]);
  const labels = ["Year", "Sales", "Interest"].map((text, index) => ({ text, y: 50 + 15 * index }));
  const { text } = await read(pdfOf([[...labels, ...lines.flat()].toSorted((a, b) => a.y - b.y)]));
  expect(text).toBe(
    "| Year | 2021 | 2022 |\n| --- | --- | --- |\n| Sales | $ 1,200 | $ 1,200 |\n| Interest | (35) | (35) |",
  );
});

test("reads two columns of prose one after the other", async () => {
  const left = paragraph(50, [
    "Left one begins here and",
    "goes on to the second",
    "and to the third line.",
    "Then it is at an end.",
    "Really.",
    "Now.",
  ]);
  const column = (lines: readonly Line[], x: number) =>
    lines.map((line, index) => ({ ...line, x, y: 50 + 40 * index }));
  const right = left.map((line) => ({ ...line, text: line.text.replace("Left", "Right") }));
  const { text } = await read(pdfOf([[...column(left, 50), ...column(right, 320)]]));
  expect(text.indexOf("Right one")).toBeGreaterThan(text.indexOf("Now."));
  expect(text).not.toContain("|");
});

test("joins a word cut at the end of a line, and keeps a hyphen of its own", async () => {
  const cut = await read(
    pdfOf([paragraph(50, ["The maintenance of pumps and the main-", "tenance of valves are one."])]),
  );
  expect(cut.text).toBe("The maintenance of pumps and the maintenance of valves are one.");
  const kept = await read(pdfOf([paragraph(50, ["A two-way street, and another two-", "way street."])]));
  expect(kept.text).toBe("A two-way street, and another two-way street.");
});

test("says why a PDF cannot be read", async () => {
  await expect(read(pdfOf([[]]))).rejects.toMatchObject({ message: expect.stringContaining("OCR") });
  await expect(read(Buffer.from("<html>no PDF</html>"))).rejects.toMatchObject({
    message: expect.stringContaining("no PDF"),
  });
  const key = `<${"00".repeat(32)}>`;
  const encrypted = `/Encrypt << /Filter /Standard /V 1 /R 2 /O ${key} /U ${key} /P -4 >> /ID [<00> <00>]`;
  await expect(read(pdfOf([[{ text: "Secret", y: 50 }]], encrypted))).rejects.toMatchObject({
    code: "unreadable-document",
    message: expect.stringContaining("password"),
  });
});
