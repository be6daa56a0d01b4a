// Advice for each kind of question: chosen by that kind's answers alone, under the limits of the whole.
import { expect, test } from "vitest";
import type { ComparedPair, ScoredApproach, ScoreSummary } from "../core/comparison.ts";
import { adviseByKind } from "./kinds.ts";

const summary = (mean: number): ScoreSummary => ({ mean, low: mean, high: mean, n: 60, missing: 0 });
const approach = (name: string, perQuery: number, p95 = 100): ScoredApproach => ({
  name,
  status: "scored",
  yardstick: false,
  scores: { quality: summary(0.5) },
  prepareMs: 0,
  latencyMs: { p50: p95, p95 },
  throughputQps: 1,
  costUsd: { perQuery, upfront: 0, monthly: null },
  labels: [],
  notes: [],
});
const pair = (difference: number, p: number): ComparedPair => ({
  a: "rag",
  b: "tuned",
  metric: "quality",
  difference,
  low: -1,
  high: 1,
  p,
  pAdjusted: 1,
});
const advise = (p: number, constraints = {}) =>
  adviseByKind({
    approaches: [approach("rag", 0.002), approach("tuned", 0.001, 400)],
    byKind: {
      fact: { rag: { quality: summary(0.8) }, tuned: { quality: summary(0.4) } },
      style: { rag: { quality: summary(0.5) }, tuned: { quality: summary(0.45) } },
    },
    pairsByKind: { fact: [pair(0.4, p)], style: [pair(0.05, 0.4)] },
    questionsByKind: { fact: 60, style: 60 },
    constraints,
    correct: (pValues) => pValues,
  });

test("a kind's winner is shown better, or the cheaper of those not told apart is named", () => {
  const [fact, style] = advise(0.001);
  expect(fact).toMatchObject({ kind: "fact", questions: 60, approach: "rag", notToldApart: [] });
  expect(style).toMatchObject({ approach: "tuned", notToldApart: ["rag"] });
  expect(style!.because).toContain("rag scores 50.0, which may be chance");
});

test("two kinds share the error rate", () => {
  expect(advise(0.03)[0]!.notToldApart).toEqual(["rag"]);
});

test("limits hold in every kind", () => {
  expect(advise(0.4, { maxP95LatencyMs: 200 }).map(({ approach: name }) => name)).toEqual(["rag", "rag"]);
  expect(advise(0.4, { maxP95LatencyMs: 2 })[0]).toMatchObject({ approach: null, quality: null });
});

test("an approach that declines everything is shipped for no kind, however right it is to decline", () => {
  const mute = approach("prompt-only", 0);
  const declines = { ...mute, scores: { ...mute.scores, "over-decline": summary(1) } };
  const [unanswerable] = adviseByKind({
    approaches: [approach("rag", 0.002), declines],
    byKind: { unanswerable: { rag: { quality: summary(0.6) }, "prompt-only": { quality: summary(1) } } },
    pairsByKind: {},
    questionsByKind: { unanswerable: 60 },
    constraints: {},
    correct: (pValues) => pValues,
  });
  expect(unanswerable!.approach).toBe("rag");
});

test("a kind that nobody answers is said to be one, however surely the best of them beats the others", () => {
  const [paraphrase] = adviseByKind({
    approaches: [approach("rag", 0.002), approach("tuned", 0.001)],
    byKind: { paraphrase: { rag: { quality: summary(0.004) }, tuned: { quality: summary(0) } } },
    pairsByKind: { paraphrase: [pair(0.004, 0.0001)] },
    questionsByKind: { paraphrase: 40 },
    constraints: {},
    correct: (pValues) => pValues,
  });
  expect(paraphrase).toMatchObject({ approach: null, notToldApart: [] });
  expect(paraphrase!.because).toBe("None answers this kind: the best, rag, scores 0.4 of 100.");
});

test("why one of those not told apart is named: price, else score, else speed", () => {
  const because = (perQuery: number, quality: number) =>
    adviseByKind({
      approaches: [approach("rag", 0.002, 50), approach("tuned", perQuery, 400)],
      byKind: { fact: { rag: { quality: summary(0.8) }, tuned: { quality: summary(quality) } } },
      pairsByKind: { fact: [pair(0.8 - quality, 0.5)] },
      questionsByKind: { fact: 60 },
      constraints: {},
      correct: (pValues) => pValues,
    })[0]!.because;
  expect(because(0.001, 0.7)).toContain(
    "tuned scores 70.0 of 100 and is not told apart from rag: the cheaper is named",
  );
  expect(because(0.002, 0.7)).toContain("costs are alike, and the one that scores higher is named");
  expect(because(0.002, 0.8)).toContain(
    "rag scores 80.0 of 100 and is not told apart from tuned: costs and scores are alike",
  );
});
