// The statistics against published or hand-computed values, and against what they promise: coverage, order, repeatability.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sampleQuestion } from "../../testing/sample-answers.ts";
import { bootstrapInterval, resamplePlan } from "./bootstrap.ts";
import { type Clusters, clusterScores, clustersOf } from "./clusters.ts";
import { holmAdjust } from "./holm.ts";
import { mcnemarExact } from "./mcnemar.ts";
import { normalQuantile } from "./normal.ts";
import { signFlipTest, signPlan } from "./permutation.ts";
import { detectableMeanDifference, detectableShareDifference, questionsNeeded } from "./power.ts";
import { seededRandom } from "./random.ts";
import { wilsonInterval } from "./wilson.ts";

const alone = (count: number): Clusters => ({
  count,
  indexOf: Int32Array.from({ length: count }, (_, index) => index),
});

describe("seededRandom", () => {
  test("repeats itself for a seed and differs between seeds", () => {
    const draw = (seed: number) => Array.from({ length: 5 }, seededRandom(seed).bits);
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  test("is uniform enough: mean, variance and every bit", () => {
    const random = seededRandom(3);
    const values = Array.from({ length: 100_000 }, random.next);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(mean).toBeCloseTo(0.5, 2);
    expect(variance).toBeCloseTo(1 / 12, 2);
    for (let bit = 0; bit < 32; bit += 1) {
      const share = values.filter((value) => (Math.floor(value * 2 ** (bit + 1)) & 1) === 1).length / values.length;
      expect(Math.abs(share - 0.5)).toBeLessThan(0.01);
    }
  });
});

test("questions cluster by group, else first relevant document, else alone", () => {
  const questions = [
    sampleQuestion({ id: "1", group: "a" }),
    sampleQuestion({ id: "2", group: "a", relevant: [{ source: "x" }] }),
    sampleQuestion({ id: "3", relevant: [{ source: "x" }, { source: "y" }] }),
    sampleQuestion({ id: "4", relevant: [{ source: "x" }] }),
    sampleQuestion({ id: "x" }),
    sampleQuestion({ id: "a" }),
  ];
  expect(clustersOf(questions)).toEqual({ count: 4, indexOf: Int32Array.from([0, 0, 1, 1, 2, 3]) });
});

describe("bootstrapInterval", () => {
  const values = fc.array(fc.oneof(fc.constant(null), fc.double({ min: 0, max: 1, noNaN: true })), {
    minLength: 1,
    maxLength: 30,
  });

  test("low ≤ mean ≤ high within the bounds, whatever is missing, however questions cluster", () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 6 }), (scores, clusterCount) => {
        const clusters = { count: clusterCount, indexOf: Int32Array.from(scores, (_, index) => index % clusterCount) };
        const plan = resamplePlan({ clusterCount, resamples: 200, seed: 1 });
        const { mean, low, high, n } = bootstrapInterval(clusterScores(scores, clusters), plan);
        expect(n).toBe(scores.filter((score) => score !== null).length);
        if (n === 0) return void expect(mean).toBeNaN();
        expect(low).toBeLessThanOrEqual(mean);
        expect(mean).toBeLessThanOrEqual(high);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1 + 1e-12);
      }),
    );
  });

  test("one question, or ten right of ten, claims no certainty: Wilson's bound", () => {
    for (const n of [1, 10]) {
      const plan = resamplePlan({ clusterCount: n, resamples: 100, seed: 1 });
      const { low, high } = bootstrapInterval(clusterScores(Array(n).fill(1), alone(n)), plan);
      expect(low).toBeCloseTo(wilsonInterval(n, n).low, 5);
      expect(high).toBe(1);
    }
  });

  test("the same seed gives the same interval, another seed nearly the same", () => {
    const scores = clusterScores(
      Array.from({ length: 100 }, (_, index) => (index % 3 === 0 ? 1 : 0)),
      alone(100),
    );
    const interval = (seed: number) =>
      bootstrapInterval(scores, resamplePlan({ clusterCount: 100, resamples: 10_000, seed }));
    expect(interval(1)).toEqual(interval(1));
    expect(interval(2).low).toBeCloseTo(interval(1).low, 1);
    // Normal theory: 0.34 ± 1.96·√(0.34·0.66/100) = 0.247 … 0.433.
    expect(interval(1).low).toBeCloseTo(0.247, 1);
    expect(interval(1).high).toBeCloseTo(0.433, 1);
  });

  test("clusters widen the interval: ten identical questions know as much as one", () => {
    const single = Array.from({ length: 20 }, (_, index) => index % 2);
    const tenfold = single.flatMap((value) => Array<number>(10).fill(value));
    const clusters = { count: 20, indexOf: Int32Array.from(tenfold, (_, index) => Math.floor(index / 10)) };
    const plan = resamplePlan({ clusterCount: 20, resamples: 4_000, seed: 1 });
    const expected = bootstrapInterval(clusterScores(single, alone(20)), plan);
    const clustered = bootstrapInterval(clusterScores(tenfold, clusters), plan);
    expect(clustered.low).toBeCloseTo(expected.low, 12);
    expect(clustered.high).toBeCloseTo(expected.high, 12);
  });

  test("covers the true mean about 95 times in 100", () => {
    const random = seededRandom(11);
    const plan = resamplePlan({ clusterCount: 60, resamples: 500, seed: 5 });
    let covered = 0;
    for (let trial = 0; trial < 400; trial += 1) {
      const scores = Array.from({ length: 60 }, () => (random.next() < 0.7 ? 1 : 0));
      const { low, high } = bootstrapInterval(clusterScores(scores, alone(60)), plan);
      if (low <= 0.7 && 0.7 <= high) covered += 1;
    }
    expect(covered / 400).toBeGreaterThan(0.9);
    expect(covered / 400).toBeLessThan(0.99);
  });
});

