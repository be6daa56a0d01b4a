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
  const usualGap = usualGapOf(rows, typography.bodySize);
  for (const block of tablesIn(rows)) {
    if (block.kind === "table" || beginsParagraph(open, block.row, usualGap)) close();
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

function beginsParagraph(open: readonly Row[], row: Row, usualGap: number): boolean {
  const last = open.at(-1);
  if (!last) return false;
  const gap = row.y - last.y;
  if (Math.abs(row.size - last.size) > 0.08 * last.size) return true;
  if (gap < 0 || gap > Math.max(usualGap * 1.25, row.size * 1.3)) return true;
  const line = lineOf(row);
  if (bullet.test(line) && !line.startsWith("-")) return true;
  return (numbered.test(line) || line.startsWith("- ")) && !/[,\p{Ll}]$/u.test(lineOf(last));
}

function paragraphOf(rows: readonly Row[], typography: Typography, words: WordBook): string {
  const text = unwrapped(rows.map(lineOf), words);
  const level = typography.headingSizes.indexOf(roundedSize(rows[0]?.size ?? 0)) + 1;
  if (level > 0 && text.length <= longestHeading && /\p{L}{2}/u.test(text) && !bullet.test(text)) {
    return `${"#".repeat(Math.min(level, 6))} ${text}`;
  }
  return text.replace(bullet, "- ").replace(/^#/, "\\#");
}

/** Every word of the document in lower case, to tell a word cut at a line's end from one with a hyphen of its own. */
export type WordBook = ReadonlySet<string>;

export function wordBookOf(pages: readonly (readonly Row[])[]): WordBook {
  const words = new Set<string>();
  for (const row of pages.flat()) {
    for (const word of lineOf(row)
      .toLowerCase()
      .match(/[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)*(?!-$)/gu) ?? [])
      words.add(word);
  }
  return words;
}

function unwrapped(lines: readonly string[], words: WordBook): string {
  return lines.reduce((text, line) => {
    const before = /([\p{L}]+)[-\u00ad\u2010]$/u.exec(text)?.[1];
    const after = /^\p{Ll}+/u.exec(line)?.[0];
    if (!before || !after) return `${text} ${line}`;
    const whole = `${before}${after}`.toLowerCase();
    const keepsHyphen = !words.has(whole) && words.has(`${before}-${after}`.toLowerCase());
    return keepsHyphen ? `${text}${line}` : `${text.slice(0, -1)}${line}`;
  });
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
