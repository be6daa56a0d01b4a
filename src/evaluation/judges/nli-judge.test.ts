// The verdicts drawn from an inference model, here one whose every inference is written out.
import { expect, test } from "vitest";
import { createAnalyser } from "../../text/analyser.ts";
import { lexicalJudge } from "./lexical-judge.ts";
import { type Entails, nliJudge } from "./nli-judge.ts";

const analyser = createAnalyser({ languages: ["en"] });
const lexical = lexicalJudge({ terms: (text) => analyser.terms(text), termsIdentity: "test" });
const judgeOver = (entails: Entails) => nliJudge({ name: "nli/model", modelHash: "1", entails, lexical });

const sure =
  (word: string): Entails =>
  async (premise) =>
    premise.includes(word)
      ? { entailment: 0.8, neutral: 0.1, contradiction: 0.1 }
      : { entailment: 0.3, neutral: 0.6, contradiction: 0.1 };

test("a claim is supported where some sentences entail it, and quotes them", async () => {
  const evidence = ["One. Two. Three. Four. Five.", "Six."];
  const judgement = await judgeOver(sure("Four")).support({ claims: ["It is so."], evidence });
  expect(judgement).toMatchObject({ value: [{ supported: true, quote: "Three. Four. Five." }] });
  const without = await judgeOver(sure("Nine")).support({ claims: ["It is so."], evidence });
  expect(without).toMatchObject({ status: "judged", value: [{ claim: "It is so.", supported: false }] });
});

test("a pair that the model cannot read is a failure with its reason, no verdict", async () => {
  const judge = judgeOver(() => Promise.reject(new Error("too long")));
  const judgement = await judge.support({ claims: ["It is so."], evidence: ["One."] });
  expect(judgement).toMatchObject({ status: "failed", reason: "the judge failed: too long" });
});

test("prefers the answer that the reference entails", async () => {
  const entails: Entails = async (_, answer) =>
    answer === "right"
      ? { entailment: 0.9, neutral: 0.1, contradiction: 0 }
      : { entailment: 0.1, neutral: 0.1, contradiction: 0.8 };
  const input = { question: "Which?", first: "wrong", second: "right", reference: "It is right." };
  expect(await judgeOver(entails).prefer(input)).toMatchObject({ value: "second" });
  expect(await judgeOver(entails).prefer({ ...input, first: "right" })).toMatchObject({ value: "tie" });
});
