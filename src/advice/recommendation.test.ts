// The recommendation's rule: better only when the test says so, else cheaper; and what it may never do.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ComparedApproach, ComparedPair, NotRunApproach, ScoredApproach } from "../core/comparison.ts";
import type { ApproachMoney } from "../core/money.ts";
import { type RecommendationInput, recommend } from "./recommendation.ts";

type Row = {
  quality: number;
  perQuery?: number | null;
  p95?: number;
  yardstick?: boolean;
  upfront?: number;
  citing?: number;
  monthly?: number | null;
};

function row(name: string, values: Row): ScoredApproach {
  const { quality, perQuery = 0.001, p95 = 100, yardstick = false, upfront = 0, citing, monthly = null } = values;
  const summary = (mean: number) => ({ mean, low: mean, high: mean, n: 240, missing: 0 });
  return {
    name,
    status: "scored",
    yardstick,
    scores: { quality: summary(quality), ...(citing === undefined ? {} : { "citation-recall": summary(citing) }) },
    prepareMs: 0,
    latencyMs: { p50: p95 / 2, p95 },
    throughputQps: 1,
    costUsd: { perQuery, upfront, monthly },
    ...(perQuery === null ? { costReason: `no price known for ${name}` } : {}),
    labels: [],
    notes: [],
  };
}

function pair(a: ScoredApproach, b: ScoredApproach, pAdjusted: number): ComparedPair {
  const difference = a.scores["quality"]!.mean - b.scores["quality"]!.mean;
  return {
    a: a.name,
    b: b.name,
    metric: "quality",
    difference,
    low: difference - 0.05,
    high: difference + 0.05,
    p: pAdjusted,
    pAdjusted,
  };
}

/** All pairs; significant where qualities differ by more than `visible`. */
function advise(approaches: readonly ComparedApproach[], changes: Partial<RecommendationInput> = {}, visible = 0.1) {
  const scored = approaches.filter((one) => one.status === "scored");
  const pairs = scored.flatMap((a, index) =>
    scored.slice(index + 1).map((b) => {
      const gap = Math.abs(a.scores["quality"]!.mean - b.scores["quality"]!.mean);
      return pair(a, b, gap > visible ? 0.001 : 0.4);
    }),
  );
  const correct = (pValues: readonly number[]) => pValues;
  const common = { questionCount: 240, constraints: {}, detectableDifference: 0.08, correct };
  return recommend({ approaches, pairs, ...common, ...changes });
}

const decline = row("always-decline", { quality: 0.15, perQuery: 0, yardstick: true });
const notRun: NotRunApproach = {
  name: "fine-tuned",
  status: "not-run",
  yardstick: false,
  reason: "no training run yet: assay tune",
};

/** An approach that declines whatever it is asked. */
function declining(name: string, quality: number): ScoredApproach {
  const made = row(name, { quality, perQuery: 0 });
  const summary = { mean: 1, low: 0.98, high: 1, n: 100, missing: 0 };
  return { ...made, scores: { ...made.scores, "over-decline": summary } };
}

