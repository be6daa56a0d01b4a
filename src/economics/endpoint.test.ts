// A tuned model that answers from a machine of its own: its hours are counted once, idle ones too, and never taken for free.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Hosting } from "../core/training.ts";
import { approachMoney } from "./approach-money.ts";
import { costSummary } from "./cost-summary.ts";
import type { ApproachLedger } from "./ledger.ts";
import { priceBook } from "./price-book.ts";
import type { Rates } from "./rates.ts";

const name = "together/acme/tuned";
const call = { modelId: name, inputTokens: 100, cachedInputTokens: 0, outputTokens: 10, durationMs: 5 };
const training = { ...call, bill: { usd: 1.25 } };

const ledgerWith = (hosting: Hosting): ApproachLedger => ({
  approach: "fine-tuned",
  yardstick: false,
  traits: { knowledge: "weights", behaviour: "weights", offline: false },
  answers: [[call], [call]],
  preparing: [training],
  prepareMs: 1,
  indexing: [],
  oneDocument: [],
  provided: { name, hosting, retires: null, toDo: [] },
  examples: 10,
});
const byTheHour = (usdPerHour: number | null): Hosting => ({ kind: "endpoint", usdPerHour, billsWhenIdle: true });

async function inputsWith(queriesPerMonth: number | undefined, rates: Partial<Rates> = {}) {
  const models = { [name]: { inputUsdPerMillionTokens: 1, outputUsdPerMillionTokens: 1 } };
  return {
    prices: await priceBook({ models }),
    rates: { endpointHoursPerMonth: 730, setupHours: {}, batchDiscount: 0.5, ...rates },
    traffic: { queriesPerMonth, batchShare: 0, horizonMonths: 12 },
  };
}

test("its hours are the month's cost, its bill the upfront one, and its tokens cost nothing beside them", async () => {
  const money = approachMoney(ledgerWith(byTheHour(2)), await inputsWith(1000));
  expect(money).toMatchObject({ perQuery: { usd: 0 }, upfront: { usd: 1.25 }, monthly: { usd: 1460 } });
  expect(money.parts.fixedPerMonth).toEqual([{ label: "endpoint, 730 hours, idle ones too", usd: 1460 }]);
});

test("a question bears its share of them, whatever the volume; without a volume nobody can say", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 1e7 }), async (volume) => {
      const { costUsd } = costSummary(ledgerWith(byTheHour(2)), await inputsWith(volume));
      expect(costUsd.perQuery! * volume).toBeCloseTo(1460, 6);
      expect(costUsd.monthly).toBeCloseTo(1460, 6);
    }),
  );
  const { costUsd, costReason } = costSummary(ledgerWith(byTheHour(2)), await inputsWith(undefined));
  expect([costUsd.perQuery, costReason]).toEqual([null, expect.stringContaining("set queriesPerMonth")]);
});

test("an hour without a price makes the month unknown, unless the config has one", async () => {
  const unknown = approachMoney(ledgerWith(byTheHour(null)), await inputsWith(1000));
  expect(unknown.monthly).toMatchObject({ usd: null, reason: expect.stringContaining("prices.endpointHourUsd") });
  const stated = approachMoney(ledgerWith(byTheHour(null)), await inputsWith(1000, { endpointHourUsd: 1 }));
  expect(stated.monthly.usd).toBe(730);
});

test("a model that is paid by the token needs no machine, and none is missed", async () => {
  const money = approachMoney(ledgerWith({ kind: "per-token" }), await inputsWith(1000, { endpointHourUsd: 9 }));
  expect(money.fixedPerMonth.usd).toBe(0);
  expect(money.perQuery.usd).toBeCloseTo(110e-6, 9);
  expect(money.notCounted.join()).not.toContain("endpoint");
});

test("a bill that nobody told is unknown, not the price of as many tokens", async () => {
  const preparing = [{ ...call, bill: { unknown: "the provider did not say" } }];
  const money = approachMoney({ ...ledgerWith(byTheHour(2)), preparing }, await inputsWith(1000));
  expect(money.upfront).toEqual({ usd: null, reason: "the provider did not say" });
});
