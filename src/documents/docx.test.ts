import { crc32 } from "node:zlib";
import { expect, test } from "vitest";
import type { SourceDocument } from "../core/documents.ts";
import { docxParser } from "./docx.ts";

/** A zip archive of stored, uncompressed files. */
function zipOf(files: Readonly<Record<string, string>>): Uint8Array {
  const locals: Buffer[] = [];
  const entries: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const data = Buffer.from(text);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt32LE(crc32(data), 10);
    fields.writeUInt32LE(data.length, 14);
    fields.writeUInt32LE(data.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), fields, Buffer.from(name), data]);
    locals.push(local);
    entries.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x00"), fields, tail, Buffer.from(name)]));
    offset += local.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, directory, Buffer.from("PK\x05\x06"), end]);
}

const word = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
const run = (text: string) => `<w:r><w:t xml:space="preserve">${text}</w:t></w:r>`;
const paragraph = (text: string, style?: string) =>
  `<w:p>${style ? `<w:pPr><w:pStyle w:val="${style}"/></w:pPr>` : ""}${run(text)}</w:p>`;
const row = (...cells: string[]) => `<w:tr>${cells.map((cell) => `<w:tc>${paragraph(cell)}</w:tc>`).join("")}</w:tr>`;

function docxOf(body: string): Uint8Array {
  const relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const style = (id: string, name: string) =>
    `<w:style w:type="paragraph" w:styleId="${id}"><w:name w:val="${name}"/></w:style>`;
  return zipOf({
    "[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`,
    "_rels/.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="${relations}/officeDocument" Target="word/document.xml"/></Relationships>`,
    "word/_rels/document.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="${relations}/styles" Target="styles.xml"/></Relationships>`,
    "word/styles.xml": `<w:styles ${word}>${style("Heading1", "heading 1")}${style("Heading2", "heading 2")}</w:styles>`,
    "word/document.xml": `<w:document ${word}><w:body>${body}</w:body></w:document>`,
  });
}

async function read(bytes: Uint8Array): Promise<SourceDocument> {
  for await (const document of docxParser.parse({ source: "rules.docx", bytes })) return document;
  throw new Error("no document");
}

test("keeps headings, paragraphs and tables", async () => {
  const table = `<w:tbl>${row("Plan", "Fee")}${row("Basic", "12.50")}</w:tbl>`;
  const document = await read(
    docxOf(
      `${paragraph("Travel rules", "Heading1")}${paragraph("Rail", "Heading2")}${paragraph("Go by train.")}${table}`,
    ),
  );
  expect(document).toMatchObject({
    title: "Travel rules",
    format: "docx",
    text: "# Travel rules\n\n## Rail\n\nGo by train.\n\n| Plan | Fee |\n| --- | --- |\n| Basic | 12.50 |",
  });
});

/** An archive whose directory claims two gigabytes. */
function bomb(): Uint8Array {
  const bytes = Buffer.from(docxOf(paragraph("x")));
  bytes.writeUInt32LE(2_000_000_000, bytes.indexOf("PK\x01\x02") + 24);
  return bytes;
}

test.each([
  ["text", Buffer.from("plain text"), /does not begin as one/],
  ["a PDF", Buffer.from("%PDF-1.4"), /name it \.pdf/],
  ["an old or encrypted document", Buffer.from([0xd0, 0xcf, 0x11, 0xe0]), /encrypted/],
  ["another archive", zipOf({ "a.txt": "a" }), /damaged/],
  ["an archive that unpacks to gigabytes", bomb(), /more than 500 MB/],
  ["nothing", docxOf(""), /no text/],
])("says what is wrong with %s", async (_, bytes, message) => {
  await expect(read(bytes)).rejects.toMatchObject({
    code: "unreadable-document",
    message: expect.stringMatching(message),
  });
});
