// The order in which passages are put before the model. Pure; drops nothing.
import type { Hit } from "../core/retrieval.ts";

export type PassageOrdering = "rank" | "lost-in-the-middle" | "document";

/**
 * `rank`: best first. `document`: documents by their best hit, each in reading order. `lost-in-the-middle`: the best
 * at both ends, because models read the middle of a long context least (Liu et al. 2023): ranks 1, 3, 5, …, 6, 4, 2.
 */
export function orderPassages(hits: readonly Hit[], ordering: PassageOrdering): readonly Hit[] {
  if (ordering === "lost-in-the-middle") {
    return [...hits.filter((_, i) => i % 2 === 0), ...hits.filter((_, i) => i % 2 === 1).toReversed()];
  }
  return ordering === "document" ? inDocumentOrder(hits) : hits;
}

function inDocumentOrder(hits: readonly Hit[]): readonly Hit[] {
  const documents = [...new Set(hits.map(({ chunk }) => chunk.documentId))];
  const place = new Map(documents.map((documentId, i) => [documentId, i] as const));
  const placeOf = ({ chunk }: Hit): number => place.get(chunk.documentId) as number;
  return hits.toSorted((a, b) => placeOf(a) - placeOf(b) || a.chunk.ordinal - b.chunk.ordinal);
}
