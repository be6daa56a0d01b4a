// Judged metrics against worked examples of their formulas, with a judge whose verdicts are written down.
import { describe, expect, test } from "vitest";
import type { Answer } from "../../core/answers.ts";
import type { HeldOutQuestion } from "../../core/questions.ts";
import { sampleAnswer, sampleHit, sampleQuestion } from "../../testing/sample-answers.ts";
import type { Judge } from "../judges/judge.ts";
import { citedSentences } from "./alce.ts";
import { judgedMetrics } from "./judged-metrics.ts";

/** Claims are the sentences of a text; a text supports a claim when it holds it, sentence by sentence or in two halves. */
const judge: Judge = {
  name: "scripted",
  version: "1",
  config: {},
  label: "scripted",
  readsMeaning: true,
  claims: async ({ text }) => ({ status: "judged", value: text.split(". ").filter(Boolean), usage: [] }),
  support: async ({ claims, evidence }) => {
    const known = evidence.join(" ");
    const holds = (claim: string) =>
      claim
        .replace(/\.$/, "")
        .split("+")
        .every((part) => known.includes(part));
    return { status: "judged", value: claims.map((claim) => ({ claim, supported: holds(claim) })), usage: [] };
  },
  relevance: async ({ claims }) => ({
    status: "judged",
    value: claims.map((claim) => claim.includes("on")),
    usage: [],
  }),
  rules: async ({ text, rules }) => ({
    status: "judged",
    value: rules.map((rule) => ({ rule, kept: text.includes(rule) })),
    usage: [],
  }),
  prefer: async () => ({ status: "judged", value: "tie", usage: [] }),
};

function shown(...texts: string[]): Partial<Answer> {
  return {
    hits: texts.map((text, at) => {
      const hit = sampleHit({ start: at * 100 });
      return { ...hit, chunk: { ...hit.chunk, text } };
    }),
  };
}

async function score(name: string, question: Partial<HeldOutQuestion>, answer: Partial<Answer>, by: Judge = judge) {
  const metric = judgedMetrics(by).find((one) => one.name === name);
  if (!metric) throw new Error(`no metric ${name}`);
  return metric.score(sampleQuestion(question), sampleAnswer(answer));
}

const value = (number: number) => ({ status: "scored", value: expect.closeTo(number, 12) });

describe("claims against passages and references", () => {
  const question = { references: ["one. two. three. four"] };
  const answer = { text: "one. two. wrong", ...shown("one", "wrong", "two wrong") };

  test("faithfulness, hallucination, correctness, relevancy", async () => {
    expect(await score("faithfulness", question, answer)).toMatchObject(value(1));
    expect(await score("faithfulness", question, { ...answer, ...shown("one") })).toMatchObject(value(1 / 3));
    expect(await score("hallucination", question, answer)).toMatchObject(value(0));
    expect(await score("hallucination", question, { ...answer, ...shown("one") })).toMatchObject(value(1));
    // Precision 2/3, recall 2/4.
    expect(await score("correctness", question, answer)).toMatchObject(
      value((2 * (2 / 3) * (1 / 2)) / (2 / 3 + 1 / 2)),
    );
    expect(await score("relevancy", question, answer)).toMatchObject(value(2 / 3));
  });

  test("context precision is over the useful ones shown; recall over the reference's claims", async () => {
    // Useful, useless, useful: (1/1 + 2/3) / 2.
    expect(await score("context-precision", question, answer)).toMatchObject(value((1 + 2 / 3) / 2));
    expect(await score("context-precision", question, { ...answer, ...shown("nine") })).toMatchObject(value(0));
    expect(await score("context-recall", question, answer)).toMatchObject(value(2 / 4));
  });

  test("noise sensitivity tells useful passages from others", async () => {
    expect(await score("noise-sensitivity", question, answer)).toMatchObject({
      ...value(1 / 3),
      detail: { relevant: 1 / 3, irrelevant: 0 },
    });
    const only = { ...answer, ...shown("one", "wrong") };
    expect(await score("noise-sensitivity", question, only)).toMatchObject({
      detail: { relevant: 0, irrelevant: 1 / 3 },
    });
  });
});

