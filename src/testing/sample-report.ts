// Invented comparisons to draw: a rich one, and the parts to build poorer or hostile ones from. Figures mean nothing.
import type {
  ComparedPair,
  ComparisonReport,
  NotRunApproach,
  ReportedQuestion,
  ScoredApproach,
  ScoreSummary,
} from "../core/comparison.ts";

export function summary(mean: number, halfWidth = 0.05, n = 240, missing = 0): ScoreSummary {
  return { mean, low: Math.max(0, mean - halfWidth), high: Math.min(1, mean + halfWidth), n, missing };
}

/** What a metric says where no answer could be scored. */
export const nothingScored: ScoreSummary = { mean: Number.NaN, low: Number.NaN, high: Number.NaN, n: 0, missing: 0 };

export function sampleApproach(
  name: string,
  quality: ScoreSummary,
  more: Partial<ScoredApproach> = {},
): ScoredApproach {
  const mean = Number.isFinite(quality.mean) ? quality.mean : 0;
  return {
    name,
    status: "scored",
    yardstick: false,
    scores: {
      quality,
      contains: summary(mean * 0.9, 0.06, 200),
      "recall@5": summary(0.81, 0.04, 200),
      "over-decline": summary(0.06, 0.03, 200),
      "schema-valid": nothingScored,
    },
    prepareMs: 1830,
    latencyMs: { p50: 640, p95: 2310 },
    throughputQps: 1.4,
    costUsd: { perQuery: 0.0021, upfront: 0.04, monthly: 210 },
    labels: ["acme/large-1"],
    notes: [],
    ...more,
  };
}

export function notRunApproach(name: string, reason: string, yardstick = false): NotRunApproach {
  return { name, status: "not-run", yardstick, reason };
}

export function samplePair(a: string, b: string, difference: number, pAdjusted: number): ComparedPair {
  const [low, high] = [difference - 0.04, difference + 0.04];
  return { a, b, metric: "quality", difference, low, high, p: pAdjusted / 6, pAdjusted };
}

const gold = {
  source: "docs/handbook/leave.md",
  text: "## Leave\n\nEvery full-time colleague has 28 days of leave a year.",
  isGold: true,
};
const other = {
  source: 'docs/tables/fees "2026".pdf',
  page: 4,
  text: "| fee | amount |\n|---|---|\n| late | 12 |",
  isGold: false,
};

export const sampleQuestion: ReportedQuestion = {
  id: "leave-07",
  text: "How many days of leave does a colleague on a four-day week have?",
  kind: "multi-document",
  answerable: true,
  references: ["22.4 days", "22 days and a half"],
  gold: ["docs/handbook/leave.md"],
  answers: [
    {
      approach: "rag",
      outcome: "answered",
      text: "28 days of leave a year. [1]",
      quality: 0.2,
      citations: [{ source: gold.source, quote: "28 days of leave a year" }],
      passages: [gold, other],
    },
    {
      approach: "long-context",
      outcome: "failed",
      text: "the model took too long",
      quality: null,
      citations: [],
      passages: [other],
    },
    { approach: "prompt-only", outcome: "declined", text: "", quality: 0, citations: [], passages: [] },
  ],
};

const kinds = ["facts", "multi-document", "paraphrase", "second-language", "tables", "unanswerable"];

const approaches = [
  sampleApproach("prompt-only", summary(0.312), {
    costUsd: { perQuery: 0.0004, upfront: 0, monthly: 40 },
    latencyMs: { p50: 410, p95: 900 },
  }),
  sampleApproach("few-shot", summary(0.451), { costUsd: { perQuery: 0.0009, upfront: 0.01, monthly: 90 } }),
  sampleApproach("long-context", summary(0.731, 0.06, 221, 19), {
    costUsd: { perQuery: 0.31, upfront: 0, monthly: 31_000 },
    latencyMs: { p50: 14_200, p95: 31_000 },
    notes: ["212 of 640 documents fit into 200,000 tokens"],
  }),
  sampleApproach("rag", summary(0.768), {
    labels: ["acme/large-1", "embedded/static: static, bag of tokens", "embedded/linear"],
  }),
  sampleApproach("fine-tuned", summary(0.402), {
    costUsd: { perQuery: null, upfront: 12.5, monthly: null },
    costReason: "no price is known for acme/tuned-1",
  }),
  sampleApproach("hybrid", summary(0.779), {
    costUsd: { perQuery: 0.0031, upfront: 12.5, monthly: 310 },
    latencyMs: { p50: 790, p95: 2900 },
  }),
  notRunApproach("raft", "needs a model tuned with retrieved passages: assay tune --method raft"),
  sampleApproach("oracle", summary(0.861), { yardstick: true }),
  sampleApproach("always-decline", summary(0.1, 0.03), {
    yardstick: true,
    labels: [],
    costUsd: { perQuery: 0, upfront: 0, monthly: 0 },
    latencyMs: { p50: 0, p95: 0 },
  }),
  sampleApproach("majority-answer", summary(0.12, 0.03), {
    yardstick: true,
    labels: [],
    costUsd: { perQuery: 0, upfront: 0, monthly: 0 },
    latencyMs: { p50: 0, p95: 0 },
  }),
  sampleApproach("bm25-extractive", summary(0.524), {
    yardstick: true,
    labels: ["embedded/extractive: extractive, no language model"],
    costUsd: { perQuery: 0.0000003, upfront: 0, monthly: 0.03 },
    latencyMs: { p50: 7.2, p95: 19 },
  }),
];

