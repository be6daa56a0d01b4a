// Turns spans of a document into chunks: trims, numbers and labels them. What every chunker ends with.
import type { Chunk, SourceDocument } from "../core/documents.ts";

/** A stretch that a chunker chose, before trimming. */
export type ChunkSpan = {
  readonly start: number;
  readonly end: number;
  readonly page?: number;
  readonly headingPath: readonly string[];
};

export type Region = { readonly start: number; readonly end: number; readonly page?: number };

/** The stretches that no chunk may cross: pages where there are any, else the whole. They tile the text. */
export function regionsOf(document: SourceDocument): readonly Region[] {
  const { pages = [], text } = document;
  if (pages.length === 0) return [{ start: 0, end: text.length }];
  return pages.map(({ page, start }, index) => ({
    page,
    start: index === 0 ? 0 : start,
    end: pages[index + 1]?.start ?? text.length,
  }));
}

/** Chunks in order, numbered from 0. Spans of white space alone yield none. */
export function chunksFrom(document: SourceDocument, spans: Iterable<ChunkSpan>): readonly Chunk[] {
  const { id: documentId, source, title, text, metadata, groups } = document;
  const trimmed = [...spans].map((span) => trim(text, span)).filter(({ start, end }) => start < end);
  const kept = trimmed.filter((span, index) => !isWithin(span, trimmed[index + 1]));
  return kept.map(({ start, end, page, headingPath }, ordinal) => ({
    id: `${documentId}#${ordinal}`,
    documentId,
    source,
    title,
    ordinal,
    text: text.slice(start, end),
    start,
    end,
    ...(page === undefined ? {} : { page }),
    headingPath,
    metadata,
    groups,
  }));
}

function trim(text: string, span: ChunkSpan): ChunkSpan {
  const slice = text.slice(span.start, span.end);
  const start = span.start + (slice.length - slice.trimStart().length);
  return { ...span, start, end: Math.max(start, span.start + slice.trimEnd().length) };
}

/** Overlap may take in the whole of a short chunk: then the longer one says it all. */
function isWithin(span: ChunkSpan, next: ChunkSpan | undefined): boolean {
  return next !== undefined && next.start <= span.start && next.end >= span.end;
}
