// Judges: replies of every broken kind are failures with a reason, verdicts are kept once, budgets hold, orders must agree.
import { describe, expect, test } from "vitest";
import { AssayError } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import { fakeChatModel } from "../../testing/fake-chat-model.ts";
import { createAnalyser } from "../../text/analyser.ts";
import { preferInBothOrders } from "./judge.ts";
import { keptJudge } from "./kept-judge.ts";
import { lexicalJudge } from "./lexical-judge.ts";
import { familyWarning, modelFamily } from "./model-family.ts";
import { modelJudge } from "./model-judge.ts";

const evidence = ["The island ferry leaves every 25 minutes. It carries dogs."];
const supportInput = { claims: ["The ferry leaves every 25 minutes."], evidence };
const verdicts = (supported: boolean, quote: string) => JSON.stringify({ verdicts: [{ supported, quote }] });

describe("a model as judge", () => {
  test("gives verdicts with quotes that stand in the evidence", async () => {
    const model = fakeChatModel({ replies: [`\`\`\`json\n${verdicts(true, "leaves every 25 minutes")}\n\`\`\``] });
    const judgement = await modelJudge(model).support(supportInput);
    expect(judgement).toMatchObject({
      status: "judged",
      value: [{ supported: true, quote: "leaves every 25 minutes" }],
    });
    expect(model.prompts[0]?.passages[0]?.chunk.text).toBe(evidence[0]);
    expect(model.options[0]).toEqual({ temperature: 0 });
  });

  test.each([
    ["no JSON", "Yes, it is supported.", /no JSON/],
    ["another language", "Ja, das stimmt so.", /no JSON/],
    ["empty", "", /empty/],
    ["another shape", '{"urteil": "ja"}', /another shape/],
    ["too few verdicts", '{"verdicts": []}', /0 verdicts where 1/],
    ["an invented quote", verdicts(true, "every five minutes"), /does not hold/],
    ["cut off", { text: '{"verdicts": [{"supp', finish: "length" as const }, /cut off/],
    ["refused", { text: "", finish: "filtered" as const }, /refused/],
    ["down", new AssayError({ code: "rate-limited", message: "slow down" }), /slow down/],
  ])("%s is a failure with a reason, never a verdict", async (_, reply, reason) => {
    const judgement = await modelJudge(fakeChatModel({ replies: [reply] })).support(supportInput);
    expect(judgement).toMatchObject({ status: "failed", reason: expect.stringMatching(reason) });
  });

  test("grades rules of style one by one; a quote must stand in the answer, and a rule may have none to show", async () => {
    const input = {
      question: "Hello?",
      text: "Ahoy Maria, all is well.",
      rules: ["Greets with Ahoy.", "Makes no promise."],
    };
    const reply = (quote: string) =>
      JSON.stringify({
        verdicts: [
          { kept: true, quote },
          { kept: true, quote: "" },
        ],
      });
    const model = fakeChatModel({ replies: [reply("ahoy Maria")] });
    expect(await modelJudge(model).rules!(input)).toMatchObject({
      status: "judged",
      value: [
        { rule: "Greets with Ahoy.", kept: true, quote: "ahoy Maria" },
        { rule: "Makes no promise.", kept: true },
      ],
    });
    const inventing = modelJudge(fakeChatModel({ replies: [reply("Dear Maria")] }));
    expect(await inventing.rules!(input)).toMatchObject({
      status: "failed",
      reason: expect.stringMatching(/does not hold/),
    });
  });

  test("asks once more with the reason, and counts both calls", async () => {
    const model = fakeChatModel({ replies: ["hm", verdicts(false, "")] });
    const judgement = await modelJudge(model).support(supportInput);
    expect(judgement).toMatchObject({ status: "judged", value: [{ supported: false }] });
    expect(judgement.usage).toHaveLength(2);
    expect(model.prompts[1]?.question).toMatch(/could not be used: .*no JSON/);
  });

  test("a cancelled call throws", async () => {
    const controller = new AbortController();
    controller.abort();
    await expect(modelJudge(fakeChatModel({ replies: ["x"] })).support(supportInput, controller)).rejects.toThrow();
  });
});

describe("pairwise", () => {
  const input = { question: "Which?", first: "A", second: "B" };

  test("a judge that follows positions decides nothing", async () => {
    const judge = modelJudge(fakeChatModel({ replies: ['{"better":"first"}'] }));
    expect(await preferInBothOrders(judge, input)).toMatchObject({ value: { verdict: "tie", agreed: false } });
  });

  test("a verdict that holds in both orders counts", async () => {
    const judge = modelJudge(fakeChatModel({ replies: ['{"better":"second"}', '{"better":"first"}'] }));
    expect(await preferInBothOrders(judge, input)).toMatchObject({ value: { verdict: "second", agreed: true } });
  });
});

