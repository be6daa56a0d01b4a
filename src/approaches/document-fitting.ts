// Chooses the whole documents that fit into a token budget, in document order, as passages with exact offsets. Pure.
import type { Chunk } from "../core/documents.ts";
import type { Access, Filter, Hit } from "../core/retrieval.ts";
import { sentencesOf } from "../text/sentences.ts";
import { countTokens } from "../text/tokens.ts";
import type { StoredDocument, StoredDocuments } from "./stored-documents.ts";

export type FittedDocuments = {
  /** One passage per document. */
  readonly hits: readonly Hit[];
  /** Documents that are in whole. */
  readonly complete: number;
  /** Documents that whoever asks may see. */
  readonly visible: number;
  /** Source of the document of which only the beginning fits. */
  readonly cut?: string;
};

/** Whole documents while they fit; of the first that does not, as many whole sentences as fit; then no more. */
export function fitDocuments(
  stored: StoredDocuments,
  asker: Access & { readonly filter?: Filter },
  budget: number,
): FittedDocuments {
  const isVisible = (groups: readonly string[]) => maySee(groups, asker.groups);
  const candidates = stored.documents.filter(
    (document) => isVisible(document.groups) && matches(document.metadata, asker.filter),
  );
  const visible = asker.filter
    ? candidates.length
    : stored.totals.filter((total) => isVisible(total.groups)).reduce((sum, total) => sum + total.count, 0);
  const hits: Hit[] = [];
  let left = budget;
  for (const document of candidates) {
    if (document.tokens > left) {
      const end = longestFitting(document.text, left);
      if (end > 0) hits.push(passage(document, end, hits.length));
      return {
        hits,
        complete: end > 0 ? hits.length - 1 : hits.length,
        visible,
        ...(end > 0 ? { cut: document.source } : {}),
      };
    }
    left -= document.tokens;
    hits.push(passage(document, document.text.length, hits.length));
  }
  return { hits, complete: hits.length, visible };
}

function maySee(groups: readonly string[], asked: Access["groups"]): boolean {
  return asked === undefined || groups.length === 0 || groups.some((group) => asked.includes(group));
}

function matches(metadata: Chunk["metadata"], filter: Filter = {}): boolean {
  return Object.entries(filter).every(([key, wanted]) => {
    const value = metadata[key];
    const accepted = typeof wanted === "object" ? wanted : [wanted];
    return accepted.some((one) => (Array.isArray(value) ? value.includes(one) : value === one));
  });
}

/** Length of the longest run of whole sentences, table rows and list items that `budget` tokens hold; 0 if not even one. */
function longestFitting(text: string, budget: number): number {
  const ends = sentencesOf(text).map((sentence) => sentence.end);
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (countTokens(text.slice(0, ends[middle - 1])) <= budget) low = middle;
    else high = middle - 1;
  }
  return low === 0 ? 0 : (ends[low - 1] ?? 0);
}

function passage(document: StoredDocument, end: number, ordinal: number): Hit {
  const page = document.pages?.[0]?.page;
  return {
    chunk: {
      id: `${document.id}#whole`,
      documentId: document.id,
      source: document.source,
      title: document.title,
      ordinal: 0,
      text: document.text.slice(0, end),
      start: 0,
      end,
      ...(page === undefined ? {} : { page }),
      headingPath: [],
      metadata: document.metadata,
      groups: document.groups,
    },
    // Nothing ranked these: the order is the order of the documents.
    score: 0,
    legs: { document: { rank: ordinal + 1, score: 0 } },
  };
}
