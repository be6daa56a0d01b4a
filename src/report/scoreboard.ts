// The table that every report begins with: one row per approach, the same columns everywhere.
import type { ComparedApproach, ScoreSummary } from "../core/comparison.ts";
import { milliseconds, perThousand, points, unknown } from "./figures.ts";

export type ScoreboardRow = {
  readonly name: string;
  readonly yardstick: boolean;
  readonly recommended: boolean;
  /** In the order of `scoreboardColumns`; absent where the approach was not run. */
  readonly cells?: readonly string[];
  readonly reason?: string;
};

export const scoreboardColumns: readonly string[] = [
  "quality (95% interval)",
  "contains",
  "F1",
  "recall@5",
  "nDCG@10",
  "cited right",
  "declines right",
  "over-declines",
  "p50",
  "p95",
  "$ per 1,000",
];

/** Approaches by quality, best first; then what was not run; yardsticks after the approaches. */
export function scoreboard(
  approaches: readonly ComparedApproach[],
  recommended: string | null,
): readonly ScoreboardRow[] {
  const rank = (approach: ComparedApproach) => (approach.yardstick ? 2 : 0) + (approach.status === "scored" ? 0 : 1);
  return [...approaches]
    .sort((a, b) => rank(a) - rank(b) || qualityOf(b) - qualityOf(a))
    .map((approach) => rowOf(approach, approach.name === recommended));
}

export function qualityOf(approach: ComparedApproach): number {
  const mean = approach.status === "scored" ? approach.scores["quality"]?.mean : undefined;
  return mean === undefined || !Number.isFinite(mean) ? -1 : mean;
}

function rowOf(approach: ComparedApproach, recommended: boolean): ScoreboardRow {
  const { name, yardstick } = approach;
  if (approach.status === "not-run") return { name, yardstick, recommended, reason: approach.reason };
  const { scores, latencyMs, costUsd } = approach;
  const shown = ["contains", "f1", "recall@5", "ndcg@10", "citation-precision", "correct-decline", "over-decline"];
  const cells = [
    interval(scores["quality"]),
    ...shown.map((metric) => meanOf(scores[metric])),
    milliseconds(latencyMs.p50),
    milliseconds(latencyMs.p95),
    perThousand(costUsd.perQuery),
  ];
  return { name, yardstick, recommended, cells };
}

function meanOf(summary: ScoreSummary | undefined): string {
  return summary === undefined || summary.n === 0 ? unknown : points(summary.mean);
}

/** "73.4 (68.1–78.2)", with the gap named where answers could not be scored. */
export function interval(summary: ScoreSummary | undefined): string {
  if (summary === undefined || summary.n === 0) return unknown;
  const gap = summary.missing > 0 ? `, ${summary.missing} unscored` : "";
  return `${points(summary.mean)} (${points(summary.low)}–${points(summary.high)}${gap})`;
}
