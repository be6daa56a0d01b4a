import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Hit } from "../core/retrieval.ts";
import { testChunk } from "../testing/index-cases.ts";
import { orderPassages, type PassageOrdering } from "./ordering.ts";
import { withinTokenBudget } from "./token-budget.ts";

const hitOf = (documentId: string, ordinal: number, text = "x"): Hit => ({
  chunk: testChunk(documentId, { ordinal, text }),
  score: 0,
  legs: {},
});
const idsOf = (hits: readonly Hit[]) => hits.map(({ chunk }) => chunk.id);

const hits = fc
  .uniqueArray(fc.tuple(fc.constantFrom("a", "b", "c"), fc.nat(9), fc.nat(30)), { selector: ([d, o]) => `${d}${o}` })
  .map((rows) => rows.map(([documentId, ordinal, length]) => hitOf(documentId, ordinal, "x".repeat(length))));

describe("ordering", () => {
  const ranked = [hitOf("b", 4), hitOf("a", 7), hitOf("b", 1), hitOf("a", 2), hitOf("c", 0)];

  test("lost in the middle puts the best at both ends", () => {
    expect(idsOf(orderPassages(ranked, "lost-in-the-middle"))).toEqual(["b#4", "b#1", "c#0", "a#2", "a#7"]);
  });

  test("document order reads each document from its beginning, best document first", () => {
    expect(idsOf(orderPassages(ranked, "document"))).toEqual(["b#1", "b#4", "a#2", "a#7", "c#0"]);
  });

  test("any ordering is a permutation", () => {
    const ordering = fc.constantFrom<PassageOrdering>("rank", "lost-in-the-middle", "document");
    fc.assert(
      fc.property(hits, ordering, (list, how) => {
        expect(idsOf(orderPassages(list, how)).sort()).toEqual(idsOf(list).sort());
      }),
    );
  });
});

describe("token budget", () => {
  const countTokens = (text: string) => text.length;

  test("passes over what is too long and goes on", () => {
    const list = [hitOf("a", 0, "xxx"), hitOf("a", 1, "xxxxx"), hitOf("a", 2, "xx")];
    expect(idsOf(withinTokenBudget(list, { maxTokens: 5, countTokens }))).toEqual(["a#0", "a#2"]);
  });

  test("never spends more than it has, keeps rank order, and leaves out only what does not fit", () => {
    fc.assert(
      fc.property(hits, fc.nat(100), (list, maxTokens) => {
        const kept = withinTokenBudget(list, { maxTokens, countTokens });
        const spent = kept.reduce((sum, { chunk }) => sum + chunk.text.length, 0);
        expect(spent).toBeLessThanOrEqual(maxTokens);
        expect(kept).toEqual(list.filter((hit) => kept.includes(hit)));
        for (const hit of list.filter((each) => !kept.includes(each)))
          expect(hit.chunk.text.length).toBeGreaterThan(maxTokens - spent);
      }),
    );
  });
});
