// Fills chunks with the blocks of one section, and cuts blocks that do not fit. Knows nothing of headings above it.
import { type Piece, piecesOf, tableHeaderAbove } from "./block-pieces.ts";
import type { ChunkSpan } from "./chunk-spans.ts";
import type { Block } from "./markdown-blocks.ts";
import { sentencesOf } from "./sentences.ts";
import { countTokens } from "./tokens.ts";

type Sizes = { readonly maxTokens: number; readonly overlapTokens: number };
type PackedSection = { readonly path: readonly string[]; readonly blocks: readonly Block[]; readonly tokens: number };

/** A piece with the block it came from. */
type Part = Piece & { readonly block: Block };

/** One span where the section fits; else spans of at most `maxTokens`, overlapping by whole sentences of prose. */
export function* packSection(text: string, section: PackedSection, sizes: Sizes): Generator<ChunkSpan> {
  const { blocks, path, tokens } = section;
  const start = blocks[0]?.start ?? 0;
  const end = blocks.at(-1)?.end ?? 0;
  if (tokens <= sizes.maxTokens) {
    yield { start, end, headingPath: path };
    return;
  }
  let open: Part[] = [];
  let size = 0;
  for (const part of partsOf(text, blocks, sizes, () => openState(open, size))) {
    if (open.length > 0 && size + part.tokens > sizes.maxTokens) {
      yield spanOf(text, open, path);
      open = overlapOf(text, open, part, sizes);
      size = open.reduce((sum, { tokens }) => sum + tokens, 0);
    }
    open.push(part);
    size += part.tokens;
  }
  if (open.length > 0) yield spanOf(text, open, path);
}

type OpenState = { readonly size: number; readonly isHeadingOnly: boolean };

function openState(open: readonly Part[], size: number): OpenState {
  return { size, isHeadingOnly: open.every(({ block }) => block.kind === "heading") };
}

/** Whole blocks where they fit or may start a new chunk; pieces where neither holds. `state` is asked before each block. */
function* partsOf(text: string, blocks: readonly Block[], sizes: Sizes, state: () => OpenState): Generator<Part> {
  const { maxTokens } = sizes;
  for (const block of blocks) {
    const tokens = countTokens(text.slice(block.start, block.end));
    const { size, isHeadingOnly } = state();
    const fits = size + tokens <= maxTokens;
    const isKept = block.kind === "table" || block.kind === "code" || block.kind === "heading";
    const mayStartNew = tokens <= maxTokens && !isHeadingOnly && (isKept || size >= maxTokens / 2);
    if (fits || mayStartNew) yield { start: block.start, end: block.end, tokens, block };
    else for (const piece of piecesOf(text, block, room(size, isHeadingOnly, maxTokens))) yield { ...piece, block };
  }
}

/** Pieces behind a lone heading must leave room for it. */
function room(size: number, isHeadingOnly: boolean, maxTokens: number): number {
  return isHeadingOnly && size < maxTokens / 2 ? maxTokens - size : maxTokens;
}

function spanOf(text: string, parts: readonly Part[], path: readonly string[]): ChunkSpan {
  const first = parts[0] as Part;
  const last = parts[parts.length - 1] as Part;
  const header = first.block.kind === "table" ? tableHeaderAbove(text, first.block, first.start) : undefined;
  return { start: first.start, end: last.end, headingPath: header ? [...path, header] : path };
}

/** The last sentences of a full chunk, as the first part of the next; none behind tables and code. */
function overlapOf(text: string, full: readonly Part[], next: Part, sizes: Sizes): Part[] {
  const last = full[full.length - 1] as Part;
  const first = full[0] as Part;
  if (last.block.kind !== "prose" || next.block.kind === "heading") return [];
  const budget = Math.min(sizes.overlapTokens, sizes.maxTokens - next.tokens);
  const from = first.block === last.block ? first.start : last.block.start;
  let start = last.end;
  let tokens = 0;
  for (const sentence of sentencesOf(text.slice(from, last.end)).toReversed()) {
    const more = countTokens(text.slice(from + sentence.start, start));
    // The whole of the full chunk again would be a copy, not an overlap.
    if (tokens + more > budget || from + sentence.start <= first.start) break;
    start = from + sentence.start;
    tokens += more;
  }
  return start < last.end ? [{ start, end: last.end, tokens, block: last.block }] : [];
}
