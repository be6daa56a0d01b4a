import { expect, test } from "vitest";
import { random } from "../../neural/random.ts";
import { valueSwapper } from "./copied-values.ts";

const example = (question: string, answer: object) => ({
  messages: [
    { role: "system", content: "be brief" },
    { role: "user", content: question },
    { role: "assistant", content: JSON.stringify(answer) },
  ] as const,
});
const examples = [
  example("play Blue Song by Ann", { act: "play", slots: { song: "Blue Song", singer: "Ann" } }),
  example("play Long Road by Bo", { act: "play", slots: { song: "Long Road", singer: "Bo" } }),
];

test("question and answer change together, and only in what the answer copies", () => {
  const swap = valueSwapper(examples)!;
  const chance = random(1);
  const seen = new Set<string>();
  for (let at = 0; at < 40; at++) {
    const { messages } = swap(examples[0]!, chance);
    const { act, slots } = JSON.parse(messages[2]!.content);
    expect(messages[0]!.content).toBe("be brief");
    // "play" is copied as well, from its one place in the question.
    expect(messages[1]!.content).toBe(`${act} ${slots.song} by ${slots.singer}`);
    expect(slots.song.split(" ")).toHaveLength(2);
    seen.add(slots.song);
  }
  expect(seen).toContain("Long Road");
  expect(seen.size).toBeGreaterThan(10);
});

test("a value inside another word or said twice stays", () => {
  const swap = valueSwapper([example("playing the play of the day, day", { a: "day", b: "ing" }), ...examples])!;
  const kept = example("playing the play of the day, day", { a: "day", b: "ing" });
  expect(swap(kept, random(2))).toEqual(kept);
});

test("plain answers have nothing to swap", () => {
  expect(
    valueSwapper([
      {
        messages: [
          { role: "user", content: "hello" },
          { role: "assistant", content: "hello" },
        ],
      },
    ]),
  ).toBeUndefined();
});
