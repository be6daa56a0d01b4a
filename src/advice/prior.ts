// What to expect before anything is measured: a ranking with its reasons, and the measurements that would overturn it.
import type { Constraints } from "./constraints.ts";
import { type PriorApproach, priorApproaches, type Vote, votesOn } from "./prior-rules.ts";
import { questionnaire, type Situation, type SituationKey } from "./situation.ts";
import { type Threshold, type ThresholdName, thresholds } from "./thresholds.ts";

export type RankedPrior = {
  readonly approach: PriorApproach;
  readonly points: number;
  readonly reasons: readonly string[];
};

export type Prior = {
  /** Null where nothing was said that speaks for any. */
  readonly approach: PriorApproach | null;
  /** Most points first; of equals the simplest. */
  readonly ranking: readonly RankedPrior[];
  readonly reasons: readonly { readonly reason: string; readonly kindOfSource: string }[];
  readonly thresholds: readonly Threshold[];
  /** What was not said: each could change the prior. */
  readonly unanswered: readonly { readonly key: SituationKey; readonly question: string }[];
  /** What to measure, because it outranks the prior. */
  readonly measurements: readonly string[];
  /** The situation as limits for the recommendation: `constraints` of assay.config.ts. */
  readonly constraints: Constraints;
};

export function priorFor(situation: Situation, overrides: Partial<Record<ThresholdName, number>> = {}): Prior {
  const limits = thresholds(overrides);
  const votes = votesOn(situation, limits);
  const ranking = rank(votes);
  return {
    approach: ranking[0]!.points > 0 ? ranking[0]!.approach : null,
    ranking,
    reasons: votes.map(({ reason, threshold }) => ({ reason, kindOfSource: sourceOf(threshold, limits) })),
    thresholds: limits,
    unanswered: questionnaire
      .filter(({ key }) => situation[key] === undefined)
      .map(({ key, text }) => ({ key, question: text })),
    measurements: [...new Set([...votes.map(({ measure }) => measure), ...always])],
    constraints: constraintsOf(situation),
  };
}

const always = ["whether the prior beats the others on questions with known answers: `assay compare`"];

function rank(votes: readonly Vote[]): readonly RankedPrior[] {
  return priorApproaches
    .map((approach) => ({
      approach,
      points: votes.reduce((total, { points }) => total + (points[approach] ?? 0), 0),
      reasons: votes.filter(({ points }) => (points[approach] ?? 0) !== 0).map(({ reason }) => reason),
    }))
    .sort((a, b) => b.points - a.points);
}

function sourceOf(name: ThresholdName | undefined, limits: readonly Threshold[]): string {
  if (name === undefined) return "practitioners' rule of thumb";
  const { kindOfSource, overridden } = limits.find((limit) => limit.name === name)!;
  return overridden ? "your own threshold, or the config's" : kindOfSource;
}

function constraintsOf(situation: Situation): Constraints {
  const { maxLatencyMs, monthlyBudgetUsd, citations, offline, sensitivity, changes } = situation;
  return {
    ...(typeof maxLatencyMs === "number" ? { maxP95LatencyMs: maxLatencyMs } : {}),
    ...(typeof monthlyBudgetUsd === "number" ? { maxMonthlyUsd: monthlyBudgetUsd } : {}),
    ...(citations ? { needsCitations: true } : {}),
    ...(offline || sensitivity === "restricted" ? { offline: true } : {}),
    ...(changes === "weekly" || changes === "daily" ? { needsCurrentFacts: true } : {}),
  };
}
