// Turns what a model points at into verified citations: each quote is a slice of stored text, or it is dropped and counted.
import type { Citation } from "../core/answers.ts";
import type { PageSpan } from "../core/documents.ts";
import type { PassageSpan } from "../core/models.ts";
import type { Hit } from "../core/retrieval.ts";
import { sentencesOf } from "../text/sentences.ts";
import { type CitationMarker, citationMarkers, withoutNumbers } from "./citation-markers.ts";
import { type Support, supportFinder } from "./support.ts";

/** The pages of a document, for exact page numbers inside a chunk that spans several. */
export type PageLookup = (documentId: string) => readonly PageSpan[] | undefined;

export type CitedText = {
  /** Without the markers that could not be verified. */
  readonly text: string;
  /** Best supported first. */
  readonly citations: readonly Citation[];
  /** Markers that named no passage, or one that holds nothing of the claim. */
  readonly dropped: number;
};

export type CitationInput = {
  readonly text: string;
  /** In the order in which the model numbered them. */
  readonly passages: readonly Hit[];
  readonly question: string;
  readonly pagesOf?: PageLookup;
};

type Resolved = { readonly marker: CitationMarker; readonly number: number; readonly support: Support | undefined };

/**
 * Maps every `[n]` to the sentence or table row of passage n that best supports the words before the marker. A text
 * without markers comes back unchanged, and a text that has been through here once stays as it is.
 */
export function citationsFromMarkers(input: CitationInput): CitedText {
  const { text, passages } = input;
  if (citationMarkers(text).length === 0) return { text, citations: [], dropped: 0 };
  const finder = supportFinder(
    passages.map((hit) => hit.chunk.text),
    input.question,
  );
  const resolve = (written: string, removed: number): CitedText => {
    const markers = citationMarkers(written);
    const resolved = markers.flatMap((marker, position) => {
      const claims = claimsFor(written, markers, position);
      return marker.numbers.map(
        (number): Resolved => ({ marker, number, support: firstSupport(finder, number, claims) }),
      );
    });
    const dropped = resolved.filter(({ support }) => !support);
    if (dropped.length === 0) return { text: written, citations: ranked(resolved, input), dropped: removed };
    const isDropped = (marker: CitationMarker, number: number) =>
      dropped.some((other) => other.marker === marker && other.number === number);
    // Removing a marker joins the claims around it, so what is left is read afresh until nothing more falls.
    return resolve(
      withoutNumbers(written, markers, (marker, number) => !isDropped(marker, number)),
      removed + dropped.length,
    );
  };
  return resolve(text, 0);
}

function firstSupport(
  finder: ReturnType<typeof supportFinder>,
  number: number,
  claims: readonly string[],
): Support | undefined {
  for (const claim of claims) {
    const support = finder.best(number - 1, claim);
    if (support) return support;
  }
  return undefined;
}

const isBlank = (text: string) => !/[\p{L}\p{N}]/u.test(text);

/**
 * What a marker may stand for, most likely first: the words of its sentence up to it, the claim of the marker just before
 * it (`[1][3]`), the sentence before (a marker after the full stop), the words after it (a marker in front).
 */
function claimsFor(text: string, markers: readonly CitationMarker[], position: number): readonly string[] {
  const marker = markers[position];
  if (!marker) return [];
  const previousEnd = markers[position - 1]?.end ?? 0;
  const before = text.slice(previousEnd, marker.start);
  const claims: string[] = [];
  if (isBlank(before)) {
    if (position > 0) claims.push(...claimsFor(text, markers, position - 1).slice(0, 1));
  } else {
    const sentences = sentencesOf(before);
    const last = sentences.at(-1);
    if (last) claims.push(before.slice(last.start, last.end));
    claims.push(before);
  }
  const after = text.slice(marker.end, markers[position + 1]?.start ?? text.length);
  const [next] = sentencesOf(after);
  if (next && !isBlank(after)) claims.push(after.slice(next.start, next.end));
  return claims;
}

function ranked(resolved: readonly Resolved[], input: CitationInput): readonly Citation[] {
  const supported = resolved.flatMap(({ number, support }) => (support ? [{ passage: number - 1, ...support }] : []));
  const best = [...supported].sort((a, b) => b.score - a.score);
  return citationsFromSpans(best, input.passages, input.pagesOf).citations;
}

export type CitedSpans = {
  readonly citations: readonly Citation[];
  /** Spans that lie outside their passage. */
  readonly dropped: number;
  /** Numbers, from 1, of the passages that are cited. */
  readonly cited: ReadonlySet<number>;
};

/** Exact citations for spans a reader points at by itself, in its order, each once. */
export function citationsFromSpans(
  spans: readonly PassageSpan[],
  passages: readonly Hit[],
  pagesOf?: PageLookup,
): CitedSpans {
  const unique = new Map<string, Citation>();
  const cited = new Set<number>();
  let dropped = 0;
  for (const span of spans) {
    const citation = citationOf(span, passages[span.passage], pagesOf);
    if (!citation) {
      dropped++;
      continue;
    }
    cited.add(span.passage + 1);
    const key = `${citation.documentId}\n${citation.start}-${citation.end}`;
    if (!unique.has(key)) unique.set(key, citation);
  }
  return { citations: [...unique.values()], dropped, cited };
}

function citationOf(span: PassageSpan, hit: Hit | undefined, pagesOf?: PageLookup): Citation | undefined {
  if (!hit || span.start < 0 || span.end > hit.chunk.text.length || span.start >= span.end) return undefined;
  const { chunk } = hit;
  const start = chunk.start + span.start;
  const page = pageAt(start, pagesOf?.(chunk.documentId)) ?? chunk.page;
  return {
    documentId: chunk.documentId,
    source: chunk.source,
    ...(page === undefined ? {} : { page }),
    start,
    end: chunk.start + span.end,
    quote: chunk.text.slice(span.start, span.end),
    verified: true,
  };
}

function pageAt(offset: number, pages: readonly PageSpan[] | undefined): number | undefined {
  return pages?.findLast((page) => page.start <= offset)?.page;
}
