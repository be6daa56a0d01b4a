// The kernel against AdamW written out in float64, and what it must not do: hide a number that is none, drown in denormals.
import { describe, expect, test } from "vitest";
import { adamW } from "./adamw.ts";
import { random } from "./random.ts";
import type { Weights } from "./weights.ts";

const options = { weightDecay: 0.1, clipNorm: 1 };

/** Lengths that are no multiple of four, so that the padding between arrays is met. */
const shapes: Readonly<Record<string, readonly number[]>> = { matrix: [5, 3], gain: [7], one: [1] };

function fresh(seed: number): Map<string, { shape: readonly number[]; data: Float32Array }> {
  const { normal } = random(seed);
  return new Map(
    Object.entries(shapes).map(([name, shape]) => {
      const length = shape.reduce((product, size) => product * size, 1);
      return [name, { shape, data: Float32Array.from({ length }, () => normal()) }];
    }),
  );
}

/** Loshchilov & Hutter 2019, algorithm 2, with the gradients clipped to a global norm of 1. */
function reference(start: Weights, gradientsOf: (step: number) => Weights, steps: number, rate: number) {
  const state = new Map(
    [...start].map(([name, { shape, data }]) => [
      name,
      { shape, w: Float64Array.from(data), m: data.map(() => 0), v: data.map(() => 0) },
    ]),
  );
  for (let step = 1; step <= steps; step++) {
    const gradients = gradientsOf(step);
    const norm = Math.hypot(...[...gradients.values()].flatMap(({ data }) => [...data]));
    for (const [name, { shape, w, m, v }] of state) {
      gradients.get(name)!.data.forEach((raw, at) => {
        const g = raw / Math.max(1, norm);
        m[at] = 0.9 * m[at]! + 0.1 * g;
        v[at] = 0.999 * v[at]! + 0.001 * g * g;
        const move = m[at]! / (1 - 0.9 ** step) / (Math.sqrt(v[at]! / (1 - 0.999 ** step)) + 1e-8);
        w[at]! -= rate * (move + (shape.length > 1 ? options.weightDecay : 0) * w[at]!);
      });
    }
  }
  return state;
}

function fill(gradients: ReadonlyMap<string, Float32Array>, from: Weights): void {
  for (const [name, array] of gradients) array.set(from.get(name)!.data);
}

describe("AdamW", () => {
  test("does what the algorithm says, and leaves what it was given alone", () => {
    const start = fresh(1);
    const before = start.get("matrix")!.data.slice();
    const optimizer = adamW(start, options);
    for (let step = 1; step <= 20; step++) {
      fill(optimizer.gradients, fresh(100 + step));
      optimizer.update(step, 0.01);
    }
    const wanted = reference(start, (step) => fresh(100 + step), 20, 0.01);
    for (const [name, { data }] of optimizer.weights) {
      const expected = wanted.get(name)!.w;
      for (const [at, value] of data.entries()) expect(value).toBeCloseTo(expected[at]!, 5);
    }
    expect(start.get("matrix")!.data).toEqual(before);
  });

  test("returns the norm before clipping", () => {
    const optimizer = adamW(fresh(1), options);
    const gradients = fresh(2);
    fill(optimizer.gradients, gradients);
    expect(optimizer.update(1, 0)).toBeCloseTo(
      Math.hypot(...[...gradients.values()].flatMap(({ data }) => [...data])),
      5,
    );
  });

  test("continues from saved moments as if never interrupted", () => {
    const whole = adamW(fresh(1), options);
    const half = adamW(fresh(1), options);
    const step = (optimizer: typeof whole, at: number) => {
      fill(optimizer.gradients, fresh(100 + at));
      optimizer.update(at, 0.01);
    };
    for (const at of [1, 2, 3, 4]) step(whole, at);
    for (const at of [1, 2]) step(half, at);
    const resumed = adamW(half.weights, options, half.state);
    for (const at of [3, 4]) step(resumed, at);
    for (const [name, { data }] of whole.weights) expect(resumed.weights.get(name)!.data).toEqual(data);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])("a gradient of %s changes nothing and is told", (bad) => {
    const optimizer = adamW(fresh(1), options);
    fill(optimizer.gradients, fresh(2));
    optimizer.gradients.get("one")![0] = bad;
    expect(Number.isFinite(optimizer.update(1, 0.01))).toBe(false);
    for (const [name, { data }] of fresh(1)) expect(optimizer.weights.get(name)!.data).toEqual(data);
    for (const { data } of optimizer.state.values()) expect(data.every((value) => value === 0)).toBe(true);
  });

  test("moments of weights that are no longer used become zero, not denormal", () => {
    const optimizer = adamW(fresh(1), options);
    fill(optimizer.gradients, fresh(2));
    optimizer.update(1, 0.01);
    for (const gradient of optimizer.gradients.values()) gradient.fill(1e-25);
    for (let step = 2; step < 900; step++) optimizer.update(step, 0.01);
    for (const [name, { data }] of optimizer.state) {
      if (name.endsWith("/moment1")) expect(data.every((value) => value === 0)).toBe(true);
    }
  });
});

test("more weights than the memory holds are refused with a way out", () => {
  const huge = new Map([["matrix", { shape: [300_000_000], data: { length: 300_000_000 } as Float32Array }]]);
  expect(() => adamW(huge, options)).toThrow(/300 million weights/);
});
