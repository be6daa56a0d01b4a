import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bpeTokenizer } from "./bpe-tokenizer.ts";
import { trainBpe } from "./bpe-training.ts";
import { wordsOf } from "./words.ts";

function counted(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of wordsOf(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

const corpus = "The lower tower shows the newest flower. Lower towers, newer flowers! Größe über Maße 東京都 ไทย";

/** Merges by the plainest possible loop: recount every pair after each merge. */
function trainByRecounting(counts: ReadonlyMap<string, number>, merges: number): string[][] {
  const words = [...counts].map(([word, count]) => ({ symbols: ["▁", ...word], count }));
  const made: string[][] = [];
  for (let merge = 0; merge < merges; merge++) {
    const pairs = new Map<string, number>();
    for (const { symbols, count } of words) {
      for (let at = 0; at + 1 < symbols.length; at++) {
        const key = `${symbols[at]} ${symbols[at + 1]}`;
        pairs.set(key, (pairs.get(key) ?? 0) + count);
      }
    }
    const best = Math.max(0, ...pairs.values());
    if (best < 2) break;
    made.push([...pairs].filter(([, count]) => count === best).map(([key]) => key));
    const [left, right] = made.at(-1)![0]!.split(" ");
    for (const word of words) {
      const joined: string[] = [];
      for (let at = 0; at < word.symbols.length; at++) {
        const isPair = word.symbols[at] === left && word.symbols[at + 1] === right;
        joined.push(isPair ? `${left}${right}` : word.symbols[at]!);
        if (isPair) at++;
      }
      word.symbols = joined;
    }
  }
  return made;
}

describe("byte-pair training", () => {
  test("learns what recounting every pair after every merge learns", () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(fc.dictionary(word, fc.integer({ min: 1, max: 50 }), { minKeys: 1, maxKeys: 12 }), (dictionary) => {
        const counts = new Map(Object.entries(dictionary));
        const vocabulary = trainBpe(counts);
        const tokenizer = bpeTokenizer(vocabulary);
        const firstMerge = tokenizer.vocabularySize - vocabulary.merges.length / 2;
        const spelled = (id: number) => (id === 256 ? "▁" : spell(tokenizer.decode([id]), tokenizer.beginsWord(id)));
        const candidates = trainByRecounting(counts, vocabulary.merges.length / 2);
        // Ties may fall either way, after which the two runs part: compare up to the first tie.
        for (const [rank, keys] of candidates.entries()) {
          if (keys.length > 1) break;
          expect(spelled(firstMerge + rank)).toBe(keys[0]!.replace(" ", ""));
        }
      }),
    );
    function spell(text: string, isInitial: boolean): string {
      return isInitial ? `▁${text}` : text;
    }
  });

  test("does not depend on anything but the counts, and keeps to its size", () => {
    const counts = counted(corpus.repeat(3));
    expect(trainBpe(counts)).toEqual(trainBpe(new Map(counts)));
    const small = trainBpe(counts, { vocabularySize: 320 });
    expect(bpeTokenizer(small).vocabularySize).toBeLessThanOrEqual(320);
  });

  test("makes frequent words one token", () => {
    const tokenizer = bpeTokenizer(trainBpe(counted(corpus.repeat(20))));
    expect(tokenizer.encodeWord("lower")).toHaveLength(1);
    expect(tokenizer.encodeWord("flowers").length).toBeLessThanOrEqual(2);
    expect(tokenizer.beginsWord(tokenizer.encodeWord("lower")[0]!)).toBe(true);
  });
});

describe("the tokenizer", () => {
  const tokenizer = bpeTokenizer(trainBpe(counted(corpus)));

  test("decodes to the words of any text, whatever its script", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 120 }), (text) => {
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(wordsOf(text).join(" "));
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (text) => {
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(wordsOf(text).join(" "));
      }),
    );
  });

  test("encodes a text as its words one after the other, cached or not", () => {
    const text = "Lower towers and an unheard-of flower";
    const separate = wordsOf(text).flatMap((word) => [...tokenizer.encodeWord(word)]);
    expect(tokenizer.encode(text)).toEqual(separate);
    expect(tokenizer.encode(text)).toEqual(separate);
  });
});
