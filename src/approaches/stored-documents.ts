// The documents that long-context may need, kept in its directory: per set of access groups, no more than the budget holds.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PageSpan, SourceDocument } from "../core/documents.ts";
import { countTokens } from "../text/tokens.ts";

export type StoredDocument = Pick<
  SourceDocument,
  "id" | "source" | "title" | "text" | "metadata" | "groups" | "pages"
> & {
  /** Tokens of `text`. */
  readonly tokens: number;
};

export type StoredDocuments = {
  /** In document order. */
  readonly documents: readonly StoredDocument[];
  /** How many documents there were, per set of groups, stored or not. */
  readonly totals: readonly { readonly groups: readonly string[]; readonly count: number }[];
  readonly pages: ReadonlyMap<string, readonly PageSpan[]>;
  /** True where documents beyond the budget were left out. */
  readonly isPartial: boolean;
};

type Totals = { readonly groups: readonly string[]; count: number; tokens: number };

/**
 * Reads all documents and keeps those that any asker could need. Whoever asks sees the documents of some sets of groups,
 * in order, up to the budget; so of each set only the first `budget` tokens can ever be shown.
 */
export async function gatherDocuments(
  documents: AsyncIterable<SourceDocument>,
  budget: number,
): Promise<StoredDocuments> {
  const kept: StoredDocument[] = [];
  const totals = new Map<string, Totals>();
  for await (const document of documents) {
    const groups = [...document.groups].sort();
    const key = JSON.stringify(groups);
    const total = totals.get(key) ?? { groups, count: 0, tokens: 0 };
    totals.set(key, total);
    total.count++;
    if (total.tokens >= budget) continue;
    const counted = countTokens(document.text);
    total.tokens += counted;
    kept.push(storedDocument(document, counted));
  }
  return storedDocuments(kept, [...totals.values()]);
}

function storedDocument(document: SourceDocument, tokens: number): StoredDocument {
  const { id, source, title, text, metadata, groups, pages } = document;
  return { id, source, title, text, metadata, groups, tokens, ...(pages ? { pages } : {}) };
}

function storedDocuments(documents: readonly StoredDocument[], totals: StoredDocuments["totals"]): StoredDocuments {
  const pages = new Map(documents.flatMap((document) => (document.pages ? [[document.id, document.pages]] : [])));
  const count = totals.reduce((sum, total) => sum + total.count, 0);
  return { documents, totals, pages, isPartial: count > documents.length };
}

const fileName = "documents.json";

export async function writeDocuments(directory: string, stored: StoredDocuments): Promise<void> {
  const totals = stored.totals.map(({ groups, count }) => ({ groups, count }));
  await writeFile(join(directory, fileName), JSON.stringify({ documents: stored.documents, totals }));
}

export async function openDocuments(directory: string): Promise<StoredDocuments> {
  const { documents, totals }: Pick<StoredDocuments, "documents" | "totals"> = JSON.parse(
    await readFile(join(directory, fileName), "utf8"),
  );
  return storedDocuments(documents, totals);
}
