// What the charts draw of a report: one entry per approach with a known quality, best first; and what had to be left out.
import type { ComparedApproach, ScoreSummary } from "../../core/comparison.ts";
import { points } from "../figures.ts";
import { isScored, knownSummary, ranked } from "../scoreboard.ts";

export type Role = "recommended" | "approach" | "yardstick";

export type Charted = {
  readonly name: string;
  readonly role: Role;
  readonly quality: ScoreSummary;
  /** Null where unknown. */
  readonly costPerQueryUsd: number | null;
  readonly costReason?: string;
  readonly latencyMs: number | null;
};

export type ChartData = {
  readonly drawn: readonly Charted[];
  /** Run, but without one scored answer. */
  readonly withoutQuality: readonly string[];
};

/** A drawing for wide screens and paper, and one for phones: text in a shrunk picture would be too small to read. */
export type ChartWidth = "wide" | "narrow";

export function chartData(approaches: readonly ComparedApproach[], recommended: string | null): ChartData {
  const scored = ranked(approaches).filter(isScored);
  const drawn = scored.flatMap(({ name, yardstick, scores, costUsd, costReason, latencyMs }): Charted[] => {
    const quality = knownSummary(scores["quality"]);
    if (quality === undefined) return [];
    const role = name === recommended ? "recommended" : yardstick ? "yardstick" : "approach";
    const reason = costReason === undefined ? {} : { costReason };
    return [{ name, role, quality, costPerQueryUsd: costUsd.perQuery, ...reason, latencyMs: latencyMs.p50 }];
  });
  const names = new Set(drawn.map(({ name }) => name));
  drawn.sort((a, b) => b.quality.mean - a.quality.mean);
  return { drawn, withoutQuality: scored.filter(({ name }) => !names.has(name)).map(({ name }) => name) };
}

/** "73.4 (68.1–78.2)" */
export function qualityWords({ mean, low, high }: ScoreSummary): string {
  return `${points(mean)} (${points(low)}–${points(high)})`;
}
