// Turns the best sentences into quotes: which stretch of the passage to point at and how it reads in the answer.
import type { PassageSpan } from "../../core/models.ts";
import type { RankedSentence } from "./sentence-ranking.ts";

export type Quote = PassageSpan & {
  /** The quote as it reads in an answer: without list and heading marks, a table row under its column names. */
  readonly readable: string;
  readonly score: number;
};

/** A neighbour whose score is this close to the best one's is quoted along with it. */
const neighbourMargin = 0.7;

/** Begins by pointing back, so that it cannot be read alone. */
const pointsBack =
  /^(?:it|its|this|that|these|those|they|their|he|she|his|her|such|both|however|therefore|thus|also|instead|otherwise|then|dies[ers]?|sie|er|es|daher|deshalb|diese[rnms]?|il|elle|ils|elles|cela|ceci)\b/i;

/** At most `count` quotes, best first, none overlapping another. */
export function quotesOf(ranked: readonly RankedSentence[], count: number): readonly Quote[] {
  const quotes: Quote[] = [];
  for (const sentence of ranked) {
    if (quotes.length === count) break;
    const quote = quoteOf(sentence, ranked);
    const overlaps = quotes.some(
      (other) => other.passage === quote.passage && other.start < quote.end && quote.start < other.end,
    );
    if (!overlaps) quotes.push(quote);
  }
  return quotes;
}

function quoteOf(best: RankedSentence, ranked: readonly RankedSentence[]): Quote {
  const { segment, position } = best;
  const scoreAt = (at: number) => ranked.find((other) => other.segment === segment && other.position === at)?.score;
  const isNear = (at: number) => (scoreAt(at) ?? Number.NEGATIVE_INFINITY) >= best.score - neighbourMargin;
  const isProse = (at: number) => /^[^|#\-*+\d`]/.test(sentenceText(best, at));
  let first = position;
  let last = position;
  if (isProse(position)) {
    if (isProse(position - 1) && (isNear(position - 1) || pointsBack.test(sentenceText(best, position)))) first--;
    if (isProse(position + 1) && isNear(position + 1)) last++;
  }
  const start = segment.sentences[first]?.start ?? 0;
  const end = segment.sentences[last]?.end ?? segment.text.length;
  const mark = /^(?:[-*+•]|\d{1,3}[.)]|#{1,6})\s+/.exec(segment.text.slice(start, end))?.[0].length ?? 0;
  const span = { passage: segment.passage, start: start + mark, end };
  return { ...span, readable: readable(segment.text, span), score: best.score };
}

function sentenceText({ segment }: RankedSentence, position: number): string {
  const sentence = segment.sentences[position];
  return sentence ? segment.text.slice(sentence.start, sentence.end) : "";
}

function readable(text: string, { start, end }: PassageSpan): string {
  const quoted = text.slice(start, end).replace(/\s+/g, " ");
  if (!quoted.startsWith("|")) return quoted;
  const header = headerOf(text, start);
  const cells = cellsOf(quoted);
  return cells
    .map((cell, column) => (header?.[column] && header[column] !== cell ? `${header[column]}: ${cell}` : cell))
    .filter((cell) => cell !== "")
    .join("; ");
}

/** The first row of the table that the row at `start` stands in. */
function headerOf(text: string, start: number): readonly string[] | undefined {
  const rows = text.slice(0, start).trimEnd().split("\n");
  const firstOther = rows.findLastIndex((row) => !/^\s*\|/.test(row));
  const header = rows[firstOther + 1];
  return header === undefined ? undefined : cellsOf(header);
}

function cellsOf(row: string): readonly string[] {
  return row
    .trim()
    .replace(/^\||\|$/g, "")
    .split("|")
    .map((cell) => cell.trim());
}
