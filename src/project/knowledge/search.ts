// `assay search`: ranked passages for queries, with the rank that each stage gave them.
import type { Filter, Hit, Leg } from "../../core/retrieval.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { openKnowledge } from "./knowledge.ts";

export type SearchQuery = { readonly id: string; readonly text: string };

export type SearchOptions = {
  readonly queries: readonly SearchQuery[];
  /** Default: the configured `retrieval.topK`. */
  readonly topK?: number;
  /** Access labels of whoever asks; absent: the operator, who sees everything. */
  readonly groups?: readonly string[];
  readonly filter?: Filter;
};

/** One JSON line of `assay search`. */
export type SearchResult = { readonly id: string; readonly hits: readonly SearchHit[]; readonly ms: number };

export type SearchHit = {
  readonly documentId: string;
  readonly source: string;
  readonly page?: number;
  readonly start: number;
  readonly end: number;
  readonly score: number;
  readonly text: string;
  readonly legs: Readonly<Record<string, Leg>>;
};

/** From so many on, reading the index into memory pays. */
const manyQueries = 100;

/** Throws `AssayError` `no-index` or `index-mismatch` before the first result. */
export async function* search(context: ProjectContext, options: SearchOptions): AsyncIterable<SearchResult> {
  const knowledge = await openKnowledge(context, { inMemory: options.queries.length >= manyQueries });
  const { groups, filter, topK = context.config.retrieval.topK } = options;
  try {
    for (const query of options.queries) {
      const started = performance.now();
      const { hits } = await knowledge.retriever.retrieve({
        text: query.text,
        topK,
        ...(groups ? { groups } : {}),
        ...(filter ? { filter } : {}),
      });
      yield { id: query.id, hits: hits.map(toSearchHit), ms: rounded(performance.now() - started) };
    }
  } finally {
    await knowledge.close();
  }
}

export function toSearchHit({ chunk, score, legs }: Hit): SearchHit {
  const { documentId, source, page, start, end, text } = chunk;
  return { documentId, source, ...(page === undefined ? {} : { page }), start, end, score, text, legs };
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}
