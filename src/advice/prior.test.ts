// The prior: each published threshold by itself, overridden, and held against a comparison.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ScoredApproach } from "../core/comparison.ts";
import { priorFor } from "./prior.ts";
import { checkPrior } from "./prior-check.ts";
import { changeRates, needs, type Situation, sensitivities } from "./situation.ts";

describe("published thresholds", () => {
  const prior = (situation: Situation, overrides = {}) => priorFor(situation, overrides).approach;

  test.each<[string, Situation, string]>([
    ["changing more than monthly: retrieve", { need: "knowledge", changes: "weekly", corpusTokens: 1_000 }, "rag"],
    ["latency under 300 ms, behaviour: tune", { need: "behaviour", maxLatencyMs: 150, examples: 500 }, "fine-tuned"],
    ["too few examples: do not tune yet", { need: "behaviour", maxLatencyMs: 150, examples: 20 }, "few-shot"],
    [
      "stable and small: everything into the prompt",
      { need: "knowledge", changes: "yearly", corpusTokens: 50_000 },
      "long-context",
    ],
    ["stable and large: retrieve", { need: "knowledge", changes: "yearly", corpusTokens: 5_000_000 }, "rag"],
    ["citations: retrieve", { citations: true }, "rag"],
    ["facts and behaviour with enough examples: both", { need: "both", examples: 400 }, "hybrid"],
    ["facts and behaviour with few examples: retrieve first", { need: "both", examples: 10 }, "rag"],
  ])("%s", (_, situation, expected) => {
    expect(prior(situation)).toBe(expected);
  });

  test("each can be replaced, and says whose it is then", () => {
    const situation: Situation = { need: "behaviour", maxLatencyMs: 150, examples: 20 };
    expect(prior(situation, { fewestExamples: 10, enoughExamples: 15 })).toBe("fine-tuned");
    const { thresholds, reasons } = priorFor(situation, { fewestExamples: 30 });
    expect(thresholds.find(({ name }) => name === "fewestExamples")).toMatchObject({ value: 30, overridden: true });
    expect(reasons.at(-1)).toMatchObject({ kindOfSource: expect.stringContaining("your own threshold") });
    expect(thresholds.every(({ kindOfSource }) => kindOfSource.length > 0)).toBe(true);
  });

  test("many questions a month: price tuning", () => {
    expect(priorFor({ queriesPerMonth: 200_000 }).measurements.join()).toContain("break-even volume");
    expect(priorFor({ queriesPerMonth: 90_000 }).measurements.join()).not.toContain("break-even volume");
  });

  test("nothing said: no prior, and everything is asked for", () => {
    expect(priorFor({})).toMatchObject({ approach: null, reasons: [], constraints: {} });
    expect(priorFor({}).unanswered).toHaveLength(10);
  });

  test("the situation becomes constraints", () => {
    const situation: Situation = {
      maxLatencyMs: 200,
      monthlyBudgetUsd: null,
      citations: true,
      sensitivity: "restricted",
      changes: "daily",
    };
    expect(priorFor(situation).constraints).toEqual({
      maxP95LatencyMs: 200,
      needsCitations: true,
      offline: true,
      needsCurrentFacts: true,
    });
  });

  test("too few examples never yield a tuned prior, a corpus too large never a long prompt", () => {
    const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
    const situations = fc.record({
      need: optional(fc.constantFrom(...needs)),
      changes: optional(fc.constantFrom(...changeRates)),
      citations: optional(fc.boolean()),
      maxLatencyMs: fc.option(fc.nat({ max: 2_000 })),
      sensitivity: optional(fc.constantFrom(...sensitivities)),
      queriesPerMonth: optional(fc.nat({ max: 1e7 })),
    });
    fc.assert(
      fc.property(situations, fc.nat({ max: 49 }), (situation, examples) => {
        const { approach } = priorFor({ ...situation, examples, corpusTokens: 1e9 });
        expect(["fine-tuned", "hybrid", "long-context"]).not.toContain(approach);
      }),
    );
  });
});

describe("against the last comparison", () => {
  const row = (name: string, mean: number) =>
    ({
      name,
      status: "scored",
      yardstick: false,
      scores: { quality: { mean, low: mean, high: mean, n: 200, missing: 0 } },
    }) as unknown as ScoredApproach;
  const evidence = (approach: string | null, notToldApart: readonly string[] = []) => ({
    approaches: [
      row("rag", 0.8),
      row("few-shot", 0.5),
      { name: "hybrid", status: "not-run" as const, yardstick: false, reason: "no model" },
    ],
    pairs: [
      { a: "rag", b: "few-shot", metric: "quality", difference: 0.3, low: 0.2, high: 0.4, p: 0.001, pAdjusted: 0.003 },
    ],
    recommendation: { approach, because: ["nothing fits"], unless: [], notToldApart },
  });

  test.each([
    ["rag", evidence("rag"), "confirmed"],
    ["rag", evidence("rag", ["few-shot"]), "not decided"],
    ["few-shot", evidence("rag"), "overturned"],
    ["rag", evidence("few-shot", ["rag"]), "not decided"],
    ["hybrid", evidence("rag"), "not measured"],
    ["fine-tuned", evidence("rag"), "not measured"],
    ["rag", evidence(null), "overturned"],
    ["rag", undefined, "not measured"],
    [null, evidence("rag"), "not measured"],
  ])("%s: %#", (prior, found, verdict) => {
    const check = checkPrior(prior, found);
    expect(check.verdict).toBe(verdict);
    expect(check.because).not.toMatch(/undefined|null|NaN/);
  });

  test("an overturned prior says by how much", () => {
    expect(checkPrior("few-shot", evidence("rag")).because).toContain("rag 80.0, few-shot 50.0, +30.0 points");
  });
});