describe("the rule", () => {
  test("an approach that declines everything is never shipped, however many questions it was right to decline", () => {
    const half = row("always-decline", { quality: 0.52, perQuery: 0, yardstick: true });
    const mute = declining("prompt-only", 0.52);
    const beaten = advise([mute, row("rag", { quality: 0.4 }), half]);
    expect(beaten.approach).toBeNull();
    expect(beaten.because[0]).toContain("doing nothing scores better than rag");
    const alone = advise([mute, half]);
    expect(alone.approach).toBeNull();
    expect(alone.because[0]).toContain("declines every question");
  });

  test("an approach that gets every answer wrong is never shipped", () => {
    const { approach, because } = advise([row("rag", { quality: 0.049 }), row("few-shot", { quality: 0 })]);
    expect(approach).toBeNull();
    expect(because[0]).toContain("scores below 5 of 100");
  });

  test("a significantly better approach wins although it costs more", () => {
    const { approach, because } = advise([
      row("rag", { quality: 0.8, perQuery: 0.01 }),
      row("few-shot", { quality: 0.4 }),
      decline,
    ]);
    expect(approach).toBe("rag");
    expect(because.join(" ")).toMatch(/rag scores 80\.0 of 100 .* 240 of 240 questions could be scored/);
    expect(because.join(" ")).toMatch(/better than few-shot \(\+40\.0 points.*p = 0\.001/);
    expect(because.join(" ")).toContain("A true difference of about 8.0 points or more would show");
    expect(because.join(" ")).not.toContain("WARNING");
  });

  test("where no difference is found the cheaper wins, and the other is named under unless", () => {
    const { approach, because, unless } = advise([
      row("rag", { quality: 0.76, perQuery: 0.001 }),
      row("long-context", { quality: 0.8, perQuery: 0.02 }),
      decline,
    ]);
    expect(approach).toBe("rag");
    expect(because.join(" ")).toMatch(/No difference found between it and long-context \(-4\.0 points/);
    expect(because.join(" ")).toContain("it is the cheapest (long-context USD 20.00 per 1,000 questions)");
    expect(because.join(" ")).toContain("At every volume it costs no more than long-context.");
    expect(unless.join(" ")).toContain("More questions show that long-context, +4.0 points here, really is better");
  });

  test("costs equal to the cent per 1,000 questions leave the choice to observed quality", () => {
    const { approach } = advise([
      row("a", { quality: 0.7, perQuery: 0.000001 }),
      row("b", { quality: 0.75, perQuery: 0.000002 }),
      decline,
    ]);
    expect(approach).toBe("b");
  });

  test("where neither cost nor quality sets two apart, it is the speed that is said to", () => {
    const { approach, because } = advise([row("a", { quality: 0.7, p95: 90 }), row("b", { quality: 0.7 }), decline]);
    expect(approach).toBe("a");
    expect(because.join(" ")).toContain("or scores higher, and it is the fastest (b USD 1.00 per 1,000 questions)");
  });

  test("an unknown cost ranks after a known one and says so", () => {
    const { approach, unless } = advise([
      row("rag", { quality: 0.76, perQuery: 5 }),
      row("hosted", { quality: 0.8, perQuery: null }),
      decline,
    ]);
    expect(approach).toBe("rag");
    expect(unless.join(" ")).toContain("The cost of hosted becomes known (no price known for hosted)");
  });

  test("constraints set aside what breaks them, and say so", () => {
    const approaches = [
      row("rag", { quality: 0.6, p95: 90 }),
      row("long-context", { quality: 0.9, p95: 4_000 }),
      decline,
    ];
    const { approach, unless } = advise(approaches, { constraints: { maxP95LatencyMs: 500 } });
    expect(approach).toBe("rag");
    expect(unless.join(" ")).toContain(
      "long-context (90.0 of 100) was set aside because its 95th percentile latency is 4000 ms",
    );
    const none = advise(approaches, { constraints: { maxP95LatencyMs: 5 } });
    expect(none.approach).toBeNull();
    expect(none.because[0]).toMatch(
      /^No approach meets the constraints\. Closest is rag .*90 ms, the limit 5 ms \(85 ms or 1700% over\)/,
    );
    expect(none.because[1]).toContain("long-context does not fit");
  });

  test("citations and budget: what cannot be shown to fit gives way to what does", () => {
    const cites = row("rag", { quality: 0.5, citing: 0.6, monthly: 10 });
    const silent = row("prompt-only", { quality: 0.9, citing: 0, monthly: 1 });
    const unpriced = row("hosted", { quality: 0.9, citing: 0.9, monthly: null });
    expect(advise([cites, silent], { constraints: { needsCitations: true } }).approach).toBe("rag");
    expect(advise([cites, unpriced], { constraints: { maxMonthlyUsd: 20 } }).approach).toBe("rag");
    const alone = advise([unpriced], { constraints: { maxMonthlyUsd: 20 } });
    expect(alone.approach).toBe("hosted");
    expect(alone.because.join(" ")).toContain("not shown to meet the constraints");
  });

  test("few questions are called few; approaches not run and upfront costs are named", () => {
    const tuned = row("tuned", { quality: 0.8, perQuery: 0.001, upfront: 40 });
    const small = { ...tuned, scores: { quality: { mean: 0.8, low: 0.6, high: 0.9, n: 40, missing: 2 } } };
    const { because, unless } = advise([small, row("rag", { quality: 0.8, perQuery: 0.009 }), decline, notRun], {
      questionCount: 42,
    });
    expect(because.join(" ")).toMatch(/40 of 42 questions could be scored.*40 scored questions are few/);
    expect(unless.join(" ")).toContain("fine-tuned does better; it was not run: no training run yet: assay tune");
    expect(unless.join(" ")).toContain(
      "Fewer than 5,000 questions will ever be asked: until then the USD 40.00 that tuned costs more",
    );
  });
});

describe("the situation", () => {
  const traits = (knowledge: "index" | "weights", offline: boolean) =>
    ({ knowledge, behaviour: "instructions", offline }) as const;
  const local = { ...row("rag", { quality: 0.5 }), traits: traits("index", true) };
  const remote = { ...row("fine-tuned", { quality: 0.9 }), traits: traits("weights", false) };

  test("offline and current facts set aside what breaks them; what is not known is not assumed", () => {
    expect(advise([local, remote]).approach).toBe("fine-tuned");
    expect(advise([local, remote], { constraints: { offline: true } }).approach).toBe("rag");
    const { approach, unless } = advise([local, remote], { constraints: { needsCurrentFacts: true } });
    expect(approach).toBe("rag");
    expect(unless.join(" ")).toContain("a changed document reaches it only by training again");
    const alone = advise([row("old", { quality: 0.5 })], { constraints: { offline: true } });
    expect(alone.because.join(" ")).toContain("not shown to meet the constraints");
  });

  test("of several that miss, the closest is named first, by how much", () => {
    const approaches = [
      row("a", { quality: 0.9, p95: 900, monthly: 30 }),
      row("b", { quality: 0.4, p95: 120, monthly: 11 }),
    ];
    const { approach, because } = advise(approaches, { constraints: { maxP95LatencyMs: 100, maxMonthlyUsd: 10 } });
    expect(approach).toBeNull();
    expect(because[0]).toMatch(/Closest is b .*20 ms or 20% over.*USD 11\.00 a month.*USD 1\.00 over/);
  });

  test("what a change costs is said for every approach", () => {
    const change = { usd: 40, work: "train again", ms: 1 };
    const free = { usd: 0, work: "edit the instructions", ms: 0 };
    const money = [
      { approach: "fine-tuned", traits: traits("weights", false), documentChange: change, behaviourChange: free },
    ];
    const { unless } = advise([local], { money: money as unknown as readonly ApproachMoney[] });
    expect(unless.join(" ")).toContain("One change costs fine-tuned: USD 40.00 (train again).");
  });
});

describe("the family of tests", () => {
  test("only the best against each other candidate is corrected, so yardsticks and losers cost no power", () => {
    const rows = [row("best", { quality: 0.8 }), row("b", { quality: 0.7 }), row("c", { quality: 0.7 }), decline];
    const families: (readonly number[])[] = [];
    const correct = (p: readonly number[]) => {
      families.push(p);
      return p.map((one) => Math.min(1, one * p.length));
    };
    const { approach, notToldApart } = advise(rows, { correct }, 0.05);
    expect(families).toEqual([[0.001, 0.001]]);
    expect(approach).toBe("best");
    expect(notToldApart).toEqual([]);
    expect(advise(rows, {}, 0.2).notToldApart).toHaveLength(2);
  });
});

describe("routing", () => {
  const finding = { single: "rag", byKind: { fact: "rag", style: "few-shot" }, low: 0.02, high: 0.09, n: 200 };
  const sentence = (gain: number, p: number) =>
    advise([row("rag", { quality: 0.6 })], { routing: { ...finding, gain, p } }).because.join(" ");

  test("a gain is claimed only where the test on the other half shows it", () => {
    expect(sentence(0.055, 0.01)).toContain("(style to few-shot; the rest to rag) gains +5.5 points");
    expect(sentence(0.055, 0.2)).toContain("shows no gain: +5.5 points");
    expect(sentence(-0.055, 0.01)).toContain("shows no gain: -5.5 points");
    const alike = { ...finding, byKind: { fact: "rag", style: "rag" }, gain: 0, p: 1 };
    const { because } = advise([row("rag", { quality: 0.6 })], { routing: alike });
    expect(because.join(" ")).toContain("rag is the best for every kind of question: nothing to route.");
  });
});

describe("yardsticks", () => {
  test("one that is not beaten is said first and loudly", () => {
    const bm25 = row("bm25-extractive", { quality: 0.75, yardstick: true });
    const { approach, because } = advise([row("rag", { quality: 0.8 }), bm25, decline]);
    expect(approach).toBe("rag");
    expect(because[0]).toBe("WARNING: rag is NOT shown to be better than the yardstick bm25-extractive (75.0 of 100).");
  });

  test("where doing nothing is significantly better, nothing is recommended", () => {
    const { approach, because } = advise([
      row("rag", { quality: 0.3 }),
      row("always-decline", { quality: 0.5, yardstick: true }),
    ]);
    expect(approach).toBeNull();
    expect(because[0]).toBe("Nothing is fit to be shipped: doing nothing scores better than rag.");
  });

  test("an approach no better than doing nothing is not chosen for being cheap", () => {
    const idle = row("prompt-only", { quality: 0.15, perQuery: 0 });
    expect(advise([row("rag", { quality: 0.2, perQuery: 1 }), idle, decline]).approach).toBe("rag");
  });

  test("the oracle is a ceiling, not a warning", () => {
    const { because } = advise([
      row("rag", { quality: 0.6 }),
      row("oracle", { quality: 0.9, yardstick: true }),
      decline,
    ]);
    expect(because.join(" ")).not.toContain("WARNING");
    expect(because.join(" ")).toContain("Given the right passages (oracle) the same reader scores 90.0");
  });
});

test("nothing scored: nothing recommended, with the reason", () => {
  expect(
    recommend({
      approaches: [notRun],
      pairs: [],
      questionCount: 0,
      constraints: {},
      detectableDifference: null,
      correct: (p) => p,
    }),
  ).toEqual({
    approach: null,
    because: ["No approach has a scored answer, so there is nothing to choose from."],
    unless: ["fine-tuned does better; it was not run: no training run yet: assay tune"],
  });
});

describe("invariants", () => {
  const values = fc.record({
    quality: fc.double({ min: 0, max: 1, noNaN: true }),
    perQuery: fc.option(fc.double({ min: 0, max: 0.1, noNaN: true })),
    p95: fc.double({ min: 1, max: 5_000, noNaN: true }),
    yardstick: fc.boolean(),
  });
  const field = fc
    .array(values, { minLength: 1, maxLength: 7 })
    .map((rows) =>
      rows.map((one, index) => row(one.yardstick && index === 0 ? "always-decline" : `approach-${index}`, one)),
    );

  test("never a yardstick, never one that was not run; every sentence is whole", () => {
    fc.assert(
      fc.property(
        field,
        fc.option(fc.integer({ min: 1, max: 5_000 }), { nil: undefined }),
        (approaches, maxP95LatencyMs) => {
          const { approach, because, unless } = advise([...approaches, notRun], { constraints: { maxP95LatencyMs } });
          const chosen = approaches.find(({ name }) => name === approach);
          if (approach !== null) expect(chosen?.yardstick).toBe(false);
          if (chosen && maxP95LatencyMs !== undefined)
            expect(chosen.latencyMs.p95).toBeLessThanOrEqual(maxP95LatencyMs);
          expect(because.length).toBeGreaterThan(0);
          for (const sentence of [...because, ...unless]) expect(sentence).not.toMatch(/undefined|NaN|Infinity|null/);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("the order of the input changes nothing", () => {
    fc.assert(
      fc.property(field, (approaches) => {
        expect(advise(approaches.toReversed()).approach).toBe(advise(approaches).approach);
      }),
    );
  });

  test("adding an approach that the winner dominates changes nothing", () => {
    fc.assert(
      fc.property(field, fc.double({ min: 0.01, max: 1, noNaN: true }), (approaches, factor) => {
        const before = advise(approaches);
        const winner = approaches.find(({ name }) => name === before.approach);
        if (!winner) return;
        const { perQuery } = winner.costUsd;
        const dominated = row("another", {
          quality: winner.scores["quality"]!.mean * (1 - factor),
          perQuery: perQuery === null ? null : perQuery + factor,
          p95: winner.latencyMs.p95 + factor,
        });
        expect(advise([dominated, ...approaches]).approach).toBe(before.approach);
      }),
      { numRuns: 500 },
    );
  });

  test("a cheaper winner never has a significantly better rival that fits", () => {
    fc.assert(
      fc.property(field, (approaches) => {
        const { approach } = advise(approaches);
        const winner = approaches.find(({ name }) => name === approach);
        if (!winner) return;
        const best = Math.max(
          ...approaches.filter(({ yardstick }) => !yardstick).map(({ scores }) => scores["quality"]!.mean),
        );
        expect(best - winner.scores["quality"]!.mean).toBeLessThanOrEqual(0.1 + 1e-9);
      }),
    );
  });
});