const scored = approaches.flatMap((approach) => (approach.status === "scored" ? [approach] : []));

/** Eleven approaches, costs a million-fold apart, missing scores, an unknown price, leakage. */
export const sampleReport: ComparisonReport = {
  approaches,
  pairs: [
    samplePair("rag", "hybrid", -0.011, 0.92),
    samplePair("prompt-only", "rag", -0.456, 0.0006),
    samplePair("rag", "long-context", 0.037, 0.31),
    samplePair("few-shot", "prompt-only", 0.139, 0.004),
  ],
  recommendation: {
    approach: "rag",
    because: [
      "rag scores 76.8 of 100 for quality (95% interval 71.8 to 81.8); 240 of 240 questions could be scored.",
      "No difference found between it and hybrid, which costs more.",
    ],
    unless: ["raft does better; it was not run.", "A difference below 6.1 points matters to you."],
  },
  project: "harbour-desk",
  createdAt: "2026-11-21T09:56:12.000Z",
  command: "assay compare --project harbour-desk",
  corpus: { documents: 640, chunks: 5210 },
  questions: {
    count: 240,
    answerable: 200,
    clusters: 188,
    byKind: Object.fromEntries(kinds.map((kind) => [kind, 40])),
  },
  trainingExamples: 300,
  detectableDifference: 0.061,
  metrics: [
    { name: "quality", label: "the headline: right, complete and declined where it must be", higherIsBetter: true },
    { name: "contains", label: "the answer contains a reference", higherIsBetter: true },
    { name: "recall@5", label: "share of the gold evidence among the first 5 passages", higherIsBetter: true },
    { name: "over-decline", label: "share of the answerable questions that were declined", higherIsBetter: false },
    { name: "schema-valid", label: "the answer satisfies the question's schema", higherIsBetter: true },
  ],
  byKind: Object.fromEntries(
    kinds.map((kind, row) => [
      kind,
      Object.fromEntries(
        scored.map(({ name }, column) => [
          name,
          { quality: summary(((row * 37 + column * 23) % 100) / 100, 0.12, 40) },
        ]),
      ),
    ]),
  ),
  worst: [sampleQuestion],
  leakage: [{ questionId: "leave-07", trainingLine: 118, similarity: 0.93 }],
  money: {
    queriesPerMonth: 100_000,
    horizonMonths: 12,
    approaches: [
      {
        approach: "rag",
        traits: { knowledge: "index", behaviour: "instructions", offline: false },
        perQuery: { usd: 0.0021 },
        upfront: { usd: null, reason: "acme/embed-1 has no known price" },
        fixedPerMonth: { usd: 0 },
        monthly: { usd: 210 },
        parts: { perQuery: [], upfront: [], fixedPerMonth: [] },
        documentChange: { usd: 0.00042, work: "embed the document again", ms: 38 },
        behaviourChange: { usd: 0, work: "edit the instructions", ms: 0 },
        recheck: { usd: 0.5 },
        notCounted: ["people's hours to set it up"],
      },
    ],
    breakEven: [
      {
        a: "rag",
        b: "long-context",
        questionsInAll: 130,
        interval: { low: 90, high: null },
        questionsPerMonth: 11,
        cheaperAbove: "rag",
      },
    ],
    sensitivity: [{ change: "twice the questions", monthlyUsd: { rag: 420 }, cheapest: "rag" }],
    returns: [],
    assumptions: ["Prices as of November 2026."],
  },
  assumptions: ["Intervals: 95%, 10,000 clustered bootstrap resamples, seed 1."],
  environment: { node: "v24.21.0", platform: "linux x64" },
};
