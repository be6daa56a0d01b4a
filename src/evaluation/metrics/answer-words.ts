// The words of an answer, ready to be compared with a reference in any language. Knows no metric.
import type { Answer } from "../../core/answers.ts";

const citationMarker = /\s?\[\d+(?:\s*,\s*\d+)*\]/g;

/** What the answer says, without its citation markers; empty unless it was answered. */
export function saidBy(answer: Answer): string {
  if (answer.outcome !== "answered") return "";
  return answer.citations.length > 0 ? answer.text.replace(citationMarker, "") : answer.text;
}

/**
 * Compatibility forms folded (NFKC), lower case, dashes and slashes to blanks, other punctuation and symbols removed,
 * English articles removed, blanks squeezed. Differs from SQuAD's rule in treating every script's punctuation alike.
 */
export function foldWords(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\p{Pd}/\u2212]/gu, " ")
    .replace(/[\p{P}\p{S}]/gu, "")
    .replace(/(?<![\p{L}\p{N}])(?:a|an|the)(?![\p{L}\p{N}])/gu, " ")
    .replace(/\s+/gu, " ")
    .trim();
}

const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;
const wordCharacter = /[\p{L}\p{N}\p{M}]/u;

function continuesWord(before: string | undefined, after: string | undefined): boolean {
  if (!before || !after) return false;
  if (unspaced.test(before) || unspaced.test(after)) return false;
  return wordCharacter.test(before) && wordCharacter.test(after);
}

/** True where `part` stands in `whole` as whole words; scripts written without blanks need no word edge. Both folded. */
export function containsWords(whole: string, part: string): boolean {
  if (part === "") return false;
  for (let at = whole.indexOf(part); at >= 0; at = whole.indexOf(part, at + 1)) {
    const end = at + part.length;
    const startsInside = continuesWord(whole[at - 1], part[0]);
    const endsInside = continuesWord(part.at(-1), whole[end]);
    if (!startsInside && !endsInside) return true;
  }
  return false;
}
