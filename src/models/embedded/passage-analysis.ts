// Cuts a passage into sentences and terms once and remembers it, since the same passages come back for many questions.
import type { Chunk } from "../../core/documents.ts";
import type { Analyser } from "../../text/analyser.ts";
import { chunkContext } from "../../text/contextual-text.ts";
import { sentencesOf, type TextSpan } from "../../text/sentences.ts";

export type AnalysedSentence = TextSpan & {
  /** A table row also has the terms of its column names. */
  readonly terms: readonly string[];
  /** Headings and the column names of a table name what follows and answer nothing themselves. */
  readonly role: "text" | "heading" | "columns";
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
  const { text } = chunk;
  const spans = sentencesOf(text);
  const termLists = analyser.termsOfSpans(text, spans);
  let header: readonly string[] = [];
  const sentences = spans.map((span, position) => {
    const own = termLists[position] ?? [];
    const isRow = text.charAt(span.start) === "|";
    const isHeader = isRow && tableRule.test(text.slice(span.end, span.end + 80));
    if (isHeader || !isRow) header = isHeader ? own : [];
    const terms = isRow && !isHeader && header.length > 0 ? [...own, ...header] : own;
    return {
      ...span,
      terms,
      role: isHeader ? "columns" : text.charAt(span.start) === "#" ? "heading" : "text",
    } as const;
  });
  const length = sentences.reduce((sum, { terms }) => sum + terms.length, 0);
  return { text, sentences, contextTerms: analyser.terms(chunkContext(chunk)), length };
}

/** What follows a row that names the columns. */
const tableRule = /^\s*\n[\s|:]*-{2,}/;
