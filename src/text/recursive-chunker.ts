// The recursive-character splitter that people know: the coarsest separator that makes pieces small enough, then overlap.
// Knows nothing of headings or tables; offsets are exact all the same.
import type { Chunk, Chunker, SourceDocument } from "../core/documents.ts";
import { AssayError } from "../core/errors.ts";
import { type ChunkSpan, chunksFrom, regionsOf } from "./chunk-spans.ts";
import { countTokens, tokenCounterName } from "./tokens.ts";

export type RecursiveChunkerOptions = {
  /** No chunk is longer, in `unit`s. */
  readonly chunkSize: number;
  /** At most this much of a chunk's end is repeated at the next one's beginning. Less than `chunkSize`. */
  readonly chunkOverlap: number;
  /** Tried in order; the empty string cuts between characters. Default: paragraph, line, word, character. */
  readonly separators?: readonly string[];
  /** `characters` are UTF-16 units; `tokens` are those of `countTokens`. */
  readonly unit: "characters" | "tokens";
};

const commonSeparators: readonly string[] = ["\n\n", "\n", " ", ""];

type Span = { readonly start: number; readonly end: number };
type Settings = {
  readonly size: number;
  readonly overlap: number;
  readonly measure: (text: string, span: Span) => number;
};

/** Throws `AssayError` `bad-config` where the sizes cannot work together. */
export function recursiveChunker(options: RecursiveChunkerOptions): Chunker {
  const { chunkSize, chunkOverlap, separators = commonSeparators, unit } = options;
  if (!(chunkSize >= 1) || !(chunkOverlap >= 0) || chunkOverlap >= chunkSize) {
    throw new AssayError({
      code: "bad-config",
      message: `chunkSize ${chunkSize} with chunkOverlap ${chunkOverlap} cuts nothing`,
      remedy: "set chunkSize to 1 or more and chunkOverlap below it",
    });
  }
  const settings: Settings = {
    size: chunkSize,
    overlap: chunkOverlap,
    measure:
      unit === "tokens" ? (text, { start, end }) => countTokens(text.slice(start, end)) : (_, s) => s.end - s.start,
  };
  return {
    name: "recursive",
    version: "1",
    config: { chunkSize, chunkOverlap, separators, unit, ...(unit === "tokens" ? { tokens: tokenCounterName } : {}) },
    chunk: (document) => chunkDocument(document, separators, settings),
  };
}

function chunkDocument(document: SourceDocument, separators: readonly string[], settings: Settings): readonly Chunk[] {
  const spans: ChunkSpan[] = [];
  for (const { start, end, page } of regionsOf(document)) {
    for (const span of split(document.text, { start, end }, separators, settings)) {
      spans.push({ ...span, headingPath: [], ...(page === undefined ? {} : { page }) });
    }
  }
  return chunksFrom(document, spans);
}

/** Cuts at the first separator that occurs, merges what is small and cuts the rest by the separators that are left. */
function* split(text: string, span: Span, separators: readonly string[], settings: Settings): Generator<Span> {
  const first = separators.findIndex((separator) => separator === "" || occursIn(text, span, separator));
  const separator = separators[first];
  if (separator === undefined || settings.measure(text, span) <= settings.size) {
    yield span;
    return;
  }
  // Tokens of single characters do not add up to those of a word, but none has more than one.
  const measure = separator === "" ? (_: string, { start, end }: Span) => end - start : settings.measure;
  let small: Span[] = [];
  for (const piece of cut(text, span, separator)) {
    if (measure(text, piece) <= settings.size) {
      small.push(piece);
      continue;
    }
    yield* merge(text, small, { ...settings, measure });
    small = [];
    yield* split(text, piece, separators.slice(first + 1), settings);
  }
  yield* merge(text, small, { ...settings, measure });
}

function occursIn(text: string, { start, end }: Span, separator: string): boolean {
  const at = text.slice(start, end).indexOf(separator);
  return at >= 0 && at + separator.length < end - start;
}

/** Pieces tile the span; a separator stays with the piece before it. */
function* cut(text: string, { start, end }: Span, separator: string): Generator<Span> {
  const slice = text.slice(start, end);
  for (let from = 0; from < slice.length; ) {
    const found = separator === "" ? characterEnd(slice, from) : slice.indexOf(separator, from) + separator.length;
    const to = found < from + separator.length ? slice.length : blanksEnd(slice, found, separator);
    yield { start: start + from, end: start + to };
    from = to;
  }
}

/** Runs of blanks stay in one piece: their tokens would not add up. */
function blanksEnd(text: string, at: number, separator: string): number {
  let end = at;
  if (separator === " ") while (text[end] === " " || text[end] === "\t") end++;
  return end;
}

/** Never between the two halves of a surrogate pair. */
function characterEnd(text: string, at: number): number {
  return at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
}

function* merge(text: string, pieces: readonly Span[], settings: Settings): Generator<Span> {
  const { size, overlap, measure } = settings;
  const sizes = pieces.map((piece) => measure(text, piece));
  let first = 0;
  let total = 0;
  for (const [index, piece] of pieces.entries()) {
    const next = sizes[index] as number;
    if (total + next > size && index > first) {
      yield { start: (pieces[first] as Span).start, end: piece.start };
      // Something must go, or the next chunk would begin where this one does.
      let isAhead = false;
      while (first < index && (!isAhead || total > overlap || total + next > size)) {
        const { start, end } = pieces[first] as Span;
        isAhead ||= text.slice(start, end).trim() !== "";
        total -= sizes[first++] as number;
      }
    }
    total += next;
  }
  const last = pieces.at(-1);
  if (last) yield { start: (pieces[first] as Span).start, end: last.end };
}
