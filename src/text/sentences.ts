// Cuts extracted text into the units that a reader quotes: sentences, list items, headings, table rows, records.
// Knows the Markdown that parsers emit and common abbreviations; knows nothing of meaning.

/** UTF-16 offsets into the text that was cut; `end` is exclusive. */
export type TextSpan = { readonly start: number; readonly end: number };

const heading = /^\s{0,3}#{1,6}\s/;
const listItem = /^\s*(?:[-*+•]|\d{1,3}[.)])\s+\S/;
const tableRow = /^\s*\|/;
const tableRule = /^[\s|:+-]*-[\s|:+-]*$/;
const codeFence = /^\s*(?:```|~~~)/;
const keyValue = /^[^\s:|][^:|]{0,40}:\s\S/;

/** List items and records longer than this (in characters) are cut into sentences. */
const longestUnit = 320;

/**
 * Sentences and sentence-like units of `text`, in order, disjoint, without surrounding white space. Rules of tables
 * and code fences belong to no unit. Time is linear in the length of the text.
 */
export function sentencesOf(text: string): readonly TextSpan[] {
  const units: TextSpan[] = [];
  for (const block of blocksOf(text)) {
    const span = trimmed(text, block.start, block.end);
    if (!span) continue;
    if (block.kind === "prose" || span.end - span.start > longestUnit) pushSentences(text, span, units);
    else units.push(span);
  }
  return units;
}

type Block = { readonly kind: "prose" | "unit"; readonly start: number; readonly end: number };
type Line = { readonly start: number; readonly end: number; readonly text: string };

function* linesOf(text: string): Generator<Line> {
  for (let start = 0; start <= text.length; ) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    yield { start, end, text: text.slice(start, end) };
    start = end + 1;
  }
}

/** Groups lines: a heading or table row is a unit at once; a list item and a paragraph take the lines that follow. */
function* blocksOf(text: string): Generator<Block> {
  let open: Line[] = [];
  let isItem = false;
  let isCode = false;
  const closed = (): readonly Block[] => {
    const lines = open;
    open = [];
    return lines.length === 0 ? [] : isCode || isItem ? [blockOf("unit", lines)] : paragraphBlocks(lines);
  };
  for (const line of linesOf(text)) {
    if (codeFence.test(line.text)) {
      yield* closed();
      isCode = !isCode;
      isItem = false;
    } else if (line.text.trim() === "") {
      yield* closed();
      isItem = false;
    } else if (isCode) {
      open.push(line);
    } else if (heading.test(line.text) || tableRow.test(line.text) || tableRule.test(line.text)) {
      yield* closed();
      isItem = false;
      if (!tableRule.test(line.text)) yield blockOf("unit", [line]);
    } else if (listItem.test(line.text)) {
      yield* closed();
      isItem = true;
      open.push(line);
    } else open.push(line);
  }
  yield* closed();
}

function blockOf(kind: Block["kind"], lines: readonly Line[]): Block {
  return { kind, start: lines[0]?.start ?? 0, end: lines.at(-1)?.end ?? 0 };
}

/** Lines of CSV records or of `key: value` pairs are units of their own; other lines are one wrapped paragraph. */
function paragraphBlocks(lines: readonly Line[]): readonly Block[] {
  if (lines.length > 1 && (haveEqualDelimiters(lines) || lines.every((line) => keyValue.test(line.text)))) {
    return lines.map((line) => blockOf("unit", [line]));
  }
  return [blockOf("prose", lines)];
}

/** True where every line has the same number, two or more, of tabs, semicolons or commas: records, not prose. */
function haveEqualDelimiters(lines: readonly Line[]): boolean {
  return ["\t", ";", ","].some((delimiter) => {
    const count = (line: Line) => line.text.replace(/"[^"]*"/g, "").split(delimiter).length - 1;
    const expected = count(lines[0] as Line);
    return expected >= 2 && lines.every((line) => count(line) === expected && !/[,;\t]\s*$/.test(line.text));
  });
}

function trimmed(text: string, start: number, end: number): TextSpan | undefined {
  let from = start;
  let to = end;
  while (from < to && text.charAt(from).trim() === "") from++;
  while (to > from && text.charAt(to - 1).trim() === "") to--;
  return from < to ? { start: from, end: to } : undefined;
}

const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });
const possibleEnd = /[.!?…]["'”’»)\]*_]*\s|[。！？．]/;

function pushSentences(text: string, span: TextSpan, units: TextSpan[]): void {
  const paragraph = text.slice(span.start, span.end);
  if (!possibleEnd.test(paragraph)) {
    units.push(span);
    return;
  }
  // Wrapped lines are one sentence: the segmenter would end a sentence at every line break.
  const flat = paragraph.replace(/[\n\r\u2028\u2029\u0085]/g, " ");
  let start = 0;
  for (const { segment, index } of segmenter.segment(flat)) {
    const end = index + segment.length;
    if (end < flat.length && continues(flat.slice(Math.max(start, end - tailCharacters), end), flat, end)) continue;
    const sentence = trimmed(text, span.start + start, span.start + end);
    if (sentence) units.push(sentence);
    start = end;
  }
}

const titles =
  "mr mrs ms dr prof st sr jr hon rev gen col capt lt sgt sen rep gov pres mt ft hr fr frau dipl ing mag nr no nos art abs fig figs eq sec ch vol pp pg ed eds al cf ca approx vs bzw evtl ggf inkl exkl usw tel bd kap ziff m mme mlle jan feb mar apr jun jul aug sep sept oct nov dec okt dez";
const abbreviations: ReadonlySet<string> = new Set(titles.split(" "));
const alwaysContinues =
  /(?:^|[\s("'“‘])(?:e\.\s?g|i\.\s?e|z\.\s?B|d\.\s?h|u\.\s?a|o\.\s?ä|s\.\s?o|p\.\s?ex|a\.\s?k\.\s?a)\.\s*$/i;

/** Characters before a possible end that tell whether it is one. */
const tailCharacters = 24;

/** True where the full stop before `end` belongs to an abbreviation, an initial or a numbered reference. */
function continues(sentence: string, paragraph: string, end: number): boolean {
  if (alwaysContinues.test(sentence)) return true;
  const tail = /([\p{L}\p{N}]+)\.["'”’)\]]*\s*$/u.exec(sentence);
  const next = paragraph.charAt(end);
  if (!tail?.[1]) return /\p{Ll}/u.test(next) && !/[!?…]["'”’»)\]*_]*\s*$|[。！？]\s*$/.test(sentence);
  const word = tail[1];
  if (/\p{Ll}/u.test(next)) return true;
  if (/^\p{Lu}$/u.test(word)) return word !== "I";
  if (/^\p{Ll}$/u.test(word) && /^\p{L}\./u.test(paragraph.slice(end))) return true;
  if (!abbreviations.has(word.toLowerCase())) return /^\d{1,2}$/.test(word) && isGermanDate(paragraph, end);
  return word.length > 2 || /^\p{Lu}/u.test(word) || /[\p{N}]/u.test(next);
}

const germanMonth = /^(?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)/;

function isGermanDate(paragraph: string, end: number): boolean {
  return germanMonth.test(paragraph.slice(end, end + 10));
}
