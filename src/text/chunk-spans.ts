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
  const chunks: Chunk[] = [];
  for (const { start, end, page, headingPath } of spans) {
    const slice = text.slice(start, end);
    const from = start + (slice.length - slice.trimStart().length);
    const to = start + slice.trimEnd().length;
    if (from >= to) continue;
    const ordinal = chunks.length;
    chunks.push({
      id: `${documentId}#${ordinal}`,
      documentId,
      source,
      title,
      ordinal,
      text: text.slice(from, to),
      start: from,
      end: to,
      ...(page === undefined ? {} : { page }),
      headingPath,
      metadata,
      groups,
    });
  }
  return chunks;
}
