// Where in an answer's text each citation stands, and what a link to it says. Offsets are UTF-16.
import type { Answer, Citation } from "../../core/answers.ts";
import type { Hit } from "../../core/retrieval.ts";
import { orderPassages, type PassageOrdering } from "../../retrieval/ordering.ts";

export type PlacedCitation = Citation & {
  readonly title: string;
  /** The document's own address, where its metadata names one. */
  readonly url?: string;
  /** The part of the answer that it supports: its quote or its `[n]` marker, else the whole text. */
  readonly startIndex: number;
  readonly endIndex: number;
};

/** `text` is what the reader has before them: of a stream, all deltas joined. */
export function placedCitations(answer: Answer, text: string, ordering: PassageOrdering): readonly PlacedCitation[] {
  const passages = orderPassages(answer.hits, ordering);
  return answer.citations.map((citation) => {
    const position = passages.findIndex((hit) => holds(hit, citation));
    const hit = passages[position];
    const url = hit?.chunk.metadata["url"];
    return {
      ...citation,
      title: hit?.chunk.title ?? citation.source,
      ...(typeof url === "string" && /^https?:\/\//i.test(url) ? { url } : {}),
      ...placeOf(text, citation.quote, position + 1),
    };
  });
}

function holds({ chunk }: Hit, { documentId, start, end }: Citation): boolean {
  return chunk.documentId === documentId && chunk.start <= start && end <= chunk.end;
}

function placeOf(text: string, quote: string, number: number): { startIndex: number; endIndex: number } {
  for (const words of [quote, `[${number}]`]) {
    const startIndex = text.indexOf(words);
    if (startIndex >= 0) return { startIndex, endIndex: startIndex + words.length };
  }
  return { startIndex: 0, endIndex: text.length };
}
