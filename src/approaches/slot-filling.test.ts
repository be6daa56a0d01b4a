import { describe, expect, test } from "vitest";
import type { Hit, Retriever } from "../core/retrieval.ts";
import { type FakeReply, fakeChatModel } from "../testing/fake-chat-model.ts";
import { slotHybrid } from "./hybrid.ts";
import { slotFilling } from "./slot-filling.ts";

const text = "The island ferry leaves every 25 minutes from the east pier.";
const place = { start: 0, end: text.length, headingPath: [], metadata: {}, groups: [] };
const chunk = { id: "f#0", documentId: "f", source: "docs/ferry.md", title: "", ordinal: 0, text, ...place };
const hit: Hit = { chunk, score: 1, legs: {} };
const retriever: Retriever = {
  name: "one",
  version: "1",
  config: null,
  retrieve: async () => ({ hits: [hit], usage: [] }),
};
const quoting = { text: `${text} [1]`, spans: [{ passage: 0, start: 0, end: text.length }], confidence: 0.8 };

function generatorOf(envelope: FakeReply, quote: FakeReply = quoting) {
  const writer = fakeChatModel({ replies: [envelope], name: "writer", followsInstructions: false });
  const reader = fakeChatModel({ replies: [quote], name: "reader", followsInstructions: false });
  return { writer, reader, model: slotFilling({ writer, reader }) };
}

async function answered(envelope: FakeReply, quote?: FakeReply) {
  const parts = generatorOf(envelope, quote);
  const answerer = await slotHybrid({ retriever, model: parts.model, training: { usage: [], ms: 3 } }).open("");
  return { ...parts, answer: await answerer.answer({ id: "q", text: "When?" }) };
}

describe("the slot-filling hybrid", () => {
  test("puts verified quotes into the envelope; the writer sees no passage, the reader all", async () => {
    const { answer, writer, reader } = await answered("Ahoy! <quote/>\n— the crew");
    expect(answer).toMatchObject({ outcome: "answered", text: `Ahoy! ${text} [1]\n— the crew`, confidence: 0.8 });
    expect(answer.citations).toEqual([
      expect.objectContaining({ source: "docs/ferry.md", quote: text, verified: true }),
    ]);
    expect([writer.prompts[0]!.passages, reader.prompts[0]!.passages]).toEqual([[], [hit]]);
    expect(answer.usage.map(({ modelId }) => modelId)).toEqual(["writer", "reader"]);
  });

  test("leaves an envelope without a slot alone, and asks no reader", async () => {
    const { answer, reader } = await answered('{"queue":"app"}');
    expect(answer).toMatchObject({ outcome: "answered", text: '{"queue":"app"}', citations: [] });
    expect(reader.prompts).toEqual([]);
  });

  test("declines where the reader finds nothing, whatever the envelope says", async () => {
    const { answer } = await answered("Ahoy! <quote/>", { text: "Not found.", declined: true, spans: [] });
    expect(answer).toMatchObject({ outcome: "declined", text: "Not found.", citations: [] });
    expect(answer.usage).toHaveLength(2);
  });

  test("stays JSON where the envelope is, and fills one slot of several", async () => {
    const spoken = { text: 'He said "now"\nand left [1]', spans: [{ passage: 0, start: 0, end: 3 }] };
    const { answer } = await answered('{"reply":"<quote/>","again":"<quote/>"}', spoken);
    expect(JSON.parse(answer.text)).toEqual({ reply: 'He said "now"\nand left [1]', again: "" });
  });

  test("a stream ends with what generate gives", async () => {
    const { model } = generatorOf("So: <quote/>");
    const events = [];
    const prompt = { instructions: "", examples: [], passages: [hit], question: "When?" };
    for await (const event of model.stream(prompt)) events.push(event);
    expect(events[0]).toEqual({ type: "text-delta", text: `So: ${text} [1]` });
    expect(events.at(-1)).toMatchObject({ type: "generation-end", generation: { text: `So: ${text} [1]` } });
  });

  test("says of itself who writes and who quotes", async () => {
    const { model } = generatorOf("");
    expect(model.label).toBe(
      "writer writes the envelope (scripted fake), reader fills its slot with quotes (scripted fake)",
    );
    const approach = slotHybrid({ retriever, model, training: { usage: [], ms: 3 } });
    expect(approach).toMatchObject({ name: "hybrid", behaviourFrom: "a fine-tuned envelope with a slot for quotes" });
  });
});
