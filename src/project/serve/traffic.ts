// What happened while serving, day by day: how much was asked, refused and disliked, how long it took and what it cost.
import type { ControlDatabase } from "../state/control-database.ts";
import { serveSchema } from "./traces.ts";

export type TrafficPeriod = {
  /** First and last day, UTC, `2026-11-21`. */
  readonly from: string;
  readonly to: string;
  readonly answers: number;
  /** Shares of the answers; null where there are none. */
  readonly declinedShare: number | null;
  readonly failedShare: number | null;
  /** Share of the rated answers. */
  readonly dislikedShare: number | null;
  readonly rated: number;
  /** Of the answers that carry one. */
  readonly meanConfidence: number | null;
  /** Answers from the cache are left out. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  /** Of the priced answers; `unpriced` says how many are not in it. */
  readonly costUsd: number;
  readonly unpriced: number;
};

export type TrafficLimits = {
  readonly maxDeclinedShare?: number;
  readonly maxFailedShare?: number;
  readonly maxDislikedShare?: number;
  readonly maxP95Ms?: number;
  readonly maxUsd?: number;
};

export type Traffic = {
  readonly days: readonly TrafficPeriod[];
  /** The newer and the older half of the days: what has moved between them. */
  readonly recent: TrafficPeriod;
  readonly before: TrafficPeriod;
  /** Limits that the recent half breaks, in sentences. */
  readonly alerts: readonly string[];
};

type Row = {
  readonly at: number;
  readonly outcome: string;
  readonly confidence: number | null;
  readonly totalMs: number;
  readonly costUsd: number | null;
  readonly isCached: number;
  readonly rating: string | null;
};

const dayMs = 86_400_000;

/** Shadow answers are not traffic. `now` in milliseconds since 1970. */
export function readTraffic(
  database: ControlDatabase,
  dayCount: number,
  limits: TrafficLimits = {},
  now: number = Date.now(),
): Traffic {
  database.sqlite.exec(serveSchema);
  const today = Math.floor(now / dayMs);
  const read = database.sqlite.prepare(
    "SELECT t.at, t.outcome, t.confidence, t.totalMs, t.costUsd, t.isCached, f.rating FROM traces t LEFT JOIN feedback f ON f.traceId = t.id WHERE t.kind = 'served' AND t.at >= ?",
  );
  const rows = read.all((today - dayCount + 1) * dayMs) as Row[];
  const between = (from: number, to: number) =>
    summary(
      rows.filter(({ at }) => at >= from * dayMs && at < (to + 1) * dayMs),
      from,
      to,
    );
  const days = Array.from({ length: dayCount }, (_, place) => today - dayCount + 1 + place);
  const half = today - Math.ceil(dayCount / 2);
  const recent = between(half + 1, today);
  const before = between(today - dayCount + 1, half);
  return { days: days.map((day) => between(day, day)), recent, before, alerts: alertsOf(recent, limits) };
}

function summary(rows: readonly Row[], from: number, to: number): TrafficPeriod {
  const share = (of: readonly Row[], is: (row: Row) => boolean) =>
    of.length === 0 ? null : of.filter(is).length / of.length;
  const rated = rows.filter(({ rating }) => rating !== null);
  const sure = rows.flatMap(({ confidence }) => (confidence === null ? [] : [confidence]));
  const times = rows.filter(({ isCached }) => isCached === 0).map(({ totalMs }) => totalMs);
  const priced = rows.flatMap(({ costUsd }) => (costUsd === null ? [] : [costUsd]));
  return {
    from: dateOf(from),
    to: dateOf(to),
    answers: rows.length,
    declinedShare: share(rows, ({ outcome }) => outcome === "declined"),
    failedShare: share(rows, ({ outcome }) => outcome === "failed"),
    dislikedShare: share(rated, ({ rating }) => rating === "down"),
    rated: rated.length,
    meanConfidence: sure.length === 0 ? null : sure.reduce((sum, one) => sum + one, 0) / sure.length,
    p50Ms: percentile(times, 0.5),
    p95Ms: percentile(times, 0.95),
    costUsd: priced.reduce((sum, one) => sum + one, 0),
    unpriced: rows.length - priced.length,
  };
}

function dateOf(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}

/** Nearest rank. */
function percentile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}

function alertsOf(recent: TrafficPeriod, limits: TrafficLimits): readonly string[] {
  const percent = (share: number) => `${(share * 100).toFixed(1)}%`;
  const checks = [
    { what: "declined", value: recent.declinedShare, limit: limits.maxDeclinedShare, show: percent },
    { what: "failed", value: recent.failedShare, limit: limits.maxFailedShare, show: percent },
    { what: "disliked, of those rated,", value: recent.dislikedShare, limit: limits.maxDislikedShare, show: percent },
    { what: "p95 latency", value: recent.p95Ms, limit: limits.maxP95Ms, show: (ms: number) => `${Math.round(ms)} ms` },
    { what: "spent", value: recent.costUsd, limit: limits.maxUsd, show: (usd: number) => `$${usd.toFixed(2)}` },
  ];
  return checks.flatMap(({ what, value, limit, show }) =>
    value !== null && limit !== undefined && value > limit
      ? [`${what} ${show(value)} since ${recent.from}: more than ${show(limit)}`]
      : [],
  );
}
