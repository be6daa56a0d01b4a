// Learns byte-pair merges from texts (Sennrich et al. 2016). Knows nothing of ids or special tokens.
import { spelled } from "./byte-alphabet.ts";

/**
 * GPT-2's pre-tokeniser: merges never cross these pieces. White space is Unicode's, as other engines read the rule; JavaScript's
 * `\s` has U+FEFF instead of U+0085.
 */
const pieces =
  /'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

export const piecesOf = (text: string): readonly string[] => text.match(pieces) ?? [];

export type Merge = readonly [left: string, right: string];

type Word = { symbols: readonly string[]; readonly count: number };
type Pair = { readonly merge: Merge; count: number; readonly words: Set<Word> };

/**
 * A space joins no word: " blue" in a question and "blue" after a quotation mark are then the same token, and copying a value
 * into an answer is copying tokens. Costs a third more tokens of text. Readers of GPT-2 merges take such a list as it is.
 */
const space = spelled(" ");

/** A pair that occurs once teaches nothing. */
const fewestOccurrences = 2;

/** At most `limit` merges, most frequent first; ties go to the pair that sorts first, so equal texts give equal merges. */
export function learnMerges(texts: Iterable<string>, limit: number): readonly Merge[] {
  const pairs = new Map<string, Pair>();
  for (const word of wordsOf(texts)) count(pairs, word, 1);
  const merges: Merge[] = [];
  while (merges.length < limit) {
    const best = mostFrequent(pairs);
    if (!best) break;
    merges.push(best.merge);
    for (const word of [...best.words]) {
      count(pairs, word, -1);
      word.symbols = merged(word.symbols, best.merge);
      count(pairs, word, 1);
    }
  }
  return merges;
}

function wordsOf(texts: Iterable<string>): readonly Word[] {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const piece of piecesOf(text)) counts.set(piece, (counts.get(piece) ?? 0) + 1);
  }
  return [...counts].map(([piece, total]) => ({ symbols: [...spelled(piece)], count: total }));
}

const keyOf = ([left, right]: Merge): string => `${left} ${right}`;

function count(pairs: Map<string, Pair>, word: Word, sign: 1 | -1): void {
  for (let at = 0; at + 1 < word.symbols.length; at++) {
    const merge: Merge = [word.symbols[at]!, word.symbols[at + 1]!];
    const key = keyOf(merge);
    const pair = pairs.get(key) ?? { merge, count: 0, words: new Set<Word>() };
    pairs.set(key, pair);
    pair.count += sign * word.count;
    if (sign === 1) pair.words.add(word);
    else pair.words.delete(word);
    if (pair.count === 0) pairs.delete(key);
  }
}

function mostFrequent(pairs: ReadonlyMap<string, Pair>): Pair | undefined {
  let best: Pair | undefined;
  for (const pair of pairs.values()) {
    if (pair.count < fewestOccurrences || pair.merge.includes(space)) continue;
    if (!best || pair.count > best.count || (pair.count === best.count && keyOf(pair.merge) < keyOf(best.merge)))
      best = pair;
  }
  return best;
}

/** `symbols` with every occurrence of the pair joined, from the left. */
export function merged(symbols: readonly string[], [left, right]: Merge): readonly string[] {
  const result: string[] = [];
  for (let at = 0; at < symbols.length; at++) {
    if (symbols[at] === left && symbols[at + 1] === right) {
      result.push(left + right);
      at++;
    } else result.push(symbols[at]!);
  }
  return result;
}