describe("signFlipTest", () => {
  const plan = (clusterCount: number, resamples = 2_000) => signPlan({ clusterCount, resamples, seed: 3 });

  test("small samples are exact: six agreeing signs give 2/64", () => {
    expect(signFlipTest(Float64Array.from([1, 1, 1, 1, 1, 1]), plan(6))).toBe(2 / 64);
    expect(signFlipTest(Float64Array.from([-1, -1, -1, -1, -1, -1]), plan(6))).toBe(2 / 64);
    expect(signFlipTest(Float64Array.from([1, -1, 0, 0]), plan(4))).toBe(1);
    expect(signFlipTest(new Float64Array(5), plan(5))).toBe(1);
  });

  test("equals McNemar's exact test on right and wrong answers", () => {
    for (const [onlyA, onlyB] of [
      [9, 2],
      [5, 5],
      [12, 1],
    ] as const) {
      const sums = Float64Array.from([...Array(onlyA).fill(1), ...Array(onlyB).fill(-1), ...Array(30).fill(0)]);
      expect(signFlipTest(sums, plan(sums.length))).toBeCloseTo(mcnemarExact(onlyA, onlyB), 12);
    }
    const large = Float64Array.from([...Array<number>(25).fill(1), ...Array<number>(12).fill(-1)]);
    expect(signFlipTest(large, plan(37, 20_000))).toBeCloseTo(mcnemarExact(25, 12), 2);
  });

  test("finds a difference at most about 5 times in 100 where there is none", () => {
    const random = seededRandom(17);
    const signs = plan(40, 500);
    let found = 0;
    for (let trial = 0; trial < 400; trial += 1) {
      const sums = Float64Array.from({ length: 40 }, () => random.next() - random.next());
      if (signFlipTest(sums, signs) < 0.05) found += 1;
    }
    expect(found / 400).toBeLessThan(0.085);
    expect(found / 400).toBeGreaterThan(0.015);
  });
});

test("McNemar: values of the binomial table", () => {
  expect(mcnemarExact(0, 0)).toBe(1);
  expect(mcnemarExact(1, 9)).toBeCloseTo((2 * (1 + 10)) / 1024, 12);
  expect(mcnemarExact(0, 10)).toBeCloseTo(2 / 1024, 12);
  expect(mcnemarExact(600, 400)).toBeLessThan(1e-9);
  expect(mcnemarExact(3, 8)).toBe(mcnemarExact(8, 3));
});

test("Wilson: half-widths at 80% for n from 30 to 1,000", () => {
  for (const [n, half] of [
    [30, 13.9],
    [50, 10.9],
    [100, 7.8],
    [200, 5.5],
    [400, 3.9],
    [1000, 2.5],
  ] as const) {
    const { low, high } = wilsonInterval(0.8 * n, n);
    expect(((high - low) / 2) * 100).toBeCloseTo(half, 1);
  }
  expect(wilsonInterval(0, 0)).toMatchObject({ low: 0, high: 1, n: 0 });
});

describe("holmAdjust", () => {
  test("a worked example", () => {
    const adjusted = holmAdjust([0.01, 0.04, 0.03, 0.005]);
    for (const [index, expected] of [0.03, 0.06, 0.06, 0.02].entries())
      expect(adjusted[index]).toBeCloseTo(expected, 12);
  });

  test("never below the raw value, never above 1, monotone, indifferent to order; one test is left alone", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 }), (pValues) => {
        const adjusted = holmAdjust(pValues);
        const ranked = pValues.map((p, index) => [p, adjusted[index]!] as const).sort(([a], [b]) => a - b);
        for (const [index, [p, after]] of ranked.entries()) {
          expect(after).toBeGreaterThanOrEqual(p);
          expect(after).toBeLessThanOrEqual(1);
          expect(after).toBeGreaterThanOrEqual(ranked[index - 1]?.[1] ?? 0);
        }
        expect(holmAdjust(pValues.toReversed()).toReversed()).toEqual(adjusted);
      }),
    );
    expect(holmAdjust([0.2])).toEqual([0.2]);
    expect(holmAdjust([])).toEqual([]);
  });
});

describe("power", () => {
  test("questions needed: the published table", () => {
    const table = [
      [0.1, 0.15, 116],
      [0.1, 0.2, 155],
      [0.05, 0.1, 312],
      [0.05, 0.3, 940],
      [0.03, 0.2, 1742],
      [0.02, 0.1, 1960],
    ] as const;
    for (const [difference, discordance, n] of table) {
      expect(Math.abs(questionsNeeded(difference, discordance) - n)).toBeLessThanOrEqual(1);
      expect(detectableShareDifference(n, discordance)).toBeCloseTo(difference, 3);
    }
  });

  test("few questions show no difference at all, not even the largest that there can be", () => {
    expect(detectableShareDifference(1, 0.3)).toBeNull();
    expect(questionsNeeded(0.2, 0.2)).toBeGreaterThan(30);
    expect(detectableShareDifference(30, 0.2)).toBeNull();
    expect(detectableShareDifference(60, 0.2)).not.toBeNull();
  });

  test("normal quantiles, and the 2.8 standard errors of 80% power", () => {
    for (const [share, z] of [
      [0.975, 1.959964],
      [0.8, 0.841621],
      [0.001, -3.090232],
      [0.5, 0],
    ] as const) {
      expect(normalQuantile(share)).toBeCloseTo(z, 5);
    }
    expect(detectableMeanDifference(0.01)).toBeCloseTo(0.02801585, 6);
  });
});
