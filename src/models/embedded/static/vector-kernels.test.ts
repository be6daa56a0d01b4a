import { describe, expect, test } from "vitest";
import { sharedArena } from "../../../kernels/shared-arena.ts";
import { seededRandom } from "./random.ts";
import { normalise, vectorKernels } from "./vector-kernels.ts";

const arena = sharedArena(1 << 20);
const kernels = vectorKernels(arena.memory);
const random = seededRandom(5);

function randomNumbers(length: number): Float32Array {
  const numbers = arena.float32(length);
  for (let at = 0; at < length; at++) numbers[at] = random.normal();
  return numbers;
}

function expectClose(actual: Float32Array, expected: ArrayLike<number>): void {
  for (let at = 0; at < expected.length; at++) expect(actual[at]).toBeCloseTo(expected[at]!, 4);
}

describe("the kernels do what plain loops do", () => {
  test("addRows", () => {
    const rows = randomNumbers(7 * 48);
    const target = randomNumbers(48);
    const picked = [3, 0, 6, 6, 1];
    const indexes = arena.uint32(picked.length);
    indexes.set(picked);
    const expected = [...target].map((value, k) => picked.reduce((sum, row) => sum + rows[row * 48 + k]!, value));
    kernels.addRows(target.byteOffset, rows.byteOffset, indexes.byteOffset, indexes.byteOffset + 20, 48 * 4);
    expectClose(target, expected);
  });

  test("multiplyFourRows", () => {
    const inner = 13;
    const columns = 24;
    const a = randomNumbers(4 * inner);
    const b = randomNumbers(inner * columns);
    const c = randomNumbers(4 * columns);
    const expected = [...c].map((_, at) => {
      const row = Math.floor(at / columns);
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += a[row * inner + k]! * b[k * columns + (at % columns)]!;
      return sum;
    });
    kernels.multiplyFourRows(c.byteOffset, a.byteOffset, b.byteOffset, inner * 4, columns * 4);
    expectClose(c, expected);
  });

  test("adamRow", () => {
    const [row, first, second, gradient] = [randomNumbers(16), randomNumbers(16), randomNumbers(16), randomNumbers(16)];
    for (let k = 0; k < 16; k++) second[k] = second[k]! ** 2;
    const newFirst = first.map((value, k) => 0.9 * value + 0.1 * gradient[k]!);
    const newSecond = second.map((value, k) => 0.99 * value + 0.01 * gradient[k]! ** 2);
    const newRow = row.map((value, k) => value - (0.02 * newFirst[k]!) / (Math.sqrt(newSecond[k]!) + 1e-8));
    kernels.adamRow(
      row.byteOffset,
      row.byteOffset + row.byteLength,
      first.byteOffset,
      second.byteOffset,
      gradient.byteOffset,
      0.02,
      0.9,
      0.99,
      1e-8,
    );
    expectClose(first, newFirst);
    expectClose(second, newSecond);
    expectClose(row, newRow);
  });
});

test("normalise gives the former length and leaves a zero vector alone", () => {
  const vector = Float32Array.from([9, 3, 4, 0, 0]);
  expect(normalise(vector, 1, 2)).toBe(5);
  expectClose(vector, [9, 0.6, 0.8, 0, 0]);
  expect(normalise(vector, 3, 2)).toBe(0);
  expect([...vector.slice(3)]).toEqual([0, 0]);
});
