import { describe, expect, test } from "vitest";
import { fitLogistic, sigmoid } from "./logistic-regression.ts";

describe("logistic regression", () => {
  const grid = Array.from({ length: 400 }, (_, at) => [((at * 37) % 100) / 50 - 1, ((at * 61) % 100) / 5 - 10]);

  test("finds the weights that made the labels", () => {
    const rows = grid.map(([x = 0, y = 0]) => ({ features: [x, y], label: sigmoid(2 * x - 0.3 * y + 0.7) }));
    const [a, b, c] = fitLogistic(rows, { ridge: 0, intercept: true });
    expect(a).toBeCloseTo(2, 4);
    expect(b).toBeCloseTo(-0.3, 4);
    expect(c).toBeCloseTo(0.7, 4);
  });

  test("stays at the prior without evidence, and moves away from it with much", () => {
    const rows = grid.map(([x = 0]) => ({ features: [x], label: x > 0 ? 1 : 0 }));
    expect(fitLogistic([{ features: [0], label: 1 }], { prior: [3] })[0]).toBeCloseTo(3);
    expect(fitLogistic(rows, { prior: [-1], ridge: 1 })[0]).toBeGreaterThan(1);
    expect(fitLogistic(rows, { prior: [-1], ridge: 1e6 })[0]).toBeCloseTo(-1, 1);
  });

  test("a constant or empty feature does no harm", () => {
    const rows = grid.map(([x = 0]) => ({ features: [x, 0, 0], label: x > 0 ? 0.9 : 0.1 }));
    for (const weight of fitLogistic(rows)) expect(Number.isFinite(weight)).toBe(true);
    expect(fitLogistic([])).toEqual([]);
  });
});
