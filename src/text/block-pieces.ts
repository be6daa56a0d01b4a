// Cuts one block that is too long into pieces that fit: sentences, rows, lines, and words where nothing else helps.
// Knows nothing of chunks.
import type { Block } from "./markdown-blocks.ts";
import { sentencesOf } from "./sentences.ts";
import { countTokens } from "./tokens.ts";

/** Pieces tile their block. A piece longer than the limit is one word that cannot be cut. */
export type Piece = { readonly start: number; readonly end: number; readonly tokens: number };

/** Pieces of `block` of at most `maxTokens` each. `text` is the whole document. */
export function piecesOf(text: string, block: Block, maxTokens: number): readonly Piece[] {
  return naturalCuts(text, block).flatMap(({ start, end }) => {
    const tokens = countTokens(text.slice(start, end));
    return tokens <= maxTokens ? [{ start, end, tokens }] : wordPieces(text, start, end, maxTokens);
  });
}

/** Header rows longer than this (in characters) say too little for their room to be repeated. */
const longestHeader = 400;

/** The header row of a table, cells joined by ` | `, where `at` lies in the rows below it; else undefined. */
export function tableHeaderAbove(text: string, block: Block, at: number): string | undefined {
  const headerEnd = lineEnd(text, block.start, block.end);
  if (headerEnd - block.start > longestHeader || at < lineEnd(text, headerEnd, block.end)) return undefined;
  const row = text
    .slice(block.start, headerEnd)
    .trim()
    .replace(/^\||\|$/g, "");
  const cells = row.split("|").map((cell) => cell.trim());
  return cells.filter((cell) => cell !== "").join(" | ") || undefined;
}

type Cut = { readonly start: number; readonly end: number };

function naturalCuts(text: string, block: Block): readonly Cut[] {
  if (block.kind === "heading") return [block];
  if (block.kind === "prose")
    return tile(
      block,
      sentencesOf(text.slice(block.start, block.end)).map((s) => block.start + s.start),
    );
  const lines = lineStarts(text, block);
  // A table's header and rule stay with its first row, and a fence with its first line of code.
  const glued = block.kind === "table" ? 2 : block.kind === "code" ? 1 : 0;
  return tile(block, lines.slice(glued + 1));
}

/** Spans that begin at `starts` and cover the block. */
function tile(block: Cut, starts: readonly number[]): readonly Cut[] {
  const edges = [block.start, ...starts.filter((start) => start > block.start && start < block.end), block.end];
  return edges.slice(1).map((end, index) => ({ start: edges[index] as number, end }));
}

function lineStarts(text: string, block: Cut): readonly number[] {
  const starts: number[] = [];
  for (let at = block.start; at < block.end; at = lineEnd(text, at, block.end)) starts.push(at);
  return starts;
}

/** Just behind the line break of the line that `at` is in. */
function lineEnd(text: string, at: number, end: number): number {
  const newline = text.indexOf("\n", at);
  return newline < 0 || newline >= end ? end : newline + 1;
}

function wordPieces(text: string, start: number, end: number, maxTokens: number): readonly Piece[] {
  const pieces: Piece[] = [];
  let from = start;
  let tokens = 0;
  for (const word of words(text, start, end, maxTokens)) {
    if (tokens > 0 && tokens + word.tokens > maxTokens) {
      pieces.push({ start: from, end: word.start, tokens });
      from = word.start;
      tokens = 0;
    }
    tokens += word.tokens;
  }
  pieces.push({ start: from, end, tokens });
  return pieces;
}

/** Words with the white space around them, so that counts of neighbours add up to no less than the count of the whole. */
function* words(text: string, start: number, end: number, maxTokens: number): Generator<Piece> {
  const pattern = /\s*\S+\s*/y;
  for (let at = start; at < end; ) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    const wordEnd = match ? Math.min(end, at + match[0].length) : end;
    const tokens = countTokens(text.slice(at, wordEnd));
    if (tokens <= maxTokens) yield { start: at, end: wordEnd, tokens };
    else yield* slivers(text, at, wordEnd, maxTokens);
    at = wordEnd;
  }
}

/** A word beyond the limit, a data URL say, cut between characters. Each sliver counts as full: counts do not add up here. */
function* slivers(text: string, start: number, end: number, maxTokens: number): Generator<Piece> {
  for (let from = start; from < end; ) {
    // No rule counts more than one token for a character, so this many characters always fit.
    let to = Math.min(end, from + maxTokens);
    if (to < end && isLowSurrogate(text.charCodeAt(to))) to = to - 1 > from ? to - 1 : to + 1;
    yield { start: from, end: to, tokens: maxTokens };
    from = to;
  }
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
