// Drift: what chance moves is not told as moved, what really moved is.
import fc from "fast-check";
import { expect, test } from "vitest";
import { seededRandom } from "../../evaluation/statistics/random.ts";
import { driftOf } from "./drift.ts";

const random = seededRandom(5);
const flips = (count: number, share: number) => Array.from({ length: count }, () => (random.next() < share ? 1 : 0));

test("one rate told as moved in at most one of twenty stretches that have not", () => {
  let notable = 0;
  for (let round = 0; round < 400; round += 1) {
    const figures = () => ({ declined: flips(120, 0.3), faithfulness: flips(80, 0.8), failed: flips(120, 0.1) });
    if (driftOf(figures(), figures()).some(({ isNotable }) => isNotable)) notable += 1;
  }
  expect(notable / 400).toBeLessThan(0.08);
});

test("a true move is told, with its direction", () => {
  const [drift] = driftOf({ declined: flips(300, 0.1) }, { declined: flips(300, 0.4) });
  expect(drift).toMatchObject({ figure: "declined", isNotable: true });
  expect(drift!.recent).toBeGreaterThan(drift!.before);
});

test("few answers tell nothing; no spread at all tells what it can", () => {
  expect(driftOf({ ms: flips(19, 0.5) }, { ms: flips(400, 0.5) })).toEqual([]);
  const all = (value: number) => Array.from({ length: 30 }, () => value);
  expect(driftOf({ failed: all(0) }, { failed: all(0) })[0]).toMatchObject({ pAdjusted: 1, isNotable: false });
  expect(driftOf({ failed: all(0) }, { failed: all(1) })[0]).toMatchObject({ isNotable: true });
});

test("p stays in [0, 1] whatever the figures", () => {
  const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 20, maxLength: 40 });
  fc.assert(
    fc.property(values, values, (before, recent) => {
      for (const { pAdjusted } of driftOf({ ms: before }, { ms: recent }))
        expect(pAdjusted >= 0 && pAdjusted <= 1).toBe(true);
    }),
  );
});
