import { describe, expect, test } from "vitest";
import { epochBatches, heldOutBatches, paddedLength } from "./batches.ts";
import { learningRate } from "./schedule.ts";

const examples = Array.from({ length: 90 }, (_, index) => ({
  ids: new Array<number>(3 + ((index * 37) % 90)).fill(index),
  answers: [1],
}));
const options = { tokens: 256, seed: 5, epoch: 0 };

describe("batches", () => {
  test("hold every example once and keep to the token budget", () => {
    const batches = epochBatches(examples, options);
    expect(batches.flat().toSorted((a, b) => a.ids[0]! - b.ids[0]!)).toEqual(examples);
    for (const batch of batches) expect(batch.length * paddedLength(batch)).toBeLessThanOrEqual(256);
  });

  test("repeat for a seed and epoch and differ between epochs", () => {
    expect(epochBatches(examples, options)).toEqual(epochBatches(examples, options));
    expect(epochBatches(examples, { ...options, epoch: 1 })).not.toEqual(epochBatches(examples, options));
  });

  test("put like lengths together: less than a quarter is padding", () => {
    const batches = heldOutBatches(examples, 256);
    const padded = batches.reduce((sum, batch) => sum + batch.length * paddedLength(batch), 0);
    const real = examples.reduce((sum, { ids }) => sum + ids.length, 0);
    expect(padded / real).toBeLessThan(1.25);
  });

  test("an example beyond the budget stands alone", () => {
    const long = { ids: new Array<number>(400).fill(0), answers: [1] };
    expect(epochBatches([...examples, long], options).filter((batch) => batch.includes(long))).toEqual([[long]]);
  });
});

describe("the learning rate", () => {
  const cosine = { kind: "cosine", peak: 1, warmUpSteps: 10, floor: 0.1 } as const;
  test("warms up linearly, then falls to its floor", () => {
    expect(learningRate(cosine, 5, 110)).toBeCloseTo(0.5);
    expect(learningRate(cosine, 10, 110)).toBeCloseTo(1);
    expect(learningRate(cosine, 60, 110)).toBeCloseTo(0.55);
    expect(learningRate(cosine, 110, 110)).toBeCloseTo(0.1);
    expect(learningRate({ ...cosine, kind: "linear" }, 35, 110)).toBeCloseTo(0.775);
  });
});
