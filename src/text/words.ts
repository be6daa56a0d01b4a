// Splits text into words as search needs them: words, numbers, identifiers whole and in parts, CJK in bigrams.
// Knows Unicode classes; knows neither stop words nor stems.

const other = 1;
const letter = 2;
const digit = 3;
const ideograph = 4;
const mark = 5;

/** Character class per UTF-16 code unit, 0 where not yet looked up. Surrogates count as other. */
const classes = new Uint8Array(65536);

const unspacedScripts =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー]/u;

function classOf(code: number): number {
  const known = classes[code] as number;
  if (known !== 0) return known;
  const character = String.fromCharCode(code);
  const found = unspacedScripts.test(character)
    ? ideograph
    : /\p{L}/u.test(character)
      ? letter
      : /\p{Nd}/u.test(character)
        ? digit
        : /\p{M}/u.test(character)
          ? mark
          : other;
  classes[code] = found;
  return found;
}

const isWordPart = (kind: number) => kind === letter || kind === digit || kind === mark;
const isConnector = (code: number) => code === 45 || code === 46 || code === 95 || code === 8209;

/**
 * Calls `visit` for every word of `text` in order, in the spelling of the text. Words joined by `-`, `.` or `_` and
 * camelCase names are visited part by part, then joined without connectors ("e-mail": e, mail, email). Numbers with a
 * decimal part stay whole with a full stop ("1,5": 1.5), thousands lose their separators ("1.500": 1500).
 */
export function forEachWord(text: string, visit: (word: string) => void): void {
  const length = text.length;
  for (let position = 0; position < length; ) {
    const kind = classOf(text.charCodeAt(position));
    if (kind === letter || kind === digit) position = visitCompound(text, position, visit);
    else if (kind === ideograph) position = visitBigrams(text, position, visit);
    else position++;
  }
}

/** Reads words joined by connectors from `start`; returns where they end. */
function visitCompound(text: string, start: number, visit: (word: string) => void): number {
  let end = wordEnd(text, start);
  const next = text.charCodeAt(end);
  if (!isConnector(next) && next !== 44) {
    visitWord(text.slice(start, end), visit);
    return end;
  }
  const isNumeric = classOf(text.charCodeAt(start)) === digit;
  const parts = [text.slice(start, end)];
  while (joins(text, end, isNumeric)) {
    const from = end + 1;
    end = wordEnd(text, from);
    parts.push(text.slice(from, end));
  }
  if (parts.length === 1) visitWord(parts[0] as string, visit);
  else if (parts.every((part) => allDigits.test(part))) visitNumber(text.slice(start, end), parts, visit);
  else {
    for (const part of parts) visitWord(part, visit);
    visit(parts.join(""));
  }
  return end;
}

const allDigits = /^\d+$/;

function wordEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length && isWordPart(classOf(text.charCodeAt(end)))) end++;
  return end;
}

/** A comma joins digits only. */
function joins(text: string, at: number, isNumeric: boolean): boolean {
  const connector = text.charCodeAt(at);
  const next = classOf(text.charCodeAt(at + 1));
  if (at + 1 >= text.length) return false;
  if (connector === 44) return isNumeric && next === digit && classOf(text.charCodeAt(at - 1)) === digit;
  return isConnector(connector) && (next === letter || next === digit);
}

const thousands = /^\d{1,3}(?:,\d{3})+$|^\d{1,3}(?:\.\d{3})+$/;

function visitNumber(written: string, parts: readonly string[], visit: (word: string) => void): void {
  if (thousands.test(written)) visit(parts.join(""));
  else if (parts.length === 2 && /[.,]/.test(written)) visit(parts.join("."));
  else if (/^[\d,]+\.\d+$/.test(written)) visit(written.replaceAll(",", ""));
  else if (/^[\d.]+,\d+$/.test(written)) visit(written.replaceAll(".", "").replace(",", "."));
  else {
    for (const part of parts) visit(part);
    visit(parts.join("."));
  }
}

const hump = /(?<=\p{Ll}|\d)(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;
const mayHaveHump = /[\p{Ll}\d]\p{Lu}|\p{Lu}\p{Lu}\p{Ll}/u;

function visitWord(word: string, visit: (word: string) => void): void {
  if (word.length > 2 && mayHaveHump.test(word)) for (const part of word.split(hump)) visit(part);
  visit(word);
}

function visitBigrams(text: string, start: number, visit: (word: string) => void): number {
  let end = start;
  while (end < text.length && isOneOf(classOf(text.charCodeAt(end)))) end++;
  if (end - start === 1) visit(text.slice(start, end));
  for (let at = start; at + 2 <= end; at++) visit(text.slice(at, at + 2));
  return end;
}

const isOneOf = (kind: number) => kind === ideograph || kind === mark;
