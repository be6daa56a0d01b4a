// The frontier: nobody on it is beaten in both, everybody off it is, and yardsticks and unknown costs are not on it.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Charted } from "./chart-data.ts";
import { frontier } from "./frontier.ts";

const approach = (name: string, mean: number, cost: number | null, role: Charted["role"] = "approach"): Charted => ({
  name,
  role,
  quality: { mean, low: mean, high: mean, n: 9, missing: 0 },
  costPerQueryUsd: cost,
  latencyMs: 1,
});
const byCost = (drawn: readonly Charted[]) =>
  frontier(drawn, ({ costPerQueryUsd }) => costPerQueryUsd).map(({ name }) => name);

test("cheapest to best, without the dominated, yardsticks and unknown costs", () => {
  const drawn = [
    approach("a", 0.9, 3),
    approach("b", 0.5, 1),
    approach("c", 0.5, 2),
    approach("oracle", 1, 0, "yardstick"),
    approach("d", 1, null),
  ];
  expect(byCost(drawn)).toEqual(["b", "a"]);
});

test("every approach off the frontier is beaten by one on it", () => {
  const share = fc.integer({ min: 0, max: 9 });
  fc.assert(
    fc.property(fc.array(fc.tuple(share, share), { maxLength: 8 }), (rows) => {
      const drawn = rows.map(([quality, cost], index) => approach(`a${index}`, quality, cost));
      const on = frontier(drawn, ({ costPerQueryUsd }) => costPerQueryUsd);
      for (const one of drawn.filter((each) => !on.includes(each))) {
        expect(
          on.some((best) => best.costPerQueryUsd! <= one.costPerQueryUsd! && best.quality.mean >= one.quality.mean),
        ).toBe(true);
      }
    }),
  );
});
