// From a ledger to a bill: parts add up, unknown stays unknown with its reason, and more traffic never costs less.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Usage } from "../core/models.ts";
import type { ApproachTraits } from "../core/money.ts";
import { approachMoney } from "./approach-money.ts";
import { costSummary } from "./cost-summary.ts";
import type { ApproachLedger } from "./ledger.ts";
import { moneyReport } from "./money-report.ts";
import { priceBook } from "./price-book.ts";
import type { Rates, Traffic } from "./rates.ts";

const call = (changes: Partial<Usage>): Usage => ({
  modelId: "mybox/m",
  inputTokens: 0,
  cachedInputTokens: 0,
  outputTokens: 0,
  durationMs: 1,
  ...changes,
});

const indexed: ApproachTraits = { knowledge: "index", behaviour: "instructions", offline: false };
const tuned: ApproachTraits = { knowledge: "weights", behaviour: "weights", offline: false };

function ledger(approach: string, changes: Partial<ApproachLedger> = {}): ApproachLedger {
  const answers = [[call({ inputTokens: 2_000 })], [call({ inputTokens: 4_000 })]];
  const none = { preparing: [], prepareMs: 0, indexing: [], oneDocument: [], examples: 0 };
  return { approach, yardstick: false, traits: indexed, answers, ...none, ...changes };
}

/** USD 1 per million input tokens; a dollar a second for processor time. */
const book = await priceBook({
  machineHourUsd: 3_600,
  models: { "mybox/m": { inputUsdPerMillionTokens: 1, outputUsdPerMillionTokens: 2 } },
});
const rates: Rates = { endpointHoursPerMonth: 730, setupHours: {}, batchDiscount: 0.5 };
const traffic: Traffic = { batchShare: 0, horizonMonths: 12 };
const inputs = (changes: { rates?: Partial<Rates>; traffic?: Partial<Traffic> } = {}) => ({
  prices: book,
  rates: { ...rates, ...changes.rates },
  traffic: { ...traffic, ...changes.traffic },
});
const report = (ledgers: readonly ApproachLedger[], changes: Parameters<typeof inputs>[0] = {}) =>
  moneyReport({ approaches: ledgers, indexingBasis: "measured." }, inputs(changes));

