import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeExample, encodePrompt } from "./chat-template.ts";
import { chatMarks, trainTokenizer } from "./tokenizer.ts";

const texts = [
  "play the blue song on the old radio",
  "play the old song",
  "the radio plays the blue song",
  "Grüße aus Köln 🎺",
];
const words = trainTokenizer(texts, 300);

describe("the byte-pair tokenizer", () => {
  test("gives every text back", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(words.decode(words.encode(text))).toBe(text.toWellFormed());
      }),
    );
  });

  test("never spells a chat mark from text", () => {
    for (const mark of chatMarks) {
      expect(words.encode(`a ${mark} b`).every((id) => id >= chatMarks.length)).toBe(true);
    }
  });

  test("learns the most frequent pairs first, the same ones each time", () => {
    expect(words.vocabulary.length).toBeGreaterThan(chatMarks.length + 256 + 10);
    expect(words.encode("the")).toHaveLength(1);
    expect(trainTokenizer(texts, 300).data).toEqual(words.data);
    expect(trainTokenizer(texts, 270).data.merges).toEqual(words.data.merges.slice(0, 270 - chatMarks.length - 256));
  });

  test("a word is the same token with and without a space before it", () => {
    expect(words.encode("the song").slice(-1)).toEqual(words.encode("song"));
  });

  test("merges in the order they were learnt, as other readers of the same merges do", () => {
    // "abc" repeats most, so (b, c) or (a, b) comes first; encoding must follow the ranks, not the longest match.
    const small = trainTokenizer(["abc abc abc bcd bcd"], 270);
    const spelledOut = small.encode("abcd").map((id) => small.vocabulary[id]);
    expect(small.data.merges[0]).toEqual(["b", "c"]);
    expect(spelledOut).toEqual(["abc", "d"]);
  });
});

describe("the chat template", () => {
  const messages = [
    { role: "system", content: "be brief" },
    { role: "user", content: "play" },
    { role: "assistant", content: "the song" },
  ] as const;

  test("counts the assistant's tokens and its end mark, nothing else", () => {
    const { ids, answers } = encodeExample(words, messages);
    const learnt = answers.map((at) => ids[at + 1]!);
    expect(learnt).toEqual([...words.encode("the song"), words.markId("<|end|>")]);
  });

  test("a prompt is what stands before the answer in training", () => {
    const { ids, answers } = encodeExample(words, messages);
    expect(encodePrompt(words, messages.slice(0, 2))).toEqual(ids.slice(0, answers[0]! + 1));
  });
});