describe("ALCE", () => {
  test("recall per sentence, precision per citation", async () => {
    const passages = shown("Left", "Right", "Other");
    // Needs both; carried by one of two, the other removable; not carried; not cited; out of range.
    const text = "Left+Right [1][2]. Left [1, 3]. Other [2]. Right. Other [9].";
    expect(await score("alce-citation-recall", {}, { text, ...passages })).toMatchObject(value(2 / 5));
    expect(await score("alce-citation-precision", {}, { text, ...passages })).toMatchObject(value(3 / 6));
    expect(await score("alce-citation-precision", {}, { text: "left.", ...passages })).toMatchObject({
      status: "not-applicable",
    });
  });

  test("a marker behind the full stop belongs to the sentence before it", () => {
    expect(citedSentences("The ferry leaves at nine. [1] It carries dogs.[2][3] Nothing more.")).toEqual([
      { text: "The ferry leaves at nine.", cited: [1] },
      { text: "It carries dogs.", cited: [2, 3] },
      { text: "Nothing more.", cited: [] },
    ]);
  });
});

describe("style by rubric", () => {
  const question = { rubric: ["Ahoy", "harbour crew"] };

  test("is the share of the rules kept, each verdict in the detail", async () => {
    expect(await score("style-rubric", question, { text: "Ahoy! All is well." })).toEqual({
      status: "scored",
      value: 0.5,
      detail: [
        { rule: "Ahoy", kept: true },
        { rule: "harbour crew", kept: false },
      ],
    });
  });

  test("declining an answerable question keeps none; without a rubric there is nothing to keep", async () => {
    const declined = { outcome: "declined" as const, text: "Ahoy, the harbour crew cannot find that." };
    expect(await score("style-rubric", question, declined)).toMatchObject(value(0));
    expect(await score("style-rubric", { ...question, answerable: false }, declined)).toMatchObject(value(1));
    expect(await score("style-rubric", {}, { text: "Ahoy" })).toMatchObject({ status: "not-applicable" });
  });

  test("no judge that cannot tell style is asked for it", () => {
    const { rules: _, ...without } = judge;
    expect(judgedMetrics(without).map(({ name }) => name)).not.toContain("style-rubric");
  });
});

test("a judge of words is not asked whether a sentence is right", () => {
  const names = judgedMetrics({ ...judge, readsMeaning: false }).map(({ name }) => name);
  expect(names).toContain("faithfulness");
  expect(names).not.toContain("correctness");
});

describe("nothing skews a mean in silence", () => {
  const silent: Judge = {
    ...judge,
    support: async () => ({ status: "failed", reason: "the judge's reply was empty", usage: [] }),
    relevance: async () => ({ status: "failed", reason: "the judge's reply was empty", usage: [] }),
    rules: async () => ({ status: "failed", reason: "the judge's reply was empty", usage: [] }),
  };
  const question = { references: ["one"], rubric: ["Is kind."] };

  test.each(judgedMetrics(judge).map(({ name }) => name))(
    "%s: a failing judge is unscored with its reason",
    async (name) => {
      const answer = { text: "one [1].", ...shown("one") };
      expect(await score(name, question, answer, silent)).toEqual({
        status: "unscored",
        reason: "the judge's reply was empty",
      });
    },
  );

  test.each(judgedMetrics(judge).map(({ name }) => name))("%s: a failed answer is unscored", async (name) => {
    const failed = { outcome: "failed" as const, text: "" };
    expect(await score(name, question, failed)).toMatchObject({ status: "unscored" });
  });

  test("declining is neither faithful nor a hallucination; without references nothing is called incorrect", async () => {
    const declined = { outcome: "declined" as const, text: "I cannot find that.", ...shown("one") };
    expect(await score("faithfulness", question, declined)).toMatchObject({ status: "not-applicable" });
    expect(await score("hallucination", question, declined)).toMatchObject(value(0));
    expect(await score("correctness", question, declined)).toMatchObject(value(0));
    expect(await score("correctness", {}, shown("one"))).toMatchObject({ status: "not-applicable" });
    expect(await score("hallucination", { answerable: false }, { text: "made up" })).toMatchObject(value(1));
    expect(await score("hallucination", {}, { text: "who knows" })).toMatchObject({ status: "not-applicable" });
  });
});