describe("approachMoney", () => {
  test("per question, upfront and the month, with every part on its own line", () => {
    const seconds = (modelId: string, cpuSeconds: number) => call({ modelId, cpuMs: cpuSeconds * 1_000 });
    const row = ledger("rag", {
      indexing: [seconds("embedded/indexing", 5)],
      oneDocument: [seconds("embedded/indexing", 0.5)],
    });
    const money = approachMoney(
      row,
      inputs({
        rates: { vectorStoreMonthUsd: 70, personHourUsd: 50, setupHours: { rag: 4 } },
        traffic: { queriesPerMonth: 1_000, documentChangesPerMonth: 10 },
      }),
    );
    expect(money.perQuery.usd).toBeCloseTo(0.003, 12);
    expect(money.upfront.usd).toBeCloseTo(205, 9);
    expect(money.monthly.usd).toBeCloseTo(3 + 70 + 5, 9);
    expect(money.documentChange).toEqual({ usd: 0.5, work: "index the document again", ms: 1 });
    expect(money.behaviourChange).toMatchObject({ usd: 0, work: "edit the instructions" });
    expect(money.recheck.usd).toBeCloseTo(0.006, 12);
    expect(money.parts.upfront.map(({ label }) => label)).toEqual(["indexing: embedded/indexing", "set-up, 4 hours"]);
    expect(money.notCounted.join()).not.toContain("vectorStoreMonthUsd");
  });

  test("weights are trained again for a document as for a behaviour, and labelling is paid by the hour", () => {
    const row = ledger("fine-tuned", {
      traits: tuned,
      preparing: [call({ inputTokens: 3_000_000 })],
      prepareMs: 60_000,
      examples: 120,
    });
    const money = approachMoney(
      row,
      inputs({ rates: { personHourUsd: 40, labelMinutesPerExample: 5, endpointHourUsd: 2 } }),
    );
    expect(money.documentChange).toEqual({ usd: 3, work: "train again", ms: 60_000 });
    expect(money.behaviourChange).toMatchObject({ usd: 3, ms: 60_000 });
    expect(money.upfront.usd).toBeCloseTo(3 + 400, 9);
    expect(money.fixedPerMonth.usd).toBe(1_460);
  });

  test("what is not stated is in no sum and is named; what is used and unpriced makes its sum unknown", () => {
    const unpriced = ledger("rag", { answers: [[call({ modelId: "nowhere/m", inputTokens: 5 })]] });
    const money = approachMoney(unpriced, inputs({ traffic: { queriesPerMonth: 10 } }));
    expect(money.perQuery).toMatchObject({ usd: null, reason: expect.stringContaining("nowhere/m") });
    expect(money.monthly.usd).toBeNull();
    expect(money.upfront).toEqual({ usd: 0 });
    expect(money.notCounted.join()).toContain("prices.vectorStoreMonthUsd");
    expect(costSummary(unpriced, inputs())).toMatchObject({
      costUsd: { perQuery: null, upfront: 0, monthly: null },
      costReason: expect.stringMatching(/nowhere\/m.*queriesPerMonth is not set/),
    });
    expect(approachMoney(ledger("rag", { answers: [] }), inputs()).perQuery).toMatchObject({
      usd: null,
      reason: "no question was asked",
    });
  });

  test("no traffic costs what is fixed, even where an answer has no price", () => {
    const unpriced = ledger("rag", { answers: [[call({ modelId: "nowhere/m", inputTokens: 5 })]] });
    expect(approachMoney(unpriced, inputs({ traffic: { queriesPerMonth: 0 } })).monthly).toEqual({ usd: 0 });
  });

  test("batches take half off remote models and nothing off this machine", () => {
    const answers = [[call({ inputTokens: 1_000_000 }), call({ modelId: "embedded/x", cpuMs: 1_000 })]];
    const perQuery = (batchShare: number) =>
      approachMoney(ledger("rag", { answers }), inputs({ traffic: { batchShare } })).perQuery.usd;
    expect(perQuery(0)).toBe(2);
    expect(perQuery(1)).toBe(1.5);
    expect(perQuery(0.5)).toBe(1.75);
  });

  test("the month never falls as traffic grows, and parts sum to their total", () => {
    const tokens = fc.array(fc.nat({ max: 50_000 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(tokens, fc.nat({ max: 1e6 }), fc.nat({ max: 1e6 }), (sizes, small, more) => {
        const row = ledger("rag", { answers: sizes.map((inputTokens) => [call({ inputTokens })]) });
        const at = (queriesPerMonth: number) => approachMoney(row, inputs({ traffic: { queriesPerMonth } }));
        expect(at(small + more).monthly.usd!).toBeGreaterThanOrEqual(at(small).monthly.usd!);
        const { perQuery, parts } = at(small);
        expect(parts.perQuery.reduce((total, { usd }) => total + usd!, 0)).toBeCloseTo(perQuery.usd!, 12);
      }),
    );
  });
});

describe("moneyReport", () => {
  const dear = ledger("long-context");
  const prepared = ledger("fine-tuned", {
    traits: tuned,
    answers: [[call({ inputTokens: 1_000 })], [call({ inputTokens: 1_000 })]],
    preparing: [call({ inputTokens: 200_000_000 })],
  });

  test("the one that costs more upfront earns it back after extra / saving questions", () => {
    const [pair] = report([dear, prepared], { traffic: { queriesPerMonth: 10_000 } }).breakEven;
    expect(pair).toMatchObject({ a: "long-context", b: "fine-tuned", cheaperAbove: "fine-tuned" });
    expect(pair!.questionsInAll).toBeCloseTo(200 / 0.002, 6);
    expect(pair!.questionsPerMonth).toBeCloseTo(200 / 12 / 0.002, 6);
    const { low, high } = pair!.interval!;
    expect(low).toBeLessThan(pair!.questionsInAll!);
    expect(high === null || high > pair!.questionsInAll!).toBe(true);
  });

  test("return over the horizon, and never where nothing is saved", () => {
    const [earned] = report([dear, prepared], { traffic: { queriesPerMonth: 10_000 } }).returns;
    expect(earned).toMatchObject({ approach: "fine-tuned", against: "long-context", extraUpfrontUsd: 200 });
    expect(earned!.savedPerMonthUsd).toBeCloseTo(20, 9);
    expect(earned!.paidBackMonths).toBeCloseTo(10, 9);
    expect(earned!.overHorizon).toBeCloseTo((240 - 200) / 200, 9);
    expect(report([dear, prepared], { traffic: { queriesPerMonth: 0 } }).returns[0]).toMatchObject({
      paidBackMonths: null,
      overHorizon: -1,
    });
  });

  test("sensitivity changes one assumption at a time and names the cheapest of each", () => {
    const { sensitivity } = report([dear, prepared], { traffic: { queriesPerMonth: 10_000 } });
    const row = (change: string) => sensitivity.find((one) => one.change.includes(change))!;
    expect(row("as stated").monthlyUsd["long-context"]).toBeCloseTo(30, 9);
    expect(row("a tenth").cheapest).toBe("long-context");
    expect(row("ten times").cheapest).toBe("fine-tuned");
    expect(row("remote models at twice").monthlyUsd["long-context"]).toBeCloseTo(60, 9);
    expect(row("batches").monthlyUsd["long-context"]).toBeCloseTo(15, 9);
    expect(report([dear]).sensitivity).toEqual([]);
  });

  test("yardsticks are left out, one approach has no pair, and an unknown price no volume", () => {
    const yardstick = ledger("oracle", { yardstick: true });
    expect(report([dear, yardstick])).toMatchObject({
      approaches: [{ approach: "long-context" }],
      breakEven: [],
      returns: [],
    });
    const unpriced = ledger("few-shot", { answers: [[call({ modelId: "nowhere/m" })]] });
    const [pair] = report([dear, unpriced]).breakEven;
    expect(pair).toMatchObject({ questionsInAll: null, interval: null, reason: expect.stringContaining("nowhere/m") });
  });
});
