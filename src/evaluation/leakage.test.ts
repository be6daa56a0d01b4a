// Leakage between training and held-out questions: found all, against a comparison of every pair.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { TrainingExample } from "../core/questions.ts";
import { sampleQuestion } from "../testing/sample-answers.ts";
import { findLeakage } from "./leakage.ts";

const example = (text: string): TrainingExample => ({
  messages: [
    { role: "user", content: text },
    { role: "assistant", content: "ok" },
  ],
});

test("exact and near duplicates are found, look-alikes are not", () => {
  const training = [
    "How many days of parental leave do new parents get?",
    "How many days of parental leave do all new parents get?",
    "Where do I park my bicycle at the office?",
  ].map(example);
  const heldOut = [
    sampleQuestion({ id: "same", text: "how many days of parental leave do new parents get" }),
    sampleQuestion({ id: "other", text: "How do I hand in my parking permit?" }),
  ];
  const leaks = findLeakage(training, heldOut);
  expect(leaks.map(({ questionId, trainingLine, kind }) => [questionId, trainingLine, kind])).toEqual([
    ["same", 1, "exact"],
    ["same", 2, "near"],
  ]);
  expect(findLeakage([], heldOut)).toEqual([]);
});

test("a question inside a longer prompt is found", () => {
  const prompt = `Answer from the handbook. ${"Some passage about ferries. ".repeat(20)} Question: Where do I park my bicycle? Thank you.`;
  const heldOut = [
    sampleQuestion({ id: "inside", text: "Where do I park my bicycle?" }),
    sampleQuestion({ id: "short", text: "Thank you" }),
  ];
  expect(findLeakage([example("Hello there"), example(prompt)], heldOut)).toMatchObject([
    { questionId: "inside", trainingLine: 2, kind: "contained" },
  ]);
});

test("prefix filtering loses no pair", () => {
  const text = fc
    .array(fc.constantFrom("ferry", "pier", "leave", "ticket", "valid", "office"), { minLength: 1, maxLength: 7 })
    .map((words) => words.join(" "));
  const grams = (value: string) =>
    new Set(value.length <= 5 ? [value] : Array.from({ length: value.length - 4 }, (_, at) => value.slice(at, at + 5)));
  fc.assert(
    fc.property(
      fc.array(text, { maxLength: 12 }),
      fc.array(text, { maxLength: 6 }),
      fc.constantFrom(0.5, 0.8, 1),
      (training, heldOut, threshold) => {
        const expected = heldOut.flatMap((question, at) =>
          training.flatMap((turn, line) => {
            const [a, b] = [grams(question), grams(turn)];
            const isInside = question.split(" ").length >= 4 && ` ${turn} `.includes(` ${question} `);
            return isInside || a.intersection(b).size / a.union(b).size >= threshold ? [`${at}/${line + 1}`] : [];
          }),
        );
        const found = findLeakage(
          training.map(example),
          heldOut.map((one, at) => sampleQuestion({ id: String(at), text: one })),
          { threshold },
        );
        expect(found.map(({ questionId, trainingLine }) => `${questionId}/${trainingLine}`)).toEqual(expected);
      },
    ),
  );
});