describe("kept verdicts", () => {
  const store = () => {
    const kept = new Map<string, Json>();
    return {
      kept,
      get: async (key: string) => kept.get(key),
      set: async (key: string, value: Json) => void kept.set(key, value),
    };
  };
  const costing = (usd: number | null) => ({
    name: "prices",
    version: "1",
    config: {},
    cost: () =>
      usd === null ? ({ status: "unpriced", reason: "no price known" } as const) : ({ status: "priced", usd } as const),
  });
  const other = { ...supportInput, claims: ["It carries dogs."] };

  test("are asked for once, together or one after the other; failures are asked again", async () => {
    const model = fakeChatModel({ replies: [new Error("down"), verdicts(false, "")] });
    const judge = keptJudge(modelJudge(model), store());
    expect(await judge.support(supportInput)).toMatchObject({ status: "failed" });
    await Promise.all([judge.support(supportInput), judge.support(supportInput)]);
    expect(await judge.support(supportInput)).toMatchObject({ status: "judged", usage: [] });
    expect(model.prompts).toHaveLength(2);
  });

  test("verdicts on style are kept too; a judge that cannot tell style stays one", async () => {
    const model = fakeChatModel({ replies: ['{"verdicts":[{"kept":true,"quote":""}]}'] });
    const judge = keptJudge(modelJudge(model), store());
    const input = { question: "q", text: "t", rules: ["Is short."] };
    await judge.rules!(input);
    expect(await judge.rules!(input)).toMatchObject({ status: "judged", usage: [] });
    expect(model.prompts).toHaveLength(1);
    const { rules: _, ...without } = modelJudge(model);
    expect(keptJudge(without, store()).rules).toBeUndefined();
  });

  test("the budget ends the asking; what is kept stays readable", async () => {
    const model = fakeChatModel({ replies: [verdicts(false, "")] });
    const judge = keptJudge(modelJudge(model), store(), { maxUsd: 1, costModel: costing(1) });
    await judge.support(supportInput);
    expect(await judge.support(other)).toMatchObject({ status: "failed", reason: expect.stringMatching(/budget/) });
    expect(await judge.support(supportInput)).toMatchObject({ status: "judged" });
    expect(model.prompts).toHaveLength(1);
  });

  test("without a known price nothing can be capped, so the asking ends after one call", async () => {
    const judge = keptJudge(modelJudge(fakeChatModel({ replies: [verdicts(false, "")] })), store(), {
      maxUsd: 1,
      costModel: costing(null),
    });
    await judge.support(supportInput);
    expect(await judge.support(other)).toMatchObject({ reason: expect.stringMatching(/no price known/) });
  });
});

describe("the lexical judge", () => {
  const analyser = createAnalyser({ languages: ["en"] });
  const judge = lexicalJudge({ terms: (text) => analyser.terms(text), termsIdentity: "en" });
  const supports = async (claim: string, texts = evidence) => {
    const judgement = await judge.support({ claims: [claim], evidence: texts });
    return judgement.status === "judged" ? judgement.value[0] : undefined;
  };

  test("follows words and numbers, and quotes the sentence", async () => {
    expect(await supports("The ferry leaves every 25 minutes.")).toEqual({
      claim: "The ferry leaves every 25 minutes.",
      supported: true,
      quote: "The island ferry leaves every 25 minutes.",
    });
    expect(await supports("The island ferry leaves every 35 minutes.")).toMatchObject({ supported: false });
    expect(await supports("The castle opens at noon.")).toMatchObject({ supported: false });
    expect(await supports("The ferry leaves.", [])).toMatchObject({ supported: false });
  });

  test("joins up to three sentences, in whatever order the evidence comes", async () => {
    const claim = "The ferry carries dogs, bicycles and mail.";
    const texts = ["The ferry carries dogs.", "Bicycles ride too.", "Mail goes at noon."];
    expect(await supports(claim, texts)).toMatchObject({ supported: true });
    expect(await supports(claim, texts.toReversed())).toMatchObject({ supported: true });
  });

  test("claims are sentences that state something", async () => {
    const judgement = await judge.claims({ question: "?", text: "It leaves at nine. Anything else? It costs 6.40." });
    expect(judgement).toMatchObject({ value: ["It leaves at nine.", "It costs 6.40."] });
  });

  test("prefers by the reference, and ties on equals whatever the order", async () => {
    const input = { question: "When?", first: "At nine.", second: "Never on Sundays.", reference: "nine" };
    expect(await preferInBothOrders(judge, input)).toMatchObject({ value: { verdict: "first", agreed: true } });
    expect(await preferInBothOrders(judge, { ...input, second: "At nine." })).toMatchObject({
      value: { verdict: "tie" },
    });
  });
});

test("families are told by the model's name, whoever serves it", () => {
  expect(modelFamily("openrouter/anthropic/claude-sonnet-5")).toBe("Claude");
  expect(modelFamily("openai/o3-mini")).toBe("GPT");
  expect(modelFamily("ollama/llama3.2")).toBe("Llama");
  expect(familyWarning("openai/gpt-5", "openrouter/openai/gpt-4.1")).toMatch(/one family/);
  expect(familyWarning("anthropic/claude-sonnet-5", "openai/gpt-5")).toBeUndefined();
  expect(familyWarning("openai/gpt-5", "embedded/extractive")).toBeUndefined();
});
