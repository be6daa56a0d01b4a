// Stopping early: only when the best differs from all others, at a share of the error rate, and never inside a cluster.
import { expect, test } from "vitest";
import type { HeldOutQuestion } from "../../core/questions.ts";
import { seededRandom } from "../../evaluation/statistics/random.ts";
import { sampleAnswer, sampleQuestion } from "../../testing/sample-answers.ts";
import type { RanApproach } from "./compare-approach.ts";
import { lookSentence, lookUntilDecided } from "./sequential-looks.ts";

const questions = Array.from({ length: 240 }, (_, at) => sampleQuestion({ id: `q${at}`, group: `g${at % 120}` }));

function approach(name: string, asked: readonly HeldOutQuestion[], quality: () => number): RanApproach {
  const rows = asked.map((question) => ({
    question,
    answer: sampleAnswer(),
    scores: { quality: { status: "scored" as const, value: quality() } },
  }));
  return { name, rows, yardstick: false, labels: [], prepareMs: 0, preparing: [] };
}

const options = { resamples: 500, seed: 1 };

test("a clear winner ends it early, with whole clusters asked; a yardstick decides nothing", async () => {
  const random = seededRandom(1);
  const sizes: number[] = [];
  const look = await lookUntilDecided(questions, 4, options, async (asked) => {
    sizes.push(asked.length);
    const [good, bad] = [() => (random.next() < 0.95 ? 1 : 0), () => (random.next() < 0.2 ? 1 : 0)];
    return [
      approach("good", asked, good),
      approach("bad", asked, bad),
      { ...approach("oracle", asked, good), yardstick: true },
    ];
  });
  expect(look.look).toBeLessThan(4);
  expect(sizes.at(-1)).toBe(look.questions.length);
  const byGroup = Map.groupBy(look.questions, ({ group }) => group);
  expect([...byGroup.values()].every((members) => members.length === 2)).toBe(true);
  expect(lookSentence(look)).toMatch(/^Stopped at look \d of 4/);
});

test("equals are asked to the end, and false stops stay rare", async () => {
  const random = seededRandom(9);
  let stops = 0;
  for (let round = 0; round < 60; round += 1) {
    const look = await lookUntilDecided(questions, 4, { resamples: 400, seed: round }, async (asked) =>
      ["a", "b"].map((name) => approach(name, asked, () => (random.next() < 0.5 ? 1 : 0))),
    );
    if (look.look < 4) stops += 1;
    else expect(look.questions).toBe(questions);
  }
  expect(stops).toBeLessThanOrEqual(6);
});
