import { describe, expect, test } from "vitest";
import type { AnswerEvent } from "../core/answers.ts";
import { AssayError } from "../core/errors.ts";
import type { Hit } from "../core/retrieval.ts";
import { type FakeReply, fakeChatModel } from "../testing/fake-chat-model.ts";
import { answererOf } from "./answering.ts";
import { declineSentence } from "./instructions.ts";

const text = "The lighthouse was built in 1871. Its lamp turns twice a minute.";
const chunk = {
  id: "l#0",
  documentId: "l",
  source: "l.md",
  title: "Lighthouse",
  ordinal: 0,
  text,
  start: 0,
  end: text.length,
};
const hit: Hit = { chunk: { ...chunk, headingPath: [], metadata: {}, groups: [] }, score: 1, legs: {} };
const question = { id: "q1", text: "When was the lighthouse built?" };
const retrievalUsage = { modelId: "e/e", inputTokens: 3, cachedInputTokens: 0, outputTokens: 0, durationMs: 1 };

function answererWith(...replies: FakeReply[]) {
  const model = fakeChatModel({ replies });
  const answerer = answererOf({
    identity: { name: "test", version: "1", config: {} },
    model,
    draft: async () => ({
      hits: [hit],
      usage: [retrievalUsage],
      notes: ["a note"],
      prompt: { instructions: "i", examples: [], passages: [hit], question: question.text },
    }),
  });
  return { model, answerer };
}

async function events(stream: AsyncIterable<AnswerEvent>): Promise<readonly AnswerEvent[]> {
  const seen: AnswerEvent[] = [];
  for await (const event of stream) seen.push(event);
  return seen;
}

describe("an answer", () => {
  test("carries verified citations, all usage and its notes", async () => {
    const { answerer } = answererWith("It was built in 1871 [1].");
    const answer = await answerer.answer(question);
    expect(answer).toMatchObject({
      outcome: "answered",
      text: "It was built in 1871 [1].",
      droppedCitations: 0,
      notes: ["a note"],
    });
    expect(answer.citations.map((citation) => citation.quote)).toEqual(["The lighthouse was built in 1871."]);
    expect(answer.usage.map((usage) => usage.modelId)).toEqual(["e/e", "fake/chat"]);
    expect(answer.ms.total).toBeGreaterThanOrEqual(answer.ms.generate);
  });

  test("takes earlier turns and options from the call, and leaves a JSON answer as it was written", async () => {
    const { model, answerer } = answererWith({ text: '{"years": [7]}', finish: "length" });
    const history = [{ role: "user" as const, content: "Is there a lighthouse?" }];
    const schema = { type: "object" };
    const answer = await answerer.answer(question, { history, schema, generate: { maxOutputTokens: 9 } });
    expect(model.prompts[0]).toMatchObject({ history, schema });
    expect(model.options[0]).toEqual({ temperature: 0, maxOutputTokens: 9 });
    expect(answer).toMatchObject({ text: '{"years": [7]}', truncated: true });
  });

  test("is the same streamed, except for its times", async () => {
    const { answerer } = answererWith("It was built in 1871 [1] [4].");
    const seen = await events(answerer.stream(question));
    const { ms, ...whole } = await answerer.answer(question);
    expect(ms.retrieve).toBeLessThanOrEqual(ms.total);
    expect(seen.at(-1)).toMatchObject({ type: "answer-end", answer: whole });
    const deltas = seen.flatMap((event) => (event.type === "text-delta" ? [event.text] : []));
    expect(deltas.length).toBeGreaterThan(1);
    expect(deltas.join("")).toBe("It was built in 1871 [1] [4].");
  });

  test("takes as long as its first call took, where the reply came from a cache", async () => {
    const usage = [{ modelId: "m", inputTokens: 1, cachedInputTokens: 0, outputTokens: 1, durationMs: 900 }];
    const { ms } = await answererWith({ text: "x", usage }).answerer.answer(question);
    expect(ms.generate).toBe(900);
    expect(ms.total).toBe(ms.retrieve + 900);
  });

  test("is asked for at temperature 0", async () => {
    const { answerer, model } = answererWith("x");
    await answerer.answer(question);
    expect(model.options).toEqual([{ temperature: 0 }]);
  });

  test("takes spans, confidence and declining from readers that know them", async () => {
    const spans = [{ passage: 0, start: 34, end: text.length }];
    const known = await answererWith({ text: "Twice a minute [1] [2].", spans, confidence: 0.8 }).answerer.answer(
      question,
    );
    expect(known).toMatchObject({ text: "Twice a minute [1].", confidence: 0.8, droppedCitations: 1 });
    expect(known.citations.map((citation) => citation.quote)).toEqual(["Its lamp turns twice a minute."]);
    const stray = [{ passage: 0, start: 34, end: text.length + 1 }];
    const unverified = await answererWith({ text: "Twice a minute [1].", spans: stray }).answerer.answer(question);
    expect(unverified).toMatchObject({ text: "Twice a minute.", citations: [], droppedCitations: 2 });
    const declined = await answererWith({ text: "", declined: true, confidence: 0.1 }).answerer.answer(question);
    expect(declined).toMatchObject({ outcome: "declined", citations: [], confidence: 0.1 });
  });
});

