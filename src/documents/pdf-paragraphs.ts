// Joins the rows of a PDF's pages into headings, list items and paragraphs. Knows font sizes and gaps, no positions.

import type { Row } from "./pdf-rows.ts";
import { tablesIn } from "./pdf-tables.ts";

/** What the whole document says of its type: the size of body text, and larger sizes that are headings. */
export type Typography = { readonly bodySize: number; readonly headingSizes: readonly number[] };

/** A heading is at least this much larger than the body. */
const headingRatio = 1.14;
const longestHeading = 150;
/** Above this share of all characters, large type is no heading but the body of a poster. */
const largestHeadingShare = 0.2;

export function typographyOf(pages: readonly (readonly Row[])[]): Typography {
  const charactersOfSize = new Map<number, number>();
  for (const row of pages.flat()) {
    const size = roundedSize(row.size);
    charactersOfSize.set(size, (charactersOfSize.get(size) ?? 0) + lineOf(row).length);
  }
  const bySize = [...charactersOfSize];
  const bodySize = bySize.reduce((best, next) => (next[1] > best[1] ? next : best), [0, 0])[0];
  const large = bySize.filter(([size]) => size >= bodySize * headingRatio).toSorted((a, b) => b[0] - a[0]);
  const total = bySize.reduce((sum, [, characters]) => sum + characters, 0);
  const inLarge = large.reduce((sum, [, characters]) => sum + characters, 0);
  return { bodySize, headingSizes: inLarge <= total * largestHeadingShare ? large.map(([size]) => size) : [] };
}

/** The Markdown of one page. */
export function pageMarkdown(rows: readonly Row[], typography: Typography, words: WordBook): string {
  const parts: string[] = [];
  let open: Row[] = [];
  const close = () => {
    if (open.length > 0) parts.push(paragraphOf(open, typography, words));
    open = [];
  };
  const layout = layoutOf(rows, typography);
  for (const block of tablesIn(rows)) {
    if (block.kind === "table" || beginsParagraph(open, block.row, layout)) close();
    if (block.kind === "table") parts.push(block.markdown);
    else open.push(block.row);
  }
  close();
  return joined(parts);
}

/** Items of one list follow each other without a blank line. */
function joined(parts: readonly string[]): string {
  return parts.reduce((text, part, index) => {
    const isList = part.startsWith("- ") && parts[index - 1]?.startsWith("- ");
    return index === 0 ? part : `${text}${isList ? "\n" : "\n\n"}${part}`;
  }, "");
}

/** How one page is set: the usual distance of lines, and how far right each column reaches. */
type Layout = {
  readonly typography: Typography;
  readonly usualGap: number;
  readonly rightEdges: ReadonlyMap<number, number>;
};

function layoutOf(rows: readonly Row[], typography: Typography): Layout {
  const rightEdges = new Map<number, number>();
  for (const row of rows) rightEdges.set(stripOf(row), Math.max(rightOf(row), rightEdges.get(stripOf(row)) ?? 0));
  return { typography, usualGap: usualGapOf(rows, typography.bodySize), rightEdges };
}

/** The commonest distance of body lines on the page, in points. */
function usualGapOf(rows: readonly Row[], bodySize: number): number {
  const counts = new Map<number, number>();
  for (const [index, row] of rows.entries()) {
    const gap = row.y - (rows[index - 1]?.y ?? Number.POSITIVE_INFINITY);
    if (gap <= 0 || gap > 2.2 * row.size || Math.abs(row.size - bodySize) > 1) continue;
    const rounded = Math.round(gap);
    counts.set(rounded, (counts.get(rounded) ?? 0) + 1);
  }
  return [...counts].reduce((best, next) => (next[1] > best[1] ? next : best), [bodySize * 1.25, 0])[0];
}

const bullet = /^[•◦▪●○■□‣∙·➢➔✓✔\uf0b7\uf0a7\uf0d8-]\s*(?=\S)/;
const numbered = /^\(?\d{1,3}[.)]\s/;

