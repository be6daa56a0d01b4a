// Questions from a document's own structure: headings, table rows, sentences with one number. Rules, no language model:
// the questions are stiff, the answers are the document's words.
import type { SourceDocument } from "../../core/documents.ts";
import { sentencesOf, type TextSpan } from "../../text/sentences.ts";
import { faultOf, type PairMethod, type QuestionPair } from "./question-pair.ts";

/** Every good pair, in the order of the text. */
export function pairsFromText(document: SourceDocument): readonly QuestionPair[] {
  const pairs = sectionsOf(document).flatMap((section) => [
    ...headingPairs(document, section),
    ...tablePairs(document, section),
    ...clozePairs(document, section),
  ]);
  return pairs.filter((pair) => faultOf(pair, document.text) === undefined);
}

type Section = TextSpan & { readonly heading: string };

const headingLine = /^ {0,3}#{1,6}[ \t]+(.+?)[ \t]*#*[ \t]*$/gm;

/** Text between headings; what stands before the first has the heading "". */
function sectionsOf({ text }: SourceDocument): readonly Section[] {
  const sections: Section[] = [];
  let heading = "";
  let start = 0;
  for (const match of text.matchAll(headingLine)) {
    sections.push({ heading, start, end: match.index });
    heading = (match[1] ?? "").replace(/[*_`]/g, "");
    start = match.index + match[0].length;
  }
  sections.push({ heading, start, end: text.length });
  return sections.filter((section) => text.slice(section.start, section.end).trim() !== "");
}

const fewestWords = 5;
const longestAnswer = 320;

/** "What does … say about …?": the first sentences below the heading; a heading that asks is its own question. */
function headingPairs(document: SourceDocument, section: Section): readonly QuestionPair[] {
  const { heading } = section;
  if (heading === "" || heading === document.title) return [];
  const [first, second] = prose(document, section);
  if (first === undefined) return [];
  const end = second && second.end - first.start <= longestAnswer ? second.end : first.end;
  const asks = /\?$/.test(heading);
  const question = asks ? heading : `What does "${document.title}" say about "${heading}"?`;
  return [pairAt(document, "heading", question, { start: first.start, end })];
}

/** Sentences, without list items, table rows, and scraps. */
function prose({ text }: SourceDocument, section: Section): readonly TextSpan[] {
  return sentencesOf(text.slice(section.start, section.end))
    .map(({ start, end }) => ({ start: start + section.start, end: end + section.start }))
    .filter(({ start, end }) => {
      const sentence = text.slice(start, end);
      return (
        /[.!?]$/.test(sentence) && !/^[|#>*+-]|^\d+[.)]\s/.test(sentence) && sentence.split(/\s+/).length >= fewestWords
      );
    });
}

const tableLine = /^[ \t]*\|.*\|[ \t]*$/gm;

/** "What is the column of the row?": the first column names the row. */
function tablePairs(document: SourceDocument, section: Section): readonly QuestionPair[] {
  const lines = [...document.text.slice(section.start, section.end).matchAll(tableLine)].map((match) => ({
    start: section.start + match.index,
    text: match[0],
  }));
  const pairs: QuestionPair[] = [];
  let header: readonly string[] = [];
  for (const [place, line] of lines.entries()) {
    const below = lines[place + 1];
    if (isRule(line.text)) continue;
    const cells = cellsOf(line.text);
    if (below && isRule(below.text)) header = cells;
    else if (header.length > 1 && cells.length === header.length)
      pairs.push(...rowPairs(document, section, header, cells, line));
  }
  return pairs;
}

function rowPairs(
  document: SourceDocument,
  { heading }: Section,
  header: readonly string[],
  cells: readonly string[],
  line: { readonly start: number; readonly text: string },
): readonly QuestionPair[] {
  const [row = ""] = cells;
  const place =
    heading === "" || heading === document.title ? `"${document.title}"` : `"${document.title}", ${heading}`;
  if (row === "") return [];
  return cells.slice(1).flatMap((answer, at) => {
    const column = header[at + 1] ?? "";
    if (column === "" || !/[\p{L}\p{N}]/u.test(answer)) return [];
    const span = { start: line.start, end: line.start + line.text.length };
    return [{ ...pairAt(document, "table-row", `In ${place}: what is "${column}" for "${row}"?`, span), answer }];
  });
}

function isRule(line: string): boolean {
  return /^[\s|:-]*-[\s|:-]*$/.test(line);
}

function cellsOf(line: string): readonly string[] {
  return line
    .trim()
    .replace(/^\||\|$/g, "")
    .split("|")
    .map((cell) => cell.replace(/[*_`]/g, "").trim());
}

/** A number with the word after it, or a sign of money before it. */
const quantity = /(?<![\p{L}\p{N}.,/:-])(?:[€$£]\s?)?\d+(?:[.,:]\d+)*(?:\s?%|\s?€|(?:\s|-)\p{L}+)?(?![\p{L}\p{N}])/gu;

/** Sentences with exactly one number: the number is the gap. */
function clozePairs(document: SourceDocument, section: Section): readonly QuestionPair[] {
  return prose(document, section).flatMap((span) => {
    const sentence = document.text.slice(span.start, span.end);
    const [only, other] = [...sentence.matchAll(quantity)];
    if (only === undefined || other !== undefined || sentence.length > longestAnswer) return [];
    if (sentence.replace(only[0], "").match(/\d/)) return [];
    const gapped = `${sentence.slice(0, only.index)}____${sentence.slice(only.index + only[0].length)}`;
    const question = `Fill the gap, from "${document.title}": ${gapped.replace(/\s+/g, " ")}`;
    return [{ ...pairAt(document, "cloze", question, span), answer: only[0] }];
  });
}

function pairAt(
  document: SourceDocument,
  method: PairMethod,
  question: string,
  { start, end }: TextSpan,
): QuestionPair {
  const { id, source, text, pages } = document;
  const quote = text.slice(start, end);
  const page = pages?.find((one) => one.start <= start && start < one.end)?.page;
  const citation = { documentId: id, source, ...(page === undefined ? {} : { page }), start, end, quote };
  return { question, answer: quote.replace(/\s+/g, " "), method, citation };
}
