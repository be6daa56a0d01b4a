// Prices, sums and break-even: known figures, and unknown that never becomes zero.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Usage } from "../core/models.ts";
import { summariseCosts } from "./ledger.ts";
import { breakEven, monthlyUsd } from "./monthly.ts";
import { priceBook } from "./price-book.ts";

const usage = (changes: Partial<Usage>): Usage => ({
  modelId: "embedded/extractive",
  inputTokens: 0,
  cachedInputTokens: 0,
  outputTokens: 0,
  durationMs: 1,
  ...changes,
});

describe("priceBook", () => {
  test("embedded parts cost their processor time at the machine-hour price", async () => {
    const book = await priceBook();
    expect(book.cost([usage({ cpuMs: 36_000 })])).toEqual({ status: "priced", usd: 0.001 });
    expect(book.cost([usage({})])).toMatchObject({ status: "unpriced" });
    expect(book.cost([])).toEqual({ status: "priced", usd: 0 });
  });

  test("hosted models cost their list price, cached input less", async () => {
    const book = await priceBook();
    const cost = (changes: Partial<Usage>) => {
      const priced = book.cost([usage({ modelId: "openai/gpt-4o-mini", ...changes })]);
      return priced.status === "priced" ? priced.usd : priced.reason;
    };
    const [fresh, cached] = [
      cost({ inputTokens: 1_000_000 }),
      cost({ inputTokens: 1_000_000, cachedInputTokens: 1_000_000 }),
    ];
    expect(fresh).toBeGreaterThan(0);
    expect(cached).toBeGreaterThan(0);
    expect(Number(cached)).toBeLessThan(Number(fresh));
    expect(Number(cost({ outputTokens: 1_000_000 }))).toBeGreaterThan(Number(fresh));
  });

  test("the user's price wins; an unknown model is unpriced and says what to write", async () => {
    const models = { "openai/gpt-4o-mini": { inputUsdPerMillionTokens: 7, outputUsdPerMillionTokens: 11 } };
    const book = await priceBook({ models });
    const call = usage({ modelId: "openai/gpt-4o-mini", inputTokens: 2_000_000, outputTokens: 1_000_000 });
    expect(book.cost([call])).toEqual({ status: "priced", usd: 25 });
    const unknown = book.cost([call, usage({ modelId: "ollama/some-model", inputTokens: 5 })]);
    expect(unknown).toMatchObject({
      status: "unpriced",
      reason: expect.stringContaining('prices.models["ollama/some-model"]'),
    });
    expect(book.cost([usage({ modelId: "no-provider" })]).status).toBe("unpriced");
  });

  test("a call without a token count is unpriced, whatever the price", async () => {
    const models = { "mybox/m": { inputUsdPerMillionTokens: 7, outputUsdPerMillionTokens: 11 } };
    const book = await priceBook({ models });
    for (const modelId of ["mybox/m", "openai/gpt-4o-mini"]) {
      expect(book.cost([usage({ modelId, tokensUnknown: true })])).toEqual({
        status: "unpriced",
        reason: `${modelId} did not report how many tokens a call used`,
      });
    }
  });

  test("every price's origin is stated, once per model", async () => {
    const book = await priceBook({ machineHourUsd: 0.2 });
    const assumptions = book.assumptions(["embedded/static", "openai/gpt-4o-mini", "embedded/static"]);
    expect(assumptions).toHaveLength(2);
    expect(assumptions[0]).toContain("USD 0.2 per vCPU hour");
    expect(assumptions[1]).toContain("genai-prices");
  });
});

describe("summariseCosts", () => {
  test("means over all answers, preparing apart, month by volume", async () => {
    const costModel = await priceBook({ machineHourUsd: 3600 });
    const answers = [{ usage: [usage({ cpuMs: 1 }), usage({ cpuMs: 3 })] }, { usage: [] }];
    const report = summariseCosts({ answers, preparing: [usage({ cpuMs: 5_000 })], costModel, queriesPerMonth: 1_000 });
    expect(report.costUsd.perQuery).toBeCloseTo(0.002, 12);
    expect(report.costUsd.upfront).toBeCloseTo(5, 12);
    expect(report.costUsd.monthly).toBeCloseTo(2, 12);
    expect(report.costReason).toBeUndefined();
  });

  test("one unknown call makes its figure null, with the reason, and leaves the others", async () => {
    const costModel = await priceBook();
    const answers = [{ usage: [usage({ modelId: "ollama/m" }), usage({ cpuMs: 1 })] }];
    const report = summariseCosts({ answers, preparing: [], costModel, queriesPerMonth: 10 });
    expect(report.costUsd).toEqual({ perQuery: null, upfront: 0, monthly: null });
    expect(report.costReason).toContain("ollama/m");
    expect(summariseCosts({ answers: [], preparing: [], costModel }).costUsd.perQuery).toBeNull();
  });
});

describe("monthly cost and break-even", () => {
  const cost = (perQueryUsd: number | null, fixedUsdPerMonth: number | null) => ({ perQueryUsd, fixedUsdPerMonth });

  test("at the break-even volume both cost the same, and above it the named one is cheaper", () => {
    const amount = fc.integer({ min: 0, max: 50_000 }).map((number) => number / 64);
    fc.assert(
      fc.property(amount, amount, amount, amount, (p, f, q, g) => {
        const [a, b] = [cost(p, f), cost(q, g)];
        const even = breakEven(a, b);
        if (even.queriesPerMonth === null || even.queriesPerMonth > 1e9) return;
        const [costA, costB] = [monthlyUsd(a, even.queriesPerMonth)!, monthlyUsd(b, even.queriesPerMonth)!];
        expect(Math.abs(costA - costB)).toBeLessThanOrEqual(1e-6 * (1 + costA));
        const above = even.queriesPerMonth * 2 + 1;
        const cheaper = monthlyUsd(a, above)! < monthlyUsd(b, above)! ? "a" : "b";
        expect(even.cheaperAbove).toBe(cheaper);
      }),
    );
  });

  test("no volume where one is always cheaper, both are equal, or something is unknown", () => {
    expect(breakEven(cost(1, 1), cost(2, 2))).toMatchObject({
      queriesPerMonth: null,
      reason: expect.stringContaining("every volume"),
    });
    expect(breakEven(cost(1, 1), cost(1, 1))).toMatchObject({
      queriesPerMonth: null,
      reason: expect.stringContaining("the same"),
    });
    expect(breakEven(cost(null, 1), cost(1, 1))).toMatchObject({
      queriesPerMonth: null,
      reason: expect.stringContaining("unknown"),
    });
    expect(breakEven(cost(0.01, 0), cost(0.002, 40))).toEqual({ queriesPerMonth: 40 / 0.008, cheaperAbove: "b" });
    expect(monthlyUsd(cost(1, null), 5)).toBeNull();
  });
});
