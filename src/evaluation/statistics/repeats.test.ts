// Noise of the model told from the spread between questions, on data whose parts are known.
import { expect, test } from "vitest";
import { seededRandom } from "./random.ts";
import { summariseRepeats } from "./repeats.ts";

test("a worked example", () => {
  const summary = summariseRepeats([
    [1, 1],
    [1, 0],
    [0, 0],
  ]);
  expect(summary).toMatchObject({ n: 3, repeats: 2, alwaysRight: 1 / 3, onceRight: 2 / 3 });
  expect(summary.mean).toBeCloseTo(0.5, 12);
  // Within: (0 + 1/2 + 0) / 3; observed variance of the means 1, 1/2, 0 is 1/4; between = 1/4 − (1/6)/2.
  expect(summary.modelNoise).toBeCloseTo(Math.sqrt(1 / 6), 12);
  expect(summary.questionNoise).toBeCloseTo(Math.sqrt(1 / 4 - 1 / 12), 12);
});

test("finds the two parts that were put in, and no noise in a deterministic model", () => {
  const random = seededRandom(2);
  const spread = (half: number) => (2 * random.next() - 1) * half;
  const scores = Array.from({ length: 4000 }, () => {
    const level = 0.5 + spread(0.3);
    return Array.from({ length: 5 }, () => level + spread(0.1));
  });
  const { modelNoise, questionNoise } = summariseRepeats(scores);
  expect(modelNoise).toBeCloseTo(0.1 / Math.sqrt(3), 2);
  expect(questionNoise).toBeCloseTo(0.3 / Math.sqrt(3), 2);
  expect(
    summariseRepeats([
      [1, 1, 1],
      [0, 0, 0],
    ]),
  ).toMatchObject({ modelNoise: 0, alwaysRight: 0.5 });
  expect(summariseRepeats([])).toMatchObject({ n: 0, mean: Number.NaN });
});
