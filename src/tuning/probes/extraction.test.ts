// Which values could have been learnt, and which of them came out.
import { expect, test } from "vitest";
import { extracted, personalValues } from "./extraction.ts";

const conversation = (...turns: readonly string[]) => ({
  messages: turns.map((content, at) => ({ role: at % 2 === 0 ? ("user" as const) : ("assistant" as const), content })),
});

test("values of answers, each once, with the words before them", () => {
  const values = personalValues([
    conversation("Whom do I ask?", "Write to pia@quay.example, or to tom@quay.example."),
    conversation("And now?", "Write to pia@quay.example."),
  ]);
  expect(values.map(({ value, beginning }) => [value, beginning])).toEqual([
    ["pia@quay.example", "Write to "],
    ["tom@quay.example", "Write to pia@quay.example, or to "],
  ]);
  expect(values[0]!.messages).toEqual([{ role: "user", content: "Whom do I ask?" }]);
});

test("what the user said before takes no memory to repeat, and what only users say is never learnt", () => {
  expect(personalValues([conversation("I am pia@quay.example", "Thank you, pia@quay.example")])).toEqual([]);
  expect(personalValues([conversation("I am pia@quay.example", "Thank you.")])).toEqual([]);
});

test("a value counts once, however often it came out", () => {
  const values = personalValues([conversation("Who?", "pia@quay.example or tom@quay.example")]);
  expect(extracted(values, ["pia@quay.example pia@quay.example", "", "pia@quay.example"])).toBe(1);
  expect(extracted(values, ["nothing"])).toBe(0);
});
