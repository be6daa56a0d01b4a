// Citations as they travel: OpenAI's `url_citation`, and beside it the file, page and characters that it was verified against.
import type { PlacedCitation } from "../project/serve/citations.ts";

export type UrlCitation = {
  readonly type: "url_citation";
  readonly url: string;
  readonly title: string;
  /** UTF-16 offsets into the answer's text. */
  readonly start_index: number;
  readonly end_index: number;
};

export type WireCitation = {
  readonly document_id: string;
  readonly file: string;
  readonly page?: number;
  /** UTF-16 offsets into the document's extracted text. */
  readonly start: number;
  readonly end: number;
  readonly quote: string;
};

/** `base` is the address the server is reached under, without a slash at its end. */
export function urlCitation(citation: PlacedCitation, base: string): UrlCitation {
  return {
    type: "url_citation",
    url: citation.url ?? documentUrl(citation, base),
    title: citation.title,
    start_index: citation.startIndex,
    end_index: citation.endIndex,
  };
}

export function wireCitation({ documentId, source, page, start, end, quote }: PlacedCitation): WireCitation {
  return { document_id: documentId, file: source, ...(page === undefined ? {} : { page }), start, end, quote };
}

/** A link that this server answers; the fragment is RFC 5147's, so it names the exact characters. */
function documentUrl({ documentId, page, start, end }: PlacedCitation, base: string): string {
  const query = page === undefined ? "" : `?page=${page}`;
  return `${base}/v1/documents/${encodeURIComponent(documentId)}${query}#char=${start},${end}`;
}
