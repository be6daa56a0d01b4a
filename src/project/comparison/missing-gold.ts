// Held-out questions whose gold evidence names documents that were never read: they could only score zero, and silently.
import type { HeldOutQuestion, Relevant } from "../../core/questions.ts";
import { liesIn } from "../../evaluation/metrics/gold-matching.ts";
import type { DocumentStore } from "../state/document-store.ts";

/** Ids of questions with at least one gold item that no stored document matches. */
export function questionsWithMissingGold(
  documents: DocumentStore,
  questions: readonly HeldOutQuestion[],
): readonly string[] {
  const places = documents
    .summaries()
    .map(({ id, source }) => ({ documentId: id, source, start: 0, end: Number.POSITIVE_INFINITY }));
  const known = new Map<string, boolean>();
  const isThere = (item: Relevant): boolean => {
    const { documentId, source } = item;
    const name = JSON.stringify([documentId, source]);
    const document = {
      ...(documentId === undefined ? {} : { documentId }),
      ...(source === undefined ? {} : { source }),
    };
    const found = known.get(name) ?? places.some((place) => liesIn(place, document));
    known.set(name, found);
    return found;
  };
  return questions.filter(({ relevant }) => !relevant.every(isThere)).map(({ id }) => id);
}

/** The same as a sentence for people; nothing where all gold is there. */
export function missingGoldWarning(ids: readonly string[]): readonly string[] {
  if (ids.length === 0) return [];
  const named = `${ids.slice(0, 5).join(", ")}${ids.length > 5 ? ", …" : ""}`;
  const [subject, theirs] = ids.length === 1 ? ["1 question names", "its"] : [`${ids.length} questions name`, "their"];
  return [
    `WARNING: ${subject} relevant documents that were not read (${named}): ${theirs} scores for retrieval, citations and the oracle can only be low.`,
  ];
}
