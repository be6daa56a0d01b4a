// Cuts what the reader is given into stretches of passage size, so that whole documents are read like passages.
import type { Hit } from "../../core/retrieval.ts";
import type { AnalysedPassage, AnalysedSentence, PassageAnalysis } from "./passage-analysis.ts";
import type { AnalysedQuestion } from "./question-analysis.ts";
import { matchPassage, type PassageMatch } from "./question-match.ts";

export type Segment = {
  /** Position of the passage in the prompt, from 0. */
  readonly passage: number;
  readonly text: string;
  readonly sentences: readonly AnalysedSentence[];
  readonly match: PassageMatch;
};

/** Passages with more terms than this are cut into windows of about this many. */
const windowTerms = 250;

/** Segments read per question. */
const mostSegments = 10;

/**
 * The most promising segments, best first: in the order of retrieval where it has one and nothing had to be cut, else by
 * lexical evidence.
 */
export function segmentsFor(
  question: AnalysedQuestion,
  passages: readonly Hit[],
  analyse: PassageAnalysis,
  averageLength: number,
): readonly Segment[] {
  const segments: Segment[] = [];
  passages.forEach(({ chunk }, passage) => {
    const analysed = analyse(chunk);
    for (const window of windowsOf(analysed)) {
      const match = matchPassage(question, window.sentences, window.context, averageLength);
      segments.push({ passage, text: analysed.text, sentences: window.sentences, match });
    }
  });
  const ranks = passages.map(retrievalRank);
  const isRanked = segments.length === passages.length && ranks.every((rank) => rank !== undefined);
  const order = isRanked
    ? (a: Segment, b: Segment) => (ranks[a.passage] as number) - (ranks[b.passage] as number)
    : (a: Segment, b: Segment) => evidenceOf(b.match) - evidenceOf(a.match);
  return segments.sort(order).slice(0, mostSegments);
}

function retrievalRank({ legs }: Hit): number | undefined {
  return (legs["reranked"] ?? legs["fused"] ?? legs["lexical"] ?? legs["dense"])?.rank;
}

const evidenceOf = (match: PassageMatch) => match.bm25 + match.bestSentence + match.pairs;

type Window = { readonly sentences: readonly AnalysedSentence[]; readonly context: readonly string[] };

/** A window begins with its last heading's terms in its context. */
function windowsOf({ sentences, contextTerms, length }: AnalysedPassage): readonly Window[] {
  if (length <= 2 * windowTerms) return [{ sentences, context: contextTerms }];
  const windows: Window[] = [];
  let heading: readonly string[] = [];
  let open: AnalysedSentence[] = [];
  let context = contextTerms;
  let held = 0;
  const close = () => {
    if (open.length > 0) windows.push({ sentences: open, context });
    open = [];
    held = 0;
  };
  for (const sentence of sentences) {
    if (sentence.role === "heading" ? held > windowTerms / 3 : held + sentence.terms.length > windowTerms) close();
    if (sentence.role === "heading") heading = sentence.terms;
    if (open.length === 0) context = heading.length === 0 ? contextTerms : [...contextTerms, ...heading];
    open.push(sentence);
    held += sentence.terms.length;
  }
  close();
  return windows;
}
