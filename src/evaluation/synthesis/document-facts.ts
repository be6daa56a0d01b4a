// Facts that stand in a document's text in a form that a rule can ask for: table cells, numbers in sentences, headings that
// ask. Knows Markdown as the parsers write it, and no question.
import type { SourceDocument } from "../../core/documents.ts";
import { sentencesOf } from "../../text/sentences.ts";
import { stopWords } from "../../text/stop-words.ts";

/** A stretch of the document's text. */
export type Found = { readonly text: string; readonly start: number; readonly end: number };

export type TableCell = { readonly row: string; readonly column: string; readonly cell: Found };
export type NumberInSentence = { readonly sentence: Found; readonly number: Found };
export type AskingHeading = { readonly heading: string; readonly answer: Found };

export type DocumentFacts = {
  readonly cells: readonly TableCell[];
  readonly numbers: readonly NumberInSentence[];
  readonly headings: readonly AskingHeading[];
};

export function factsOf({ text }: SourceDocument): DocumentFacts {
  const units = sentencesOf(text).map(({ start, end }) => ({ text: text.slice(start, end), start, end }));
  return { cells: cellsOf(units), numbers: units.flatMap(numberIn), headings: askingHeadings(units) };
}

const tableRow = /^\|.*\|$/;

function cellsOf(units: readonly Found[]): readonly TableCell[] {
  const cells: TableCell[] = [];
  let head: readonly Found[] | undefined;
  for (const unit of units) {
    if (!tableRow.test(unit.text)) {
      head = undefined;
      continue;
    }
    const row = splitRow(unit);
    if (head === undefined || row.length !== head.length) head = row;
    else cells.push(...askable(head, row));
  }
  return cells;
}

function splitRow({ text, start }: Found): readonly Found[] {
  const cells: Found[] = [];
  for (const match of text.matchAll(/\|((?:[^|\\]|\\.)*)(?=\|)/g)) {
    const inner = match[1] ?? "";
    const lead = inner.length - inner.trimStart().length;
    const at = start + match.index + 1 + lead;
    cells.push({ text: inner.trim(), start: at, end: at + inner.trim().length });
  }
  return cells;
}

const longestCell = 60;

/** The first column names the row. Empty, long and formatted cells are no answers to ask for. */
function askable(head: readonly Found[], row: readonly Found[]): readonly TableCell[] {
  const [name] = row;
  if (name === undefined || !isName(name.text)) return [];
  return row.slice(1).flatMap((cell, at): TableCell[] => {
    const column = head[at + 1]?.text ?? "";
    return isName(column) && isAnswer(cell.text) ? [{ row: name.text, column, cell }] : [];
  });
}

function isName(text: string): boolean {
  return text.length >= 2 && text.length <= longestCell && /\p{L}/u.test(text);
}

function isAnswer(text: string): boolean {
  return text.length <= longestCell && /[\p{L}\p{N}]/u.test(text) && !/[*_`<>[\]]/.test(text);
}

/** An amount with its sign or unit: "€3.20", "25 minutes", "12 %". */
const amount = /(?<![\p{L}\p{N}.,])(?:[€$£]\s?)?\d+(?:[.,:]\d+)*(?:[\s\u00a0]?(?:%|€|°C)|[\s\u00a0]\p{L}{2,})?/gu;

/** Sentences of readable length with exactly one amount: which gap is meant is then beyond doubt. */
function numberIn(sentence: Found): readonly NumberInSentence[] {
  const { text, start } = sentence;
  if (text.length < 40 || text.length > 240 || /^[#|>*-]|\||\]\(|\n/.test(text)) return [];
  const [number, ...others] = [...text.matchAll(amount)];
  if (number === undefined || others.length > 0) return [];
  const at = start + number.index;
  const found = withoutFunctionWord(number[0]);
  return [{ sentence, number: { text: found, start: at, end: at + found.length } }];
}

const functionWords = new Set(Object.values(stopWords).flatMap((words) => [...words]));

/** "14 who" is "14": the word behind a number is a unit or nothing. */
function withoutFunctionWord(found: string): string {
  const word = /\s(\p{L}+)$/u.exec(found)?.[1];
  return word !== undefined && functionWords.has(word.toLowerCase()) ? found.slice(0, -word.length).trimEnd() : found;
}

function askingHeadings(units: readonly Found[]): readonly AskingHeading[] {
  return units.flatMap(({ text }, at): AskingHeading[] => {
    const heading = /^#{1,6}\s+(.{8,}\?)\s*$/.exec(text)?.[1];
    const answer = units[at + 1];
    return heading && answer && !/^[#|]/.test(answer.text) ? [{ heading, answer }] : [];
  });
}
