import fc from "fast-check";
import { expect, test } from "vitest";
import { quantiseRows, restoreRows } from "./quantised-rows.ts";
import { seededRandom } from "./random.ts";
import { normalise } from "./vector-kernels.ts";

test("gives every number back within half of its row's scale", () => {
  const rows = fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 8, maxLength: 64 });
  fc.assert(
    fc.property(rows, (numbers) => {
      const table = Float32Array.from(numbers.slice(0, numbers.length - (numbers.length % 4)));
      const quantised = quantiseRows(table, 4);
      const restored = restoreRows(quantised);
      for (const [index, value] of table.entries()) {
        const scale = quantised.scales[index >> 2]!;
        expect(Math.abs(restored[index]! - value)).toBeLessThanOrEqual(scale * 0.501 + 1e-40);
      }
    }),
  );
});

test("keeps text vectors within a hundredth, also where rows differ a thousandfold in size", () => {
  const random = seededRandom(3);
  const dimensions = 64;
  const table = Float32Array.from({ length: 50 * dimensions }, (_, at) => random.normal() * 10 ** -((at >> 6) % 4));
  const restored = restoreRows(quantiseRows(table, dimensions));
  const vectorFrom = (rows: Float32Array, tokens: readonly number[]) => {
    const vector = new Float32Array(dimensions);
    for (const token of tokens) for (let k = 0; k < dimensions; k++) vector[k]! += rows[token * dimensions + k]!;
    normalise(vector, 0, dimensions);
    return vector;
  };
  for (const tokens of [[3], [7, 11], [0, 1, 2, 3, 4, 5, 6], [3, 3, 7, 47]]) {
    const exact = vectorFrom(table, tokens);
    const close = vectorFrom(restored, tokens);
    expect(exact.reduce((sum, value, at) => sum + value * close[at]!, 0)).toBeGreaterThan(0.9999);
  }
});
