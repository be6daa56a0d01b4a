// The promise of looking early: however often one looks, false claims stay within the error rate.
import { expect, test } from "vitest";
import { normalQuantile, normalShare } from "./normal.ts";
import { seededRandom } from "./random.ts";
import { lookAlphas } from "./sequential.ts";

test("spends next to nothing early, all of it in the end", () => {
  for (const looks of [1, 2, 4, 10]) {
    const alphas = lookAlphas(looks);
    expect(alphas.reduce((sum, alpha) => sum + alpha, 0)).toBeCloseTo(0.05, 6);
    expect(alphas.toSorted((a, b) => a - b)).toEqual(alphas);
  }
  expect(lookAlphas(1)[0]).toBeCloseTo(0.05, 6);
  expect(lookAlphas(4)[0]).toBeLessThan(0.0002);
});

test("with no difference, testing at every look claims one in at most 5%; unspent looking would not", () => {
  const random = seededRandom(4);
  const [looks, rounds] = [4, 4000];
  const alphas = lookAlphas(looks);
  let [claims, naive] = [0, 0];
  for (let round = 0; round < rounds; round += 1) {
    let sum = 0;
    const ps = alphas.map((_, look) => {
      sum += normalQuantile(Math.min(1 - 1e-9, Math.max(1e-9, random.next())));
      return 2 * normalShare(-Math.abs(sum) / Math.sqrt(look + 1));
    });
    if (ps.some((p, look) => p <= alphas[look]!)) claims += 1;
    if (ps.some((p) => p <= 0.05)) naive += 1;
  }
  expect(claims / rounds).toBeLessThan(0.055);
  expect(naive / rounds).toBeGreaterThan(0.1);
});