describe("what is no answer says so", () => {
  test("declining in words", async () => {
    expect(await answererWith(declineSentence).answerer.answer(question)).toMatchObject({
      outcome: "declined",
      citations: [],
    });
  });

  test.each<[string, FakeReply, object]>([
    ["a refusal", { text: "I cannot help with that.", finish: "filtered" }, { code: "model-refused" }],
    ["an empty reply", "  ", { code: "model-failed", message: "fake/chat returned an empty answer" }],
    ["an exhausted limit", { text: "", finish: "length" }, { code: "model-failed" }],
    [
      "an error",
      new AssayError({ code: "rate-limited", message: "too many" }),
      { code: "rate-limited", message: "too many" },
    ],
    ["a bug", new TypeError("x is undefined"), { code: "internal", message: "x is undefined" }],
  ])("%s", async (_, reply, error) => {
    const answer = await answererWith(reply).answerer.answer(question);
    expect(answer).toMatchObject({ outcome: "failed", error, citations: [], hits: [hit] });
    const streamed = await events(answererWith(reply).answerer.stream(question));
    expect(streamed.at(-1)).toMatchObject({ type: "answer-end", answer: { outcome: "failed", error } });
  });

  test("a call that may be on the bill has unknown tokens, one that was turned away has none", async () => {
    const timeout = new AssayError({ code: "model-timeout", message: "slow" });
    const answer = await answererWith(timeout).answerer.answer(question);
    expect(answer.usage).toMatchObject([retrievalUsage, { modelId: "fake/chat", tokensUnknown: true }]);
    const limited = new AssayError({ code: "rate-limited", message: "busy" });
    expect((await answererWith(limited).answerer.answer(question)).usage).toEqual([retrievalUsage]);
  });

  test("an answer cut at the limit is an answer with a note", async () => {
    const answer = await answererWith({ text: "Built in 1871 and", finish: "length" }).answerer.answer(question);
    expect(answer).toMatchObject({ outcome: "answered", notes: ["a note", "the answer was cut at the output limit"] });
  });
});

test("a cancelled call throws", async () => {
  const signal = AbortSignal.abort();
  const { answerer } = answererWith("x");
  await expect(answerer.answer(question, { signal })).rejects.toMatchObject({ code: "cancelled" });
  await expect(events(answerer.stream(question, { signal }))).rejects.toMatchObject({ code: "cancelled" });

  const cancel = new AbortController();
  const draft = async () => {
    cancel.abort();
    throw new DOMException("stopped", "AbortError");
  };
  const stopped = answererOf({ identity: { name: "test", version: "1", config: {} }, draft });
  await expect(stopped.answer(question, { signal: cancel.signal })).rejects.toMatchObject({ code: "cancelled" });
});
