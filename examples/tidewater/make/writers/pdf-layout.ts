// Lays blocks out on A4 pages: what stands where, and which words are on which page. Knows nothing of the file format.
import { type Block, textOf } from "./blocks.ts";
import { widthOf, wrap } from "./helvetica.ts";

/** Points from the lower left corner of the page. */
export type Mark =
  | {
      readonly kind: "text";
      readonly x: number;
      readonly y: number;
      readonly size: number;
      readonly bold: boolean;
      readonly text: string;
    }
  | { readonly kind: "rule"; readonly x: number; readonly y: number; readonly width: number }
  | {
      readonly kind: "shade";
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
    };

export type Page = { readonly marks: Mark[]; readonly words: string[] };

export const pageSize = { width: 595, height: 842 };
const margin = 58;
const lineWidth = pageSize.width - 2 * margin;
const bottom = 74;
const body = { size: 10, leading: 14.5 };
const cell = { size: 9, leading: 11.5, padding: 4 };

type Pen = { readonly pages: Page[]; y: number };

/** A table's rows stay whole; its header is repeated on each page that it reaches. */
export function layOut(blocks: readonly Block[]): readonly Page[] {
  const pen: Pen = { pages: [], y: 0 };
  turnPage(pen);
  for (const [index, block] of blocks.entries()) {
    if (block.kind === "heading") drawHeading(pen, block, blocks[index + 1]?.kind === "table" ? 130 : 70);
    else if (block.kind === "paragraph") drawText(pen, block.text, { indent: 0, after: 7 });
    else if (block.kind === "list") drawList(pen, block);
    else drawTable(pen, block);
  }
  return pen.pages;
}

function turnPage(pen: Pen): Page {
  const page = { marks: [], words: [] };
  pen.pages.push(page);
  pen.y = pageSize.height - margin;
  return page;
}

function pageWithRoomFor(pen: Pen, height: number): Page {
  const page = pen.pages.at(-1);
  return page && pen.y - height >= bottom ? page : turnPage(pen);
}

function drawHeading(pen: Pen, block: Extract<Block, { kind: "heading" }>, keepWithNext: number): void {
  const size = block.level === 1 ? 19 : block.level === 2 ? 13 : 11;
  const page = pageWithRoomFor(pen, size + keepWithNext);
  pen.y -= block.level === 1 ? size : size + 9;
  for (const line of wrap(block.text, lineWidth, size, true)) {
    page.marks.push({ kind: "text", x: margin, y: pen.y, size, bold: true, text: line });
    pen.y -= size * 1.3;
  }
  page.words.push(block.text);
  pen.y -= 3;
}

function drawText(pen: Pen, text: string, place: { indent: number; after: number; label?: string }): void {
  const lines = wrap(text, lineWidth - place.indent, body.size, false);
  const page = pageWithRoomFor(pen, lines.length * body.leading);
  for (const [index, line] of lines.entries()) {
    pen.y -= body.leading;
    const shared = { kind: "text" as const, y: pen.y, size: body.size, bold: false };
    if (index === 0 && place.label) page.marks.push({ ...shared, x: margin + 4, text: place.label });
    page.marks.push({ ...shared, x: margin + place.indent, text: line });
  }
  page.words.push(text);
  pen.y -= place.after;
}

function drawList(pen: Pen, block: Extract<Block, { kind: "list" }>): void {
  for (const [index, item] of block.items.entries()) {
    drawText(pen, item, { indent: 20, after: 2, label: block.ordered ? `${index + 1}.` : "•" });
  }
  pen.y -= 5;
}

function drawTable(pen: Pen, table: Extract<Block, { kind: "table" }>): void {
  const columns = columnWidths(table);
  drawRow(pen, table.header, columns, true);
  let page = pen.pages.at(-1);
  for (const row of table.rows) {
    pageWithRoomFor(pen, rowHeight(row, columns, false));
    if (pen.pages.at(-1) !== page) drawRow(pen, table.header, columns, true);
    page = pen.pages.at(-1);
    drawRow(pen, row, columns, false);
  }
  pen.y -= 9;
}

function drawRow(pen: Pen, row: readonly string[], columns: readonly number[], header: boolean): void {
  const height = rowHeight(row, columns, header);
  const page = pageWithRoomFor(pen, height);
  const top = pen.y;
  pen.y -= height;
  if (header) page.marks.push({ kind: "shade", x: margin, y: pen.y, width: lineWidth, height });
  let x = margin;
  for (const [index, text] of row.entries()) {
    const lines = cellLines(text, columns[index] ?? 0, header);
    for (const [line, words] of lines.entries()) {
      const y = top - cell.padding - cell.size - line * cell.leading + 1.5;
      page.marks.push({ kind: "text", x: x + cell.padding, y, size: cell.size, bold: header, text: words });
    }
    x += columns[index] ?? 0;
  }
  page.marks.push({ kind: "rule", x: margin, y: pen.y, width: lineWidth });
  page.words.push(row.join(" "));
}

function cellLines(text: string, column: number, bold: boolean): readonly string[] {
  return wrap(text, column - 2 * cell.padding, cell.size, bold);
}

function rowHeight(row: readonly string[], columns: readonly number[], bold: boolean): number {
  const lines = Math.max(...row.map((text, index) => cellLines(text, columns[index] ?? 0, bold).length));
  return lines * cell.leading + 2 * cell.padding;
}

/** In proportion to the widest cell, but no column under its longest word. */
function columnWidths(table: Extract<Block, { kind: "table" }>): readonly number[] {
  const rows = [table.header, ...table.rows];
  const measured = table.header.map((_, column) => {
    const cells = rows.map((row) => row[column] ?? "");
    const widest = Math.max(...cells.map((text) => widthOf(text, cell.size, true)));
    const words = cells.flatMap((text) => text.split(" "));
    return { widest, least: Math.max(...words.map((word) => widthOf(word, cell.size, true))) + 2 * cell.padding + 1 };
  });
  const least = measured.reduce((sum, column) => sum + column.least, 0);
  const widest = measured.reduce((sum, column) => sum + column.widest, 0);
  const spare = lineWidth - least;
  return measured.map((column) => column.least + (spare * column.widest) / widest);
}

/** The words of a page in reading order, without the footer. */
export function wordsOf(page: Page): string {
  return page.words.join(" ");
}

/** The words of all blocks: what a reader of the whole document sees. */
export function wordsOfBlocks(blocks: readonly Block[]): string {
  return blocks.map(textOf).join(" ");
}
