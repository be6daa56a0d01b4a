import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json } from "../core/json.ts";
import { buildLexicon, lexiconFromJson } from "./lexicon.ts";

describe("lexicon", () => {
  test("counts passages, not occurrences", () => {
    const lexicon = buildLexicon([["ferri", "ferri", "pier"], "ferri ticket", []]);
    expect(lexicon.documentCount).toBe(3);
    expect(lexicon.averageLength).toBeCloseTo(5 / 3);
    expect(lexicon.documentFrequency("ferri")).toBe(2);
    expect(lexicon.idf("ferri")).toBeCloseTo(Math.log(1 + 1.5 / 2.5));
    expect(lexicon.idf("tungsten")).toBeCloseTo(Math.log(1 + 3.5 / 0.5));
  });

  test("idf is positive and falls with frequency", () => {
    const lexicon = buildLexicon(["a b c", "a b", "a"]);
    expect(lexicon.idf("x")).toBeGreaterThan(lexicon.idf("c"));
    expect(lexicon.idf("c")).toBeGreaterThan(lexicon.idf("b"));
    expect(lexicon.idf("b")).toBeGreaterThan(lexicon.idf("a"));
    expect(lexicon.idf("a")).toBeGreaterThan(0);
  });

  test("survives being saved", () => {
    const term = fc.stringMatching(/^[a-z0-9.]{1,6}$/);
    fc.assert(
      fc.property(fc.array(fc.array(term, { maxLength: 6 }), { maxLength: 6 }), (lists) => {
        const lexicon = buildLexicon(lists);
        const opened = lexiconFromJson(JSON.parse(JSON.stringify(lexicon)) as Json);
        expect(opened.documentCount).toBe(lexicon.documentCount);
        expect(opened.averageLength).toBe(lexicon.averageLength);
        for (const one of [...lists.flat(), "unseen"]) expect(opened.idf(one)).toBe(lexicon.idf(one));
      }),
    );
  });

  test.each([null, [], {}, { documentCount: 1, averageLength: 1, terms: "a b", frequencies: [1] }])(
    "refuses what it did not write: %j",
    (json) => {
      expect(() => lexiconFromJson(json as Json)).toThrow(TypeError);
    },
  );
});
