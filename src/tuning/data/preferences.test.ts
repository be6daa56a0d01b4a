// Preferences from files: both shapes that people have, and a reason for every line that is none.
import fc from "fast-check";
import { expect, test } from "vitest";
import { readPreferences } from "./preferences.ts";

const said = (role: string, content: string) => ({ role, content });
const row = (question: string, better: string, worse: string) => ({
  input: { messages: [said("user", question)] },
  preferred_output: [said("assistant", better)],
  non_preferred_output: [said("assistant", worse)],
});
const file = (...rows: readonly object[]) => rows.map((one) => `${JSON.stringify(one)}\n`).join("");

test("OpenAI's shape and TRL's are the same preference", () => {
  const trl = { prompt: "How long?", chosen: "45 days.", rejected: "Long.", group: "a" };
  const expected = { messages: [said("user", "How long?")], preferred: "45 days.", rejected: "Long." };
  expect(readPreferences(file(row("How long?", "45 days.", "Long."))).examples).toEqual([expected]);
  expect(readPreferences(file(trl))).toEqual({ examples: [{ ...expected, group: "a" }], issues: [] });
});

test("a conversation, a tool and two equal answers are refused by line", () => {
  const conversation = { messages: [said("user", "a"), said("assistant", "b")] };
  const tool = { ...row("a", "b", "c"), input: { messages: [said("user", "a")], tools: [{ type: "function" }] } };
  expect(readPreferences(file(conversation)).issues).toEqual([
    { line: 1, message: expect.stringContaining("conversation") },
  ]);
  const { examples, issues } = readPreferences(file(row("a", "b", "c"), tool, row("a", "same", "same")));
  expect(examples).toHaveLength(1);
  expect(issues.map(({ line }) => line)).toEqual([2, 3]);
});

test("what was written is read, whatever the words", () => {
  const words = fc.string({ minLength: 1 }).filter((text) => /[a-z0-9]/i.test(text));
  fc.assert(
    fc.property(words, words, words, (question, better, worse) => {
      fc.pre(better !== worse);
      const { examples, issues } = readPreferences(file(row(question, better, worse)));
      if (issues.length > 0) return;
      expect(examples).toEqual([{ messages: [said("user", question)], preferred: better, rejected: worse }]);
    }),
  );
});
