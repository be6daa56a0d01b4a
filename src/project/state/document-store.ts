// Extracted texts, kept in the control database: what every offset of a chunk or citation points into.

import type { DocumentFormat, Metadata, PageSpan, SourceDocument } from "../../core/documents.ts";
import { hashOf } from "../../core/hash.ts";
import type { ControlDatabase } from "./control-database.ts";

type Row = {
  id: string;
  source: string;
  revision: string;
  title: string;
  format: string;
  text: string;
  details: string;
};
type Details = { metadata: Metadata; groups: readonly string[]; pages?: readonly PageSpan[] };

export type StoredSummary = { readonly id: string; readonly source: string; readonly revision: string };

export type DocumentStore = {
  get(id: string): SourceDocument | undefined;
  /** The file that a document came from. */
  sourceOf(id: string): string | undefined;
  /** Documents read from one file. */
  ofSource(source: string): readonly StoredSummary[];
  /** Every document in id order, without its text. */
  summaries(): readonly StoredSummary[];
  /** Every document, with its text, in source and then insertion order. */
  all(): Iterable<SourceDocument>;
  put(document: SourceDocument, revision: string): void;
  remove(id: string): void;
  /** The parse key under which a file was last read. */
  parseKeyOf(source: string): string | undefined;
  setParseKey(source: string, parseKey: string): void;
  removeFile(source: string): void;
  sources(): readonly string[];
};

/** Names everything of a document that its chunks depend on. */
export function revisionOf(document: SourceDocument): string {
  const { text, title, source, metadata, groups, pages } = document;
  return hashOf({ text, title, source, metadata, groups, pages: (pages ?? []).map((p) => [p.page, p.start, p.end]) });
}

export function documentStore(database: ControlDatabase): DocumentStore {
  const { sqlite } = database;
  const one = sqlite.prepare("SELECT * FROM documents WHERE id = ?");
  const sourceOf = sqlite.prepare("SELECT source FROM documents WHERE id = ?");
  const bySource = sqlite.prepare("SELECT id, source, revision FROM documents WHERE source = ? ORDER BY rowid");
  const summaries = sqlite.prepare("SELECT id, source, revision FROM documents ORDER BY id");
  const all = sqlite.prepare("SELECT * FROM documents ORDER BY source, rowid");
  const put = sqlite.prepare(
    "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET source = excluded.source, revision = excluded.revision, title = excluded.title, format = excluded.format, text = excluded.text, details = excluded.details",
  );
  const remove = sqlite.prepare("DELETE FROM documents WHERE id = ?");
  const file = sqlite.prepare("SELECT parseKey FROM files WHERE source = ?");
  const putFile = sqlite.prepare(
    "INSERT INTO files VALUES (?, ?) ON CONFLICT (source) DO UPDATE SET parseKey = excluded.parseKey",
  );
  const removeFile = sqlite.prepare("DELETE FROM files WHERE source = ?");
  const files = sqlite.prepare("SELECT source FROM files ORDER BY source");
  return {
    get(id) {
      const row = one.get(id) as Row | undefined;
      return row && fromRow(row);
    },
    sourceOf: (id) => (sourceOf.get(id) as { source: string } | undefined)?.source,
    ofSource: (source) => bySource.all(source) as StoredSummary[],
    summaries: () => summaries.all() as StoredSummary[],
    *all() {
      for (const row of all.iterate()) yield fromRow(row as Row);
    },
    put(document, revision) {
      const { id, source, title, format, text, metadata, groups, pages } = document;
      const details: Details = { metadata, groups, ...(pages ? { pages } : {}) };
      put.run(id, source, revision, title, format, text, JSON.stringify(details));
    },
    remove: (id) => void remove.run(id),
    parseKeyOf: (source) => (file.get(source) as { parseKey: string } | undefined)?.parseKey,
    setParseKey: (source, parseKey) => void putFile.run(source, parseKey),
    removeFile: (source) => void removeFile.run(source),
    sources: () => (files.all() as { source: string }[]).map((row) => row.source),
  };
}

function fromRow(row: Row): SourceDocument {
  const details = JSON.parse(row.details) as Details;
  const { id, source, title, text } = row;
  return { id, source, title, text, format: row.format as DocumentFormat, ...details };
}
