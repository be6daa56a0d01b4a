// Choosing and confirming: the winner of pure noise falls back to its true mean on the part that had no say.
import { expect, test } from "vitest";
import { sampleAnswer, sampleQuestion } from "../testing/sample-answers.ts";
import { confirmChoice } from "./confirmation.ts";
import type { ApproachScores } from "./pairs.ts";
import { seededRandom } from "./statistics/random.ts";

const questions = Array.from({ length: 60 }, (_, at) => sampleQuestion({ id: `q${at}`, group: `g${at % 30}` }));

function approach(name: string, quality: (row: number) => number): ApproachScores {
  const rows = questions.map((question, row) => ({
    question,
    answer: sampleAnswer(),
    scores: { quality: { status: "scored" as const, value: quality(row) } },
  }));
  return { name, rows };
}

test("the best of equal approaches is inflated where it was chosen, and not where it is confirmed", () => {
  const random = seededRandom(5);
  const rounds = 200;
  let [inflation, bias] = [0, 0];
  for (let round = 0; round < rounds; round += 1) {
    const equals = Array.from({ length: 6 }, (_, at) => approach(`a${at}`, () => (random.next() < 0.5 ? 1 : 0)));
    const choice = confirmChoice(equals, questions, { resamples: 20, seed: round });
    inflation += choice!.development.mean - 0.5;
    bias += choice!.confirmed.mean - 0.5;
  }
  expect(inflation / rounds).toBeGreaterThan(0.06);
  expect(Math.abs(bias / rounds)).toBeLessThan(0.02);
});

test("a real winner is chosen and confirmed; groups are never split; few clusters or one approach say nothing", () => {
  const good = approach("good", () => 1);
  const bad = approach("bad", () => 0);
  const choice = confirmChoice([bad, good], questions, { resamples: 50 });
  expect(choice).toMatchObject({ chosen: "good", chosenAgain: true, development: { n: 30 }, confirmed: { n: 30 } });
  expect(confirmChoice([good], questions)).toBeNull();
  const few = questions.map((question) => ({ ...question, group: "one" }));
  expect(confirmChoice([good, bad], few)).toBeNull();
});
