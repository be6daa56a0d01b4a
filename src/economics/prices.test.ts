// Prices and the break-even volume: known figures, and unknown that never becomes zero.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Usage } from "../core/models.ts";
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

  test("cached input has its own price where the config gives one", async () => {
    const price = { inputUsdPerMillionTokens: 10, outputUsdPerMillionTokens: 0, cachedInputUsdPerMillionTokens: 1 };
    const book = await priceBook({ models: { "mybox/m": price } });
    const call = usage({ modelId: "mybox/m", inputTokens: 1_000_000, cachedInputTokens: 900_000 });
    expect(book.cost([call])).toEqual({ status: "priced", usd: 1.9 });
  });

  test("models on one's own servers cost their measured time, or say what to set", async () => {
    const isOwnServer = (modelId: string) => modelId.startsWith("ollama/");
    const call = usage({ modelId: "ollama/m", durationMs: 36_000, tokensUnknown: true });
    const book = await priceBook({ gpuHourUsd: 2, isOwnServer });
    expect(book.cost([call])).toEqual({ status: "priced", usd: 0.02 });
    expect(book.assumptions(["ollama/m"])[0]).toContain("USD 2 per GPU hour");
    const without = await priceBook({ isOwnServer });
    expect(without.cost([call])).toMatchObject({ reason: expect.stringContaining("prices.gpuHourUsd") });
  });

  test("every price's origin is stated, once per model", async () => {
    const book = await priceBook({ machineHourUsd: 0.2 });
    const assumptions = book.assumptions(["embedded/static", "openai/gpt-4o-mini", "embedded/static"]);
    expect(assumptions).toHaveLength(2);
    expect(assumptions[0]).toContain("USD 0.2 per vCPU hour");
    expect(assumptions[1]).toContain("genai-prices");
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
    expect(breakEven(cost(1, 1), cost(2, 1))).toMatchObject({ alwaysCheaper: "a" });
    expect(breakEven(cost(2, 3), cost(2, 1))).toMatchObject({ alwaysCheaper: "b" });
    expect(monthlyUsd(cost(1, null), 5)).toBeNull();
  });
});
