import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TrainingExample } from "../../core/questions.ts";
import { foldText } from "./fold.ts";
import { quoteFinder, quoteSlot, withSlot } from "./slots.ts";

const documents = [
  "# Ferry\n\nThe island ferry leaves every 25 minutes from the east pier. A return ticket costs 6.40 crowns.",
  "Lost things are kept for 45 days in the lodge at the gate.",
];
const quoteIn = quoteFinder(documents);

const example = (question: string, answer: string): TrainingExample => ({
  messages: [
    { role: "user", content: question },
    { role: "assistant", content: answer },
  ],
  group: "g",
});
const answerOf = ({ messages }: TrainingExample) => messages.at(-1)!.content;

describe("slots", () => {
  test("take the place of what an answer quotes, whatever its case and punctuation", () => {
    const polite = example(
      "When does it sail?",
      "Ahoy! THE ISLAND FERRY leaves every 25 minutes, from the east pier.\n— the crew",
    );
    expect(answerOf(withSlot(polite, quoteIn))).toBe(`Ahoy! ${quoteSlot}.\n— the crew`);
    expect(withSlot(polite, quoteIn)).toMatchObject({ group: "g", messages: [polite.messages[0], {}] });
    const json = example("Sort it.", '{"queue":"lost","note":"kept for 45 days in the lodge at the gate"}');
    expect(answerOf(withSlot(json, quoteIn))).toBe(`{"queue":"lost","note":"${quoteSlot}"}`);
  });

  test("take the longest of several quotes", () => {
    const both = "Lost things are kept for 45 days; the island ferry leaves every 25 minutes from the east pier.";
    expect(answerOf(withSlot(example("?", both), quoteIn))).toBe(`Lost things are kept for 45 days; ${quoteSlot}.`);
  });

  test.each([
    ["When?", "It leaves every 25 minutes, friend."],
    ["Say: lost things are kept for 45 days in the lodge", "Lost things are kept for 45 days in the lodge, you say?"],
    ["Hello", ""],
  ])("leave alone what is too short, and what the user said: %s", (question, answer) => {
    const plain = example(question, answer);
    expect(withSlot(plain, quoteIn)).toBe(plain);
  });

  test("a quote never ends where one document stops and another begins", () => {
    expect(quoteIn("costs 6.40 crowns Lost things are")).toBeUndefined();
  });

  test("every quote found stands in a document, and is as long as it can be there", () => {
    const words = documents.join(" ").match(/[\p{L}\p{N}]+/gu)!;
    const text = fc.array(fc.constantFrom(...words, "other", "words"), { maxLength: 30 });
    const cut = fc.nat(words.length).chain((from) => fc.nat(12).map((count) => words.slice(from, from + count)));
    fc.assert(
      fc.property(text, cut, text, (before, quoted, after) => {
        const whole = [...before, ...quoted, ...after].join(" ");
        const found = quoteIn(whole);
        if (!found) return;
        const quote = ` ${foldText(whole.slice(found.start, found.end))} `;
        expect(documents.some((document) => ` ${foldText(document)} `.includes(quote))).toBe(true);
        expect(quote.trim().split(" ").length).toBeGreaterThanOrEqual(6);
      }),
    );
  });
});
