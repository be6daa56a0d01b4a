import fc from "fast-check";
import { expect, test } from "vitest";
import { findDuplicates } from "./duplicates.ts";
import type { ChatRow } from "./example-row.ts";
import { foldText } from "./fold.ts";
import { similarPairs } from "./near-duplicates.ts";

function gramsOf(text: string): Set<string> {
  const folded = foldText(text);
  if (folded.length <= 5) return new Set(folded === "" ? [] : [folded]);
  return new Set(Array.from({ length: folded.length - 4 }, (_, at) => folded.slice(at, at + 5)));
}

/** Every pair, by the definition. */
function byDefinition(texts: readonly string[], threshold: number) {
  return texts.flatMap((text, second) =>
    texts.slice(0, second).flatMap((earlier, first) => {
      const [a, b] = [gramsOf(earlier), gramsOf(text)];
      const similarity = foldText(earlier) === foldText(text) ? 1 : a.intersection(b).size / a.union(b).size;
      const isFirstOfItsFold = (at: number) =>
        texts.findIndex((other) => foldText(other) === foldText(texts[at]!)) === at;
      if (similarity === 1 && foldText(earlier) === foldText(text))
        return isFirstOfItsFold(first) ? [{ first, second }] : [];
      return similarity >= threshold && isFirstOfItsFold(first) && isFirstOfItsFold(second) ? [{ first, second }] : [];
    }),
  );
}

test("finds the pairs that comparing all with all finds", () => {
  const word = fc.constantFrom(
    "the",
    "ferry",
    "leaves",
    "every",
    "25",
    "minutes",
    "from",
    "pier",
    "east",
    "west",
    "boat",
  );
  const made = fc.array(word, { minLength: 0, maxLength: 9 }).map((parts) => parts.join(" "));
  const base = "the island ferry leaves every twenty five minutes from the east pier in the high season";
  // One letter changed in one place or two: these lie around the threshold, where the filters could lose them.
  const place = fc.integer({ min: 0, max: base.length - 1 });
  const edited = fc
    .tuple(place, place)
    .map(([a, b]) => [...base].map((c, at) => (at === a || at === b ? "q" : c)).join(""));
  const text = fc.oneof(made, edited);
  fc.assert(
    fc.property(fc.array(text, { maxLength: 25 }), fc.constantFrom(0.5, 0.8), (texts, threshold) => {
      const found = similarPairs(texts, threshold).map(({ first, second }) => ({ first, second }));
      expect(found).toEqual(byDefinition(texts, threshold));
    }),
    { numRuns: 300 },
  );
});

test("tells repeats from contradictions, by line", () => {
  const row = (line: number, question: string, answer: string): ChatRow => ({
    kind: "chat",
    line,
    messages: [
      { role: "user", content: question },
      { role: "assistant", content: answer },
    ],
  });
  const report = findDuplicates([
    row(1, "How long are lost things kept in the lodge?", "For 45 days."),
    row(4, "How long are lost things kept in the lodge?", "for 45 days"),
    row(5, "How long are lost things kept in the lodges?", "For 45 days."),
    row(9, "how long are lost things kept in the lodge", "Until Friday, then they go to the mainland."),
  ]);
  expect(report.exact.map(({ first, second }) => [first, second])).toEqual([[1, 4]]);
  expect(report.near.map(({ first, second }) => [first, second])).toEqual([[1, 5]]);
  expect(report.contradictions.map(({ first, second }) => [first, second])).toEqual([[1, 9]]);
});
