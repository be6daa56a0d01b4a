// The table that every report begins with: one row per approach, the same columns and the same order everywhere.
import type { ComparedApproach, ScoredApproach, ScoreSummary } from "../core/comparison.ts";
import { isKnown, milliseconds, perThousand, points, unknown } from "./figures.ts";

export type ScoreboardRow = {
  readonly name: string;
  readonly yardstick: boolean;
  readonly recommended: boolean;
  /** In the order of `scoreboardColumns`; absent where the approach was not run. */
  readonly cells?: readonly string[];
  readonly reason?: string;
};

/** The metrics that a scoreboard shows beside the headline, with the words that stand over their columns. */
export const shownMetrics: readonly { readonly metric: string; readonly head: string }[] = [
  { metric: "contains", head: "contains" },
  { metric: "f1", head: "F1" },
  { metric: "recall@5", head: "recall@5" },
  { metric: "ndcg@10", head: "nDCG@10" },
  { metric: "citation-precision", head: "cited right" },
  { metric: "correct-decline", head: "declines right" },
  { metric: "over-decline", head: "over-declines" },
];

export const scoreboardColumns: readonly string[] = [
  "quality (95% interval)",
  ...shownMetrics.map(({ head }) => head),
  "p50",
  "p95",
  "$ per 1,000",
];

/** Approaches by quality, best first; then what was not run; yardsticks after the approaches. */
export function ranked(approaches: readonly ComparedApproach[]): readonly ComparedApproach[] {
  const group = (approach: ComparedApproach) => (approach.yardstick ? 2 : 0) + (approach.status === "scored" ? 0 : 1);
  return [...approaches].sort((a, b) => group(a) - group(b) || qualityOf(b) - qualityOf(a));
}

export function scoreboard(
  approaches: readonly ComparedApproach[],
  recommended: string | null,
): readonly ScoreboardRow[] {
  return ranked(approaches).map((approach) => rowOf(approach, approach.name === recommended));
}

export function isScored(approach: ComparedApproach): approach is ScoredApproach {
  return approach.status === "scored";
}

/** The summary where at least one answer was scored; else nothing is known. */
export function knownSummary(summary: ScoreSummary | undefined): ScoreSummary | undefined {
  return summary !== undefined && summary.n > 0 && isKnown(summary.mean) ? summary : undefined;
}

function qualityOf(approach: ComparedApproach): number {
  return isScored(approach) ? (knownSummary(approach.scores["quality"])?.mean ?? -1) : -1;
}

function rowOf(approach: ComparedApproach, recommended: boolean): ScoreboardRow {
  const { name, yardstick } = approach;
  if (approach.status === "not-run") return { name, yardstick, recommended, reason: approach.reason };
  const { scores, latencyMs, costUsd } = approach;
  const cells = [
    interval(scores["quality"]),
    ...shownMetrics.map(({ metric }) => meanOf(scores[metric])),
    milliseconds(latencyMs.p50),
    milliseconds(latencyMs.p95),
    perThousand(costUsd.perQuery),
  ];
  return { name, yardstick, recommended, cells };
}

function meanOf(summary: ScoreSummary | undefined): string {
  return points(knownSummary(summary)?.mean);
}

/** "73.4 (68.1–78.2)", with the gap named where answers could not be scored. */
export function interval(summary: ScoreSummary | undefined): string {
  const known = knownSummary(summary);
  if (known === undefined) return unknown;
  const gap = known.missing > 0 ? `, ${known.missing} unscored` : "";
  return `${points(known.mean)} (${points(known.low)}–${points(known.high)}${gap})`;
}
