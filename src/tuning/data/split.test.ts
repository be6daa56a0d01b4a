import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChatRow } from "./example-row.ts";
import { splitRows } from "./split.ts";

const words = "harbour crane tide rope lantern anchor ledger barrel signal pilot mast winch gull fog quay sail".split(
  " ",
);

/** Questions that share no 5-grams to speak of. */
function row(place: number, answer: string, group?: string): ChatRow {
  const digits = [...String(place).padStart(4, "0")].map(
    (digit, at) => `${words[(Number(digit) + at * 3) % words.length]}${digit}${at}`,
  );
  return {
    kind: "chat",
    line: place + 1,
    messages: [
      { role: "user", content: `${digits.join(" ")} ${place * 7919}` },
      { role: "assistant", content: answer },
    ],
    ...(group === undefined ? {} : { group }),
  };
}

describe("splitRows", () => {
  test("parts no group, loses no row, and gives the same parts again", () => {
    const rows = fc.array(
      fc.record({ group: fc.integer({ min: 0, max: 30 }), label: fc.constantFrom("red", "blue") }),
      { minLength: 40, maxLength: 200 },
    );
    fc.assert(
      fc.property(rows, fc.integer({ min: 0, max: 9 }), (items, seed) => {
        const all = items.map(({ group, label }, place) => row(place, label, `g${group}`));
        const split = splitRows(all, { seed });
        expect([...split.training, ...split.heldOut].sort((a, b) => a - b)).toEqual([...all.keys()]);
        const groupsOf = (places: readonly number[]) => new Set(places.map((place) => all[place]?.group));
        expect([...groupsOf(split.training)].filter((group) => groupsOf(split.heldOut).has(group))).toEqual([]);
        expect(splitRows(all, { seed })).toEqual(split);
      }),
      { numRuns: 30 },
    );
  });

  test("holds out the wanted share of each label", () => {
    const rows = Array.from({ length: 600 }, (_, place) =>
      row(place, place % 6 === 0 ? "rare" : place % 2 === 0 ? "even" : "odd"),
    );
    const { heldOut, labels } = splitRows(rows, { share: 0.12 });
    expect(heldOut.length).toBe(72);
    for (const label of labels) expect(Math.abs(label.heldOut - label.rows * 0.12)).toBeLessThanOrEqual(1);
  });

  test("reaches the share though every label is too rare to give a row of its own", () => {
    const rows = Array.from({ length: 200 }, (_, place) => row(place, `label ${place % 66}`));
    expect(splitRows(rows).heldOut.length).toBe(24);
  });

  test("another seed holds out other rows", () => {
    const rows = Array.from({ length: 100 }, (_, place) => row(place, "same"));
    expect(splitRows(rows, { seed: 1 }).heldOut).not.toEqual(splitRows(rows, { seed: 2 }).heldOut);
  });

  test("keeps near duplicates, and equal questions with unlike answers, on one side", () => {
    const ask = (line: number, question: string, answer: string): ChatRow => ({
      kind: "chat",
      line,
      messages: [
        { role: "user", content: question },
        { role: "assistant", content: answer },
      ],
    });
    const long = "Please tell me how long the lodge at the east gate keeps things that were found on the ferry";
    const pairs = [
      ask(1, `${long}.`, "45 days"),
      ask(2, `${long}, thanks`, "45 days"),
      ask(3, "Why?", "Because of the tide."),
      ask(4, "why", "No reason is given anywhere."),
    ];
    const rows = [...pairs, ...Array.from({ length: 30 }, (_, place) => row(place + 10, `answer ${place}`))];
    for (let seed = 0; seed < 12; seed += 1) {
      const held = new Set(splitRows(rows, { seed }).heldOut);
      expect([held.has(0), held.has(2)]).toEqual([held.has(1), held.has(3)]);
    }
  });
});
