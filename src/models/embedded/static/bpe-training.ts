// Learns a byte-pair vocabulary from word counts. Knows nothing of texts or vectors.
import { pairHeap } from "./pair-heap.ts";
import { type PairTable, pairTable } from "./pair-table.ts";

/** Ids 0–255 are bytes, then the word-initial marker, then `characters`, then one id per merge, in order. */
export type BpeVocabulary = {
  readonly characters: readonly string[];
  /** Pairs of ids: merge k joins `merges[2k]` and `merges[2k + 1]`. */
  readonly merges: Uint16Array;
};

export const markerId = 256;
export const firstCharacterId = 257;

export type BpeTrainingOptions = {
  /** Upper bound on ids, at most 65,000. Default 30,000. */
  readonly vocabularySize?: number;
  /** Pairs rarer than this are not merged. Default 2. */
  readonly minimumPairCount?: number;
};

/** Words cut into symbols, flat: word w is `symbols[starts[w] … starts[w] + lengths[w])`, shortened in place by merges. */
type SymbolWords = {
  readonly symbols: Uint16Array;
  readonly starts: Uint32Array;
  readonly lengths: Uint8Array;
  readonly counts: readonly number[];
};

/** The ids of a word before any merge: the marker, then characters, or their UTF-8 bytes where they are not in `ids`. */
export function baseSymbols(word: string, ids: ReadonlyMap<string, number>): number[] {
  const symbols = [markerId];
  for (const character of word) {
    const id = ids.get(character);
    if (id === undefined) symbols.push(...new TextEncoder().encode(character));
    else symbols.push(id);
  }
  return symbols;
}

export function characterIds(characters: readonly string[]): ReadonlyMap<string, number> {
  return new Map(characters.map((character, index) => [character, firstCharacterId + index]));
}

/** Greedy BPE (Sennrich et al. 2016) with incremental pair counts. Deterministic; independent of the order of `wordCounts` save for ties. */
export function trainBpe(wordCounts: ReadonlyMap<string, number>, options: BpeTrainingOptions = {}): BpeVocabulary {
  const vocabularySize = Math.min(options.vocabularySize ?? 30_000, 65_000);
  const characters = commonCharacters(wordCounts, Math.floor((vocabularySize - firstCharacterId) / 3));
  const words = splitIntoSymbols(wordCounts, characterIds(characters));
  const pairs = countPairs(words);
  const minimum = options.minimumPairCount ?? 2;
  const heap = pairHeap();
  for (const [slot, count] of pairs.counts.entries()) if (count >= minimum) heap.push(count, slot);

  const merges: number[] = [];
  let nextId = firstCharacterId + characters.length;
  while (nextId < vocabularySize) {
    const top = heap.pop();
    if (!top) break;
    const count = pairs.counts[top.slot]!;
    if (count !== top.count) {
      if (count >= minimum) heap.push(count, top.slot);
      continue;
    }
    merges.push(pairs.left(top.slot), pairs.right(top.slot));
    for (const slot of mergePair(top.slot, nextId, words, pairs)) {
      if (pairs.counts[slot]! >= minimum) heap.push(pairs.counts[slot]!, slot);
    }
    nextId++;
  }
  return { characters, merges: Uint16Array.from(merges) };
}

function commonCharacters(wordCounts: ReadonlyMap<string, number>, limit: number): string[] {
  const counts = new Map<string, number>();
  for (const [word, count] of wordCounts) {
    for (const character of word) counts.set(character, (counts.get(character) ?? 0) + count);
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, limit)
    .map(([character]) => character);
}

function splitIntoSymbols(wordCounts: ReadonlyMap<string, number>, ids: ReadonlyMap<string, number>): SymbolWords {
  const starts = new Uint32Array(wordCounts.size);
  const lengths = new Uint8Array(wordCounts.size);
  const flat: number[] = [];
  let index = 0;
  for (const word of wordCounts.keys()) {
    const symbols = baseSymbols(word, ids);
    starts[index] = flat.length;
    lengths[index++] = symbols.length;
    for (const symbol of symbols) flat.push(symbol);
  }
  return { symbols: Uint16Array.from(flat), starts, lengths, counts: [...wordCounts.values()] };
}

function countPairs(words: SymbolWords): PairTable {
  const pairs = pairTable();
  for (let word = 0; word < words.starts.length; word++) {
    const start = words.starts[word]!;
    for (let at = start; at + 1 < start + words.lengths[word]!; at++) {
      const slot = pairs.slotOf(words.symbols[at]!, words.symbols[at + 1]!);
      pairs.counts[slot]! += words.counts[word]!;
      pairs.words[slot]!.push(word);
    }
  }
  return pairs;
}

/** Joins one pair everywhere. Returns the slots of the pairs that this made; no other pair grew. */
function mergePair(slot: number, newId: number, words: SymbolWords, pairs: PairTable): Set<number> {
  const fresh = new Set<number>();
  for (const word of pairs.words[slot]!) mergeInWord(word, slot, newId, words, pairs, fresh);
  pairs.words[slot] = [];
  pairs.counts[slot] = 0;
  return fresh;
}

function mergeInWord(
  word: number,
  slot: number,
  newId: number,
  { symbols, starts, lengths, counts }: SymbolWords,
  pairs: PairTable,
  fresh: Set<number>,
): void {
  const left = pairs.left(slot);
  const right = pairs.right(slot);
  const start = starts[word]!;
  const end = start + lengths[word]!;
  const count = counts[word]!;
  let write = start;
  for (let read = start; read < end; read++) {
    if (symbols[read] !== left || read + 1 >= end || symbols[read + 1] !== right) {
      symbols[write++] = symbols[read]!;
      continue;
    }
    if (write > start) replace(symbols[write - 1]!, left, symbols[write - 1]!, newId);
    if (read + 2 < end) replace(right, symbols[read + 2]!, newId, symbols[read + 2]!);
    symbols[write++] = newId;
    read++;
  }
  lengths[word] = write - start;

  function replace(oldLeft: number, oldRight: number, newLeft: number, newRight: number): void {
    pairs.counts[pairs.slotOf(oldLeft, oldRight)]! -= count;
    const made = pairs.slotOf(newLeft, newRight);
    pairs.counts[made]! += count;
    pairs.words[made]!.push(word);
    fresh.add(made);
  }
}
