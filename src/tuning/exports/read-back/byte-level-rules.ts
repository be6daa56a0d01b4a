// Hugging Face's byte-level BPE by its published rules (GPT-2), read from an exported vocabulary: the judge of tokenizer exports.
import type { TokenizerAsRead } from "../../formats/llama-as-read.ts";

/** Ids of a text. Control tokens spelled out in the text stay text (`split_special_tokens`, llama.cpp's `parse_special: false`). */
export function byteLevelEncoder({
  vocabulary,
  merges,
  controlIds,
}: TokenizerAsRead): (text: string) => readonly number[] {
  const isControl = new Set(controlIds);
  const ids = new Map(vocabulary.map((token, id) => [token, id] as const).filter(([, id]) => !isControl.has(id)));
  const ranks = new Map(merges.map(([left, right], rank) => [`${left} ${right}`, rank] as const));
  const letters = lettersOfBytes();
  return (text) =>
    splitWords(text).flatMap((word) => {
      const symbols = Array.from(new TextEncoder().encode(word), (byte) => letters[byte]!);
      return mergeByRank(symbols, ranks).map((symbol) => ids.get(symbol) ?? -1);
    });
}

/** GPT-2's `bytes_to_unicode`: three printable ranges stand for themselves, the rest follow from U+0100. */
function lettersOfBytes(): readonly string[] {
  const letters = new Map<number, string>();
  for (const [first, last] of [
    ["!", "~"],
    ["¡", "¬"],
    ["®", "ÿ"],
  ] as const) {
    for (let byte = first.charCodeAt(0); byte <= last.charCodeAt(0); byte++)
      letters.set(byte, String.fromCharCode(byte));
  }
  const rest = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !letters.has(byte));
  rest.forEach((byte, at) => {
    letters.set(byte, String.fromCharCode(0x100 + at));
  });
  return Array.from({ length: 256 }, (_, byte) => letters.get(byte)!);
}

type Kind = "letter" | "number" | "space" | "other";

function kindOf(character: string | undefined): Kind | undefined {
  if (character === undefined) return undefined;
  if (/^\p{L}$/u.test(character)) return "letter";
  if (/^\p{N}$/u.test(character)) return "number";
  return /^\p{White_Space}$/u.test(character) ? "space" : "other";
}

const contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

/** Character by character rather than by a regular expression, so that two readings of the rule meet. */
function splitWords(text: string): readonly string[] {
  const characters = Array.from(text);
  const words: string[] = [];
  let at = 0;
  while (at < characters.length) {
    const length = contractionAt(characters, at) ?? runAt(characters, at) ?? spacesAt(characters, at);
    words.push(characters.slice(at, at + length).join(""));
    at += length;
  }
  return words;
}

function contractionAt(characters: readonly string[], at: number): number | undefined {
  const ahead = characters.slice(at, at + 3).join("");
  return contractions.find((contraction) => ahead.startsWith(contraction))?.length;
}

/** A run of one kind with at most one space (U+0020) before it. */
function runAt(characters: readonly string[], at: number): number | undefined {
  const start = characters[at] === " " ? at + 1 : at;
  const kind = kindOf(characters[start]);
  if (kind === undefined || kind === "space") return undefined;
  let end = start;
  while (kindOf(characters[end]) === kind) end++;
  return end - at;
}

/** White space leaves its last character to the word that follows, unless that is all there is. */
function spacesAt(characters: readonly string[], at: number): number {
  let end = at;
  while (kindOf(characters[end]) === "space") end++;
  return end === characters.length || end - at === 1 ? end - at : end - at - 1;
}

/** One pair at a time: lowest rank, then leftmost. */
function mergeByRank(start: readonly string[], ranks: ReadonlyMap<string, number>): readonly string[] {
  const symbols = [...start];
  for (;;) {
    let best = -1;
    let lowest = Number.POSITIVE_INFINITY;
    for (let at = 0; at + 1 < symbols.length; at++) {
      const rank = ranks.get(`${symbols[at]} ${symbols[at + 1]}`);
      if (rank !== undefined && rank < lowest) [best, lowest] = [at, rank];
    }
    if (best < 0) return symbols;
    symbols.splice(best, 2, `${symbols[best]}${symbols[best + 1]}`);
  }
}
