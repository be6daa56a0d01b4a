// Finds tables among the rows of a page by columns that line up, and writes them as Markdown.
// Claims only what is clear: a doubtful table stays lines of text.
import type { Row, Segment } from "./pdf-rows.ts";

export type Block = { readonly kind: "table"; readonly markdown: string } | { readonly kind: "row"; readonly row: Row };

type Column = { left: number; right: number };

/** Rows further apart than this many font sizes are not of one table. */
const widestRowGap = 3.5;
/** A row closer than this many font sizes to the one above may be the rest of its wrapped cells. */
const wrappedRowGap = 1.45;

/** A cell takes at most this part of the table's width. */
const widestCell = 0.6;

/** The rows in order, those of a table put together. */
export function tablesIn(rows: readonly Row[]): readonly Block[] {
  const blocks: Block[] = [];
  for (let at = 0; at < rows.length; ) {
    const table = tableAt(rows, at);
    if (table) blocks.push({ kind: "table", markdown: table.markdown });
    else blocks.push({ kind: "row", row: rows[at] as Row });
    at = table ? table.end : at + 1;
  }
  return blocks;
}

function tableAt(rows: readonly Row[], start: number): { readonly markdown: string; readonly end: number } | undefined {
  if ((rows[start]?.segments.length ?? 0) < 2) return undefined;
  const columns: Column[] = [];
  let end = start;
  for (; end < rows.length; end++) {
    const row = rows[end] as Row;
    const previous = rows[end - 1];
    if (end > start && previous && (row.y - previous.y > widestRowGap * row.size || row.y < previous.y)) break;
    if (end > start && !belongs(row, columns)) break;
    extend(columns, row);
  }
  while (end > start && (rows[end - 1]?.segments.length ?? 0) < 2 && !isWrapped(rows, end - 1)) end--;
  const found = rows.slice(start, end);
  columns.sort((a, b) => a.left - b.left);
  return isClearTable(found, columns) ? { markdown: markdownOf(found, columns), end } : undefined;
}

/** No segment may reach over two columns, no column hold two segments, and a lone segment must be short enough for a cell. */
function belongs(row: Row, columns: readonly Column[]): boolean {
  const homes = row.segments.map((segment) => columns.filter((column) => overlaps(segment, column)));
  if (homes.some((found) => found.length > 1)) return false;
  const taken = homes.flat();
  if (new Set(taken).size < taken.length) return false;
  const [lone] = row.segments;
  if (row.segments.length > 1 || !lone) return true;
  const left = Math.min(...columns.map((column) => column.left));
  const right = Math.max(...columns.map((column) => column.right));
  return taken.length === 1 && lone.right - lone.left <= widestCell * (right - left);
}

function extend(columns: Column[], row: Row): void {
  for (const segment of row.segments) {
    const column = columns.find((candidate) => overlaps(segment, candidate));
    if (!column) columns.push({ left: segment.left, right: segment.right });
    else {
      column.left = Math.min(column.left, segment.left);
      column.right = Math.max(column.right, segment.right);
    }
  }
}

function overlaps(segment: Segment, column: Column): boolean {
  return segment.left < column.right && column.left < segment.right;
}

function isWrapped(rows: readonly Row[], index: number): boolean {
  const row = rows[index];
  const above = rows[index - 1];
  return row !== undefined && above !== undefined && row.y - above.y <= wrappedRowGap * row.size;
}

const listMarker = /^(?:[•◦▪‣∙·*–—-]|\(?(?:\d{1,3}|[a-z]|[ivx]{1,4})[.)]?)$/i;

function isClearTable(rows: readonly Row[], columns: readonly Column[]): boolean {
  const wide = rows.filter(({ segments }) => segments.length > 1);
  if (columns.length < 2 || wide.length < (columns.length > 2 ? 2 : 3)) return false;
  if (wide.length * 2 < rows.length) return false;
  const firsts = wide.map(({ segments }) => segments[0]?.text ?? "");
  if (columns.length === 2 && firsts.every((text) => listMarker.test(text))) return false;
  const cells = wide.flatMap(({ segments }) => segments.map(({ text }) => text.length));
  const longestUsual = columns.length === 2 ? 45 : 60;
  return cells.toSorted((a, b) => a - b)[Math.floor(cells.length / 2)]! <= longestUsual;
}

function markdownOf(rows: readonly Row[], columns: readonly Column[]): string {
  const logical: string[][] = [];
  for (const [index, row] of rows.entries()) {
    const cells = columns.map((column) => cellText(row, column));
    const above = logical.at(-1);
    if (above && continuesRow(rows, index, cells, above)) {
      for (const [column, text] of cells.entries()) above[column] = `${above[column] ?? ""} ${text}`.trim();
    } else logical.push(cells);
  }
  const [header = [], ...body] = logical;
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(header), line(columns.map(() => "---")), ...body.map(line)].join("\n");
}

function cellText(row: Row, column: Column): string {
  const texts = row.segments.filter((segment) => overlaps(segment, column)).map(({ text }) => text);
  return texts.join(" ").replaceAll("|", "\\|");
}

const amount = /^[-+(]?[$€£]?\s?\d[\d.,\s]*[%)]?$/;

/** Wrapped cells: fewer than in the row above, none that begins a new amount, and set closer than other rows are. */
function continuesRow(
  rows: readonly Row[],
  index: number,
  cells: readonly string[],
  above: readonly string[],
): boolean {
  if (!isWrapped(rows, index)) return false;
  const filled = (row: readonly string[]) => row.filter((text) => text !== "").length;
  if (filled(cells) >= filled(above)) return false;
  if (cells.some((text, column) => amount.test(text) && above[column] !== "")) return false;
  if (cells[0] === "") return true;
  const gaps = rows.slice(1).map((row, at) => row.y - (rows[at] as Row).y);
  const usual = gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 0;
  return (gaps[index - 1] as number) < usual / 1.15;
}
