import { expect, test } from "vitest";
import { verdictWords } from "./verdict-words.ts";

const words = (approach: string | null, notToldApart?: readonly string[]) => {
  const { before, name, after } = verdictWords({
    approach,
    because: [],
    unless: [],
    ...(notToldApart ? { notToldApart } : {}),
  });
  return `${before}${name}${after}`;
};

test("only a choice that the test carries is said without reserve", () => {
  expect(words("rag", [])).toBe("Ship rag.");
  expect(words("rag", ["few-shot"])).toBe("Ship rag for now: it is not told apart from few-shot.");
  expect(words("rag", ["a", "b", "c"])).toBe("Ship rag for now: it is not told apart from a, b and c.");
  expect(words(null)).toBe("No approach is recommended.");
});

test("a report of an older version, which did not say, is taken at its word", () => {
  expect(words("rag")).toBe("Ship rag.");
});
