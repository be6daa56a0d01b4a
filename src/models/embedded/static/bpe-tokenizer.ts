// Turns text into token ids by a learned vocabulary. Every text has tokens; no text is refused.
import { type BpeVocabulary, baseSymbols, characterIds, firstCharacterId, markerId } from "./bpe-training.ts";
import { scanWords } from "./words.ts";

export type BpeTokenizer = {
  readonly vocabularySize: number;
  /** Token ids of one word as `wordsOf` yields them. Cached. */
  encodeWord(word: string): Uint16Array;
  /** True for tokens that carry the word-initial marker. */
  beginsWord(id: number): boolean;
  /** Appends the ids of `text` to `into`. */
  encode(text: string, into?: number[]): number[];
  /** The words behind ids, joined by blanks: `decode(encode(text)) === wordsOf(text).join(" ")`. */
  decode(ids: readonly number[]): string;
};

/** Enough for the frequent words of any corpus; a full cache is emptied, since frequent words come back at once. */
const cacheLimit = 100_000;

export function bpeTokenizer(vocabulary: BpeVocabulary): BpeTokenizer {
  const ids = characterIds(vocabulary.characters);
  const ranks = mergeRanks(vocabulary.merges);
  const firstMergeId = firstCharacterId + vocabulary.characters.length;
  const cache = new Map<string, Uint16Array>();

  function encodeWord(word: string): Uint16Array {
    const cached = cache.get(word);
    if (cached) return cached;
    const tokens = Uint16Array.from(applyMerges(baseSymbols(word, ids), ranks, firstMergeId));
    if (cache.size >= cacheLimit) cache.clear();
    cache.set(ownCopy(word), tokens);
    return tokens;
  }

  return {
    vocabularySize: firstMergeId + vocabulary.merges.length / 2,
    encodeWord,
    beginsWord(id) {
      let first = id;
      while (first >= firstMergeId) first = vocabulary.merges[(first - firstMergeId) * 2]!;
      return first === markerId;
    },
    encode(text, into = []) {
      scanWords(text, (word) => {
        const tokens = encodeWord(word);
        for (let index = 0; index < tokens.length; index++) into.push(tokens[index]!);
      });
      return into;
    },
    decode: (tokens) => decodeTokens(tokens, vocabulary, firstMergeId),
  };
}

/** A string that does not keep the text alive that it was cut from. */
export function ownCopy(word: string): string {
  return word.length < 13 ? word : Buffer.from(word, "utf16le").toString("utf16le");
}

type MergeRanks = ReadonlyMap<number, number>;

function mergeRanks(merges: Uint16Array): MergeRanks {
  const ranks = new Map<number, number>();
  for (let rank = 0; rank * 2 < merges.length; rank++) {
    ranks.set(merges[2 * rank]! * 65536 + merges[2 * rank + 1]!, rank);
  }
  return ranks;
}

/** Repeats the earliest learned merge that applies; words are short, so the plain quadratic loop is the fast one. */
function applyMerges(symbols: number[], ranks: MergeRanks, firstMergeId: number): number[] {
  while (symbols.length > 1) {
    let best = Number.POSITIVE_INFINITY;
    for (let at = 0; at + 1 < symbols.length; at++) {
      const rank = ranks.get(symbols[at]! * 65536 + symbols[at + 1]!);
      if (rank !== undefined && rank < best) best = rank;
    }
    if (best === Number.POSITIVE_INFINITY) break;
    symbols = joinPairs(symbols, best, ranks, firstMergeId);
  }
  return symbols;
}

function joinPairs(symbols: readonly number[], rank: number, ranks: MergeRanks, firstMergeId: number): number[] {
  const joined: number[] = [];
  for (let at = 0; at < symbols.length; at++) {
    const next = symbols[at + 1];
    if (next !== undefined && ranks.get(symbols[at]! * 65536 + next) === rank) {
      joined.push(firstMergeId + rank);
      at++;
    } else joined.push(symbols[at]!);
  }
  return joined;
}

function decodeTokens(tokens: readonly number[], vocabulary: BpeVocabulary, firstMergeId: number): string {
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  const pending = [...tokens].reverse();
  while (pending.length > 0) {
    const id = pending.pop()!;
    if (id >= firstMergeId) {
      const merge = (id - firstMergeId) * 2;
      pending.push(vocabulary.merges[merge + 1]!, vocabulary.merges[merge]!);
    } else if (id >= firstCharacterId) bytes.push(...encoder.encode(vocabulary.characters[id - firstCharacterId]!));
    else if (id === markerId) bytes.push(0x20);
    else bytes.push(id);
  }
  return new TextDecoder().decode(Uint8Array.from(bytes)).trimStart();
}
