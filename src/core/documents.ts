// Knowledge: documents as they were read, and the chunks cut from them.
import type { CallOptions, Component } from "./component.ts";
import type { Json } from "./json.ts";

export type Metadata = Readonly<Record<string, Json>>;

/** Where a page lies in the extracted text: UTF-16 offsets, `end` exclusive. `page` counts from 1. */
export type PageSpan = { readonly page: number; readonly start: number; readonly end: number };

/** A document after parsing. Every offset anywhere in Assay points into `text`, which is stored and never rewritten. */
export type SourceDocument = {
  /** The row's own id for JSONL rows, else the source path. */
  readonly id: string;
  /** The file it came from: relative to the project with `/`, or as given where it lies outside. */
  readonly source: string;
  readonly title: string;
  /** Extracted text. Headings, lists, tables and code are Markdown, whatever the format was. */
  readonly text: string;
  readonly format: DocumentFormat;
  readonly metadata: Metadata;
  /** Access labels. Empty: everybody may read it. */
  readonly groups: readonly string[];
  readonly pages?: readonly PageSpan[];
};

export type DocumentFormat = "markdown" | "html" | "text" | "pdf" | "docx" | "csv" | "row";

/** A stretch of one document: `text === document.text.slice(start, end)`, always. */
export type Chunk = {
  /** `documentId#ordinal`, unique in an index. */
  readonly id: string;
  readonly documentId: string;
  readonly source: string;
  readonly title: string;
  /** Position among the document's chunks, from 0. */
  readonly ordinal: number;
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Page on which the chunk starts, from 1; absent for formats without pages. */
  readonly page?: number;
  /** Headings above the chunk, outermost first, without `#`. */
  readonly headingPath: readonly string[];
  readonly metadata: Metadata;
  readonly groups: readonly string[];
};

/** Bytes of one file or one row, before parsing. */
export type RawSource = {
  readonly source: string;
  readonly bytes: Uint8Array;
};

/** Turns the bytes of one format into documents; a JSONL file holds many. Throws `AssayError` `unreadable-document`. */
export type Parser = Component & {
  /** Lower-case file extensions without the dot. */
  readonly extensions: readonly string[];
  parse(raw: RawSource, call?: CallOptions): AsyncIterable<SourceDocument>;
};

/** Cuts a document. Pure: the same document and config give the same chunks. */
export type Chunker = Component & { chunk(document: SourceDocument): readonly Chunk[] };
