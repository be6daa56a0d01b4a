// The rules behind the prior: each looks at one thing that was said and speaks for or against approaches. Adds nothing up.
import type { Situation } from "./situation.ts";
import type { Threshold, ThresholdName } from "./thresholds.ts";

/** From the simplest to build to the most laborious: of equals the simplest is the prior. */
export const priorApproaches = ["prompt-only", "few-shot", "long-context", "rag", "fine-tuned", "hybrid"] as const;
export type PriorApproach = (typeof priorApproaches)[number];

export type Vote = {
  readonly reason: string;
  /** Points for (positive) and against (negative). */
  readonly points: Readonly<Partial<Record<PriorApproach, number>>>;
  readonly threshold?: ThresholdName;
  /** What to measure, because it would outrank this reason. */
  readonly measure: string;
};

type Limits = Readonly<Record<ThresholdName, number>>;
type Rule = (situation: Situation, limits: Limits) => Vote | null;

/** Rules about what nobody has said are silent. */
export function votesOn(situation: Situation, limits: readonly Threshold[]): readonly Vote[] {
  const values = Object.fromEntries(limits.map(({ name, value }) => [name, value])) as Limits;
  return rules.flatMap((rule) => rule(situation, values) ?? []);
}

const perYear = { never: 0, yearly: 1, monthly: 12, weekly: 52, daily: 365 } as const;

const need: Rule = ({ need: lacking }) => {
  const measure = "the scores by kind of question: `assay compare` with questions of both kinds";
  switch (lacking) {
    case "knowledge":
      return {
        reason: "The model lacks facts: give them to it in the prompt, retrieved or whole; tuning teaches facts badly.",
        points: { rag: 2, "long-context": 2, "few-shot": -2, "prompt-only": -3, "fine-tuned": -2, hybrid: -1 },
        measure,
      };
    case "behaviour":
      return {
        reason:
          "The model lacks a way of answering: show it examples or tune it; passages do not teach tone or format.",
        points: { "fine-tuned": 2, "few-shot": 2, "prompt-only": 1, rag: -2, "long-context": -2, hybrid: -1 },
        measure,
      };
    case "both":
      return {
        reason: "The model lacks facts and a way of answering: retrieve for the one and tune for the other.",
        points: { hybrid: 4, rag: 2, "long-context": 1, "prompt-only": -2, "few-shot": -1, "fine-tuned": -1 },
        measure,
      };
    default:
      return null;
  }
};

const changes: Rule = ({ changes: rate }, { changesPerYear }) => {
  if (rate === undefined || perYear[rate] <= changesPerYear) return null;
  return {
    reason: `Facts change ${rate}, more often than ${changesPerYear} times a year: retrieve, so that a change is one document indexed again.`,
    points: { rag: 2, hybrid: 2, "long-context": 1, "fine-tuned": -3, "few-shot": -1, "prompt-only": -1 },
    threshold: "changesPerYear",
    measure: "what one changed document costs each approach and how long it takes: `assay cost`",
  };
};

const citations: Rule = ({ citations: needed }) =>
  needed
    ? {
        reason: "Answers must cite: only passages that were put before the model can be cited; tuned weights cannot.",
        points: { rag: 3, hybrid: 3, "long-context": 1, "fine-tuned": -4, "few-shot": -3, "prompt-only": -3 },
        measure: "the share of citations that hold (citation-precision): `assay compare`",
      }
    : null;

const latency: Rule = ({ maxLatencyMs }, { latencyMs }) => {
  if (maxLatencyMs === undefined || maxLatencyMs === null || maxLatencyMs >= latencyMs) return null;
  return {
    reason: `Answers must be there within ${maxLatencyMs} ms, less than ${latencyMs}: tuning keeps the prompt short and saves the search.`,
    points: { "fine-tuned": 3, "long-context": -4, "few-shot": -1, rag: -1, hybrid: -2 },
    threshold: "latencyMs",
    measure:
      "the 95th percentile of every approach: `assay compare`; retrieval on this machine may take a few milliseconds",
  };
};

const examples: Rule = ({ examples: count }, { fewestExamples, enoughExamples }) => {
  if (count === undefined) return null;
  const measure = "the score of the tuned model as examples grow: `assay tune`, then `assay compare`";
  if (count < fewestExamples) {
    return {
      reason: `${count} examples are fewer than ${fewestExamples}: do not tune yet.`,
      points: { "fine-tuned": -6, hybrid: -6, ...(count === 0 ? { "few-shot": -6 } : { "few-shot": 1 }) },
      threshold: "fewestExamples",
      measure,
    };
  }
  if (count < enoughExamples) {
    return {
      reason: `${count} examples are between ${fewestExamples} and ${enoughExamples}: tuning may help, showing the nearest ones is cheaper to try.`,
      points: { "fine-tuned": -1, hybrid: -2, "few-shot": 1 },
      threshold: "enoughExamples",
      measure,
    };
  }
  return {
    reason: `${count} examples are ${enoughExamples} or more: enough to try tuning, which is no reason to do it.`,
    points: {},
    threshold: "enoughExamples",
    measure,
  };
};

const corpus: Rule = ({ corpusTokens, changes: rate, need: lacking }, { contextTokens, changesPerYear }) => {
  if (corpusTokens === undefined || corpusTokens === 0) return null;
  const size = `${corpusTokens.toLocaleString("en-US")} tokens`;
  const measure = "long-context against rag, in quality and in cost per question: `assay compare`";
  if (corpusTokens > contextTokens) {
    return {
      reason: `The documents have ${size}, more than the ${contextTokens.toLocaleString("en-US")} that fit into a prompt.`,
      points: { "long-context": -6 },
      threshold: "contextTokens",
      measure,
    };
  }
  if (rate === undefined || perYear[rate] > changesPerYear || lacking === "behaviour") return null;
  return {
    reason: `The documents are stable and fit into a prompt (${size} of ${contextTokens.toLocaleString("en-US")}): put all of them there.`,
    points: { "long-context": 3 },
    threshold: "contextTokens",
    measure,
  };
};

const volume: Rule = ({ queriesPerMonth: count }, { queriesPerMonth }) => {
  if (count === undefined || count <= queriesPerMonth) return null;
  return {
    reason: `${count.toLocaleString("en-US")} questions a month are more than ${queriesPerMonth.toLocaleString("en-US")}: price tuning, and do not send every document with every question.`,
    points: { "fine-tuned": 1, "long-context": -3 },
    threshold: "queriesPerMonth",
    measure: "the break-even volume from measured calls: `assay cost`",
  };
};

const rules: readonly Rule[] = [need, changes, citations, latency, examples, corpus, volume];
