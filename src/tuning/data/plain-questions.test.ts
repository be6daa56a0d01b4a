import fc from "fast-check";
import { expect, test } from "vitest";
import { plainQuestion } from "./plain-questions.ts";

test.each([
  [
    'In "Price list 2026", 1. Bikes: what is "With second battery" for "Osprey, box"?',
    0,
    "How much is with second battery for Osprey, box?",
  ],
  ['In "Error codes": what is "What to do" for "E-34"?', 8, "What is what to do for E-34?"],
  ['What does "Load guide" say about "3. Straps"?', 9, "What about straps?"],
  ['Fill the gap, from "Notes": Updates are offered after ____.', 4, "When is updates are offered after ____?"],
  ["May I ride it in the rain?", 17, "May I ride it in the rain?"],
])("%s", (question, place, plain) => expect(plainQuestion(question, place)).toBe(plain));

test("names no document and asks, whatever the rules made", () => {
  const name = fc.stringMatching(/^[A-Za-z0-9 .-]{1,20}$/);
  fc.assert(
    fc.property(name, name, name, fc.nat(), (title, column, row, place) => {
      const plain = plainQuestion(`In "Zz ${title}": what is "${column}" for "${row}"?`, place);
      expect(plain).not.toContain("Zz");
      expect(plain).not.toContain('"');
      expect(plain.endsWith("?")).toBe(true);
    }),
  );
});
