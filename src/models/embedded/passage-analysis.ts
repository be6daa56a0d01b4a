// Cuts a passage into sentences and terms once and remembers it, since the same passages come back for many questions.
import type { Chunk } from "../../core/documents.ts";
import type { Analyser } from "../../text/analyser.ts";
import { chunkContext } from "../../text/contextual-text.ts";
import { sentencesOf, type TextSpan } from "../../text/sentences.ts";

export type AnalysedSentence = TextSpan & {
  readonly terms: readonly string[];
  /** Headings name what follows and answer nothing themselves. */
  readonly isHeading: boolean;
};

export type AnalysedPassage = {
  readonly text: string;
  readonly sentences: readonly AnalysedSentence[];
  /** Terms of the title and the headings above the passage. */
  readonly contextTerms: readonly string[];
  /** Number of terms in all sentences. */
  readonly length: number;
};

export type PassageAnalysis = (chunk: Chunk) => AnalysedPassage;

/** The cache holds passages of this many terms together: some 30 MB. */
const cachedTerms = 2_000_000;

const analyses = new WeakMap<Analyser, PassageAnalysis>();

/** The analysis that belongs to an analyser: rerankers and readers with the same analyser share one cache. */
export function passageAnalysisOf(analyser: Analyser): PassageAnalysis {
  const known = analyses.get(analyser);
  if (known) return known;
  const created = cachedAnalysis(analyser);
  analyses.set(analyser, created);
  return created;
}

/** Least recently used passages leave first: a Map keeps the order in which its keys were last set. */
function cachedAnalysis(analyser: Analyser): PassageAnalysis {
  const cache = new Map<string, AnalysedPassage>();
  let held = 0;
  const drop = (id: string, passage: AnalysedPassage) => {
    cache.delete(id);
    held -= passage.length;
  };
  return (chunk) => {
    const known = cache.get(chunk.id);
    if (known) drop(chunk.id, known);
    const passage = known?.text === chunk.text ? known : analysePassage(chunk, analyser);
    cache.set(chunk.id, passage);
    held += passage.length;
    while (held > cachedTerms && cache.size > 1) {
      const [oldest] = cache;
      if (oldest) drop(...oldest);
    }
    return passage;
  };
}

function analysePassage(chunk: Chunk, analyser: Analyser): AnalysedPassage {
  const spans = sentencesOf(chunk.text);
  const termLists = analyser.termsOfSpans(chunk.text, spans);
  const sentences = spans.map((span, position) => ({
    ...span,
    terms: termLists[position] ?? [],
    isHeading: chunk.text.charAt(span.start) === "#",
  }));
  const length = sentences.reduce((sum, { terms }) => sum + terms.length, 0);
  return { text: chunk.text, sentences, contextTerms: analyser.terms(chunkContext(chunk)), length };
}
