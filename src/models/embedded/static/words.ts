// Splits any text into the words that tokens never cross. Knows scripts and sentence ends roughly; knows no vocabulary.

/** Longest word in UTF-16 units; what is longer (hashes, base64, unbroken lines) is cut into pieces of this length. */
export const longestWord = 40;

const unknown = 0;
const gap = 1;
const letter = 2;
/** A script written without blanks in which one character is about one morpheme: each is a word of its own. */
const ideograph = 3;
const sentenceEnd = 4;
const surrogate = 5;

const letterPattern = /[\p{L}\p{M}\p{N}]/u;
const ideographPattern = /[\p{Script=Han}\p{Script=Hiragana}]/u;
const sentenceEndPattern = /[.!?\n…。！？؟।]/u;

/** Class of each UTF-16 unit, filled as units are met. */
const classes = new Uint8Array(65536);

function classify(character: string): number {
  if (ideographPattern.test(character) && letterPattern.test(character)) return ideograph;
  if (letterPattern.test(character)) return letter;
  return sentenceEndPattern.test(character) ? sentenceEnd : gap;
}

function classAt(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  const known = classes[unit]!;
  if (known !== unknown && known !== surrogate) return known;
  if (unit >= 0xd800 && unit <= 0xdfff) {
    classes[unit] = surrogate;
    return classify(String.fromCodePoint(text.codePointAt(at)!));
  }
  const found = classify(text[at]!);
  classes[unit] = found;
  return found;
}

/** The spelling that words are compared in: well-formed, NFKC, lower case. */
export function foldText(text: string): string {
  // Plain ASCII is the common case, and there normalising changes nothing and costs most of the time.
  if (/^[\t-~]*$/.test(text)) return text.toLowerCase();
  const wellFormed = text.replace(/\p{Surrogate}/gu, "\ufffd");
  return wellFormed.normalize("NFKC").toLowerCase().normalize("NFKC");
}

/**
 * Calls `onWord` for each word of `text` in order: runs of letters, marks and digits in folded spelling, ideographs one
 * by one, at most `longestWord` units each. `onSentenceEnd` is called after the last word of what looks like a sentence.
 */
export function scanWords(text: string, onWord: (word: string) => void, onSentenceEnd?: () => void): void {
  const folded = foldText(text);
  let start = -1;
  let at = 0;
  while (at < folded.length) {
    const kind = classAt(folded, at);
    const width = isPair(folded, at) ? 2 : 1;
    if (kind === letter && (start < 0 || at + width - start <= longestWord)) {
      if (start < 0) start = at;
    } else {
      if (start >= 0) onWord(folded.slice(start, at));
      start = kind === letter ? at : -1;
      if (kind === ideograph) onWord(folded.slice(at, at + width));
      else if (kind === sentenceEnd && endsSentence(folded, at)) onSentenceEnd?.();
    }
    at += width;
  }
  if (start >= 0) onWord(folded.slice(start));
}

/** The words of `text`, in order. */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  scanWords(text, (word) => words.push(word));
  return words;
}

function isPair(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xd800 && unit <= 0xdbff && at + 1 < text.length;
}

/** A full stop inside a number or a name ("3.5", "node.js") ends nothing; a single line break neither. */
function endsSentence(text: string, at: number): boolean {
  const next = text.charCodeAt(at + 1);
  const isBreak = Number.isNaN(next) || next <= 0x20;
  const unit = text.charCodeAt(at);
  if (unit === 10) return next === 10;
  return unit > 0x7f || isBreak;
}
