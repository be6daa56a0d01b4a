import { describe, expect, test } from "vitest";
import { buildTokenCorpus } from "./token-corpus.ts";
import { pairBatch, pairSource, type TextBatch, usablePassages } from "./training-pairs.ts";

const numerals = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

/** Passage i uses words of its own only, so that any token tells its passage. */
function distinctPassages(count: number, title: (index: number) => string) {
  return Array.from({ length: count }, (_, index) => {
    const words = numerals.map((numeral) => `${numeral}${"abcdefghijklmnopqrstuvwxyz"[index]}`);
    return { title: title(index), text: `${words.join(" ")}. ${words.toReversed().join(" ")}. ${words.join(" ")}.` };
  });
}

function textsOf({ tokens, starts, count }: TextBatch): number[][] {
  return Array.from({ length: count }, (_, text) => [...tokens.subarray(starts[text]!, starts[text + 1]!)]);
}

describe("training pairs", () => {
  test("each pair comes from one passage, each passage comes once a pass, and nothing of the query is left beside it", () => {
    const { corpus } = buildTokenCorpus(distinctPassages(16, () => ""));
    const usable = usablePassages(corpus);
    expect([...usable]).toEqual(Array.from({ length: 16 }, (_, index) => index));
    const batch = pairBatch(16);
    const source = pairSource(corpus, usable, 16, 3);
    for (let step = 0; step < 20; step++) {
      source.next(batch);
      const queries = textsOf(batch.queries);
      const passages = textsOf(batch.passages);
      const origins = new Set<number>();
      for (const [pair, query] of queries.entries()) {
        const whole = [...query, ...passages[pair]!].sort((a, b) => a - b);
        const origin = Array.from({ length: 16 }, (_, passage) =>
          [...corpus.textTokens.subarray(corpus.textStarts[passage]!, corpus.textStarts[passage + 1]!)].sort(
            (a, b) => a - b,
          ),
        ).findIndex((tokens) => tokens.join() === whole.join());
        expect(origin).toBeGreaterThanOrEqual(0);
        origins.add(origin);
        expect(query.length).toBeGreaterThan(0);
        expect(passages[pair]!.length).toBeGreaterThanOrEqual(query.length);
      }
      expect(origins.size).toBe(16);
    }
  });

  test("a title asks for its passage, unless another passage of the batch carries the same title", () => {
    const titled = (title: (index: number) => string) => {
      const { corpus } = buildTokenCorpus(distinctPassages(16, title));
      const batch = pairBatch(16);
      pairSource(corpus, usablePassages(corpus), 16, 3, { title: 1, sentence: 0 }).next(batch);
      const titles = Array.from({ length: 16 }, (_, at) =>
        corpus.titleTokens.subarray(corpus.titleStarts[at]!, corpus.titleStarts[at + 1]!).join(),
      );
      return textsOf(batch.queries).filter((query) => titles.includes(query.join())).length;
    };
    expect(titled((index) => `chapter ${numerals[index % 10]} ${index}`)).toBe(16);
    expect(titled(() => "the same chapter")).toBe(0);
  });
});