function beginsParagraph(open: readonly Row[], row: Row, layout: Layout): boolean {
  const last = open.at(-1);
  if (!last) return false;
  const gap = row.y - last.y;
  if (Math.abs(row.size - last.size) > 0.08 * last.size) return true;
  // A heading over several lines is set wider than the body.
  if (levelOf(row, layout.typography) > 0 && gap > 0) return gap > 1.8 * row.size;
  if (gap < 0 || gap > Math.max(layout.usualGap * 1.25, row.size * 1.3)) return true;
  const line = lineOf(row);
  const above = lineOf(last);
  if (bullet.test(line) && !line.startsWith("-")) return true;
  const isOver = isShort(last, layout);
  if (isOver && /[.!?:;][)"”’]?$/.test(above)) return true;
  const first = open[0] as Row;
  // What begins as far left as the mark of the item above is part of that item only where its line was full.
  if (isItem(lineOf(first)) && isOver && leftOf(row) <= leftOf(first) + 1) return true;
  return isItem(line) && (isOver || /^\(?1[.)]/.test(line) || !/[,\p{Ll}]$/u.test(above));
}

/** From 1; 0 for body text. */
function levelOf(row: Row | undefined, { headingSizes }: Typography): number {
  return row ? headingSizes.indexOf(roundedSize(row.size)) + 1 : 0;
}

function isItem(line: string): boolean {
  return bullet.test(line) || numbered.test(line);
}

function leftOf({ segments }: Row): number {
  return segments[0]?.left ?? 0;
}

function rightOf({ segments }: Row): number {
  return segments.at(-1)?.right ?? 0;
}

/** Rows whose left ends share such a strip, in points, are of one column. */
const columnStrip = 40;

function stripOf(row: Row): number {
  return Math.round(leftOf(row) / columnStrip);
}

/** Ends well before other rows of its column do. */
function isShort(row: Row, { rightEdges }: Layout): boolean {
  const edge = rightEdges.get(stripOf(row)) ?? 0;
  return rightOf(row) - leftOf(row) < 0.8 * (edge - leftOf(row));
}

function paragraphOf(rows: readonly Row[], typography: Typography, words: WordBook): string {
  const text = unwrapped(rows.map(lineOf), words);
  const level = levelOf(rows[0], typography);
  if (level > 0 && text.length <= longestHeading && /\p{L}{2}/u.test(text) && !bullet.test(text)) {
    return `${"#".repeat(Math.min(level, 6))} ${text}`;
  }
  return text.replace(bullet, "- ").replace(/^#/, "\\#");
}

/** What the document says of hyphens at line ends: its words in lower case, and whether it cuts words there. */
export type WordBook = { readonly words: ReadonlySet<string>; readonly cutsWords: boolean };

export function wordBookOf(pages: readonly (readonly Row[])[]): WordBook {
  const lines = pages.flat().map(lineOf);
  const words = new Set<string>();
  for (const line of lines) {
    for (const word of line.toLowerCase().match(/[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)*(?!\p{L}|-$)/gu) ?? [])
      words.add(word);
  }
  let balance = 0;
  for (const [index, line] of lines.entries()) {
    const cut = cutBetween(line, lines[index + 1] ?? "");
    if (cut) balance += (words.has(cut.joined) ? 1 : 0) - (words.has(cut.hyphenated) ? 1 : 0);
  }
  return { words, cutsWords: balance > 0 };
}

function unwrapped(lines: readonly string[], book: WordBook): string {
  return lines.reduce((text, line) => {
    const cut = cutBetween(text, line);
    if (!cut) return `${text} ${line}`;
    const isKnown = book.words.has(cut.joined);
    const isCut = isKnown !== book.words.has(cut.hyphenated) ? isKnown : book.cutsWords;
    return isCut || !text.endsWith("-") ? `${text.slice(0, -1)}${line}` : `${text}${line}`;
  });
}

/** The two readings of a word that a hyphen divides at the end of a line. */
function cutBetween(
  before: string,
  after: string,
): { readonly joined: string; readonly hyphenated: string } | undefined {
  const head = /(\p{L}+)[-\u00ad\u2010]$/u.exec(before.slice(-60))?.[1]?.toLowerCase();
  const tail = /^\p{Ll}+/u.exec(after)?.[0];
  return head && tail ? { joined: `${head}${tail}`, hyphenated: `${head}-${tail}` } : undefined;
}

function lineOf(row: Row): string {
  const isRightToLeft = row.segments.every((segment) => segment.isRightToLeft);
  const segments = isRightToLeft ? row.segments.toReversed() : row.segments;
  return segments
    .map(({ text }) => text)
    .join(" ")
    .replace(/(?:\s?[.·_]){5,}/g, " … ")
    .trim();
}

function roundedSize(size: number): number {
  return Math.round(size * 2) / 2;
}
