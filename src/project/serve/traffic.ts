// What happened while serving, day by day: how much was asked, refused and disliked, how good it was found, how long it took and
// what it cost; and what of it has moved.
import type { ControlDatabase } from "../state/control-database.ts";
import { type Drift, driftOf, type Samples } from "./drift.ts";
import { serveSchema } from "./traces.ts";
import { brokenLimits, limitSentence, type TrafficLimits } from "./traffic-limits.ts";

export type TrafficFigures = {
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
  /** Of the answers that were drawn to be scored; `missing` could not be. */
  readonly metrics: Readonly<
    Record<string, { readonly mean: number | null; readonly n: number; readonly missing: number }>
  >;
};

/** First and last day, UTC, `2026-11-21`. */
export type TrafficPeriod = TrafficFigures & { readonly from: string; readonly to: string };

/** One approach, as it was asked or as a shadow beside another. */
export type ApproachTraffic = TrafficFigures & { readonly approach: string; readonly kind: "served" | "shadow" };

/** A shadow beside what it shadowed, over the same questions. */
export type ShadowPair = {
  readonly shadow: string;
  readonly served: string;
  readonly questions: number;
  readonly ofShadow: TrafficFigures;
  readonly ofServed: TrafficFigures;
};

export type Traffic = {
  readonly days: readonly TrafficPeriod[];
  /** The newer and the older half of the days: what has moved between them. */
  readonly recent: TrafficPeriod;
  readonly before: TrafficPeriod;
  readonly drift: readonly Drift[];
  /** Over all days. */
  readonly approaches: readonly ApproachTraffic[];
  readonly shadows: readonly ShadowPair[];
  /** Limits that the recent half breaks, in sentences. */
  readonly alerts: readonly string[];
};

type Row = {
  readonly id: string;
  readonly at: number;
  readonly approach: string;
  readonly kind: "served" | "shadow";
  readonly outcome: string;
  readonly confidence: number | null;
  readonly totalMs: number;
  readonly costUsd: number | null;
  readonly isCached: number;
  readonly rating: string | null;
  readonly scores: readonly ScoreRow[];
};

type ScoreRow = {
  readonly traceId: string;
  readonly kind: string;
  readonly metric: string;
  readonly score: number | null;
};

const dayMs = 86_400_000;

/** Shadow answers count as their own approach's only. `now` in milliseconds since 1970. */
export function readTraffic(
  database: ControlDatabase,
  dayCount: number,
  limits: TrafficLimits = {},
  now: number = Date.now(),
): Traffic {
  const today = Math.floor(now / dayMs);
  const all = readRows(database, (today - dayCount + 1) * dayMs);
  const rows = all.filter(({ kind }) => kind === "served");
  const between = (from: number, to: number) => rows.filter(({ at }) => at >= from * dayMs && at < (to + 1) * dayMs);
  const period = (from: number, to: number) => ({ from: dateOf(from), to: dateOf(to), ...figures(between(from, to)) });
  const days = Array.from({ length: dayCount }, (_, place) => today - dayCount + 1 + place);
  const half = today - Math.ceil(dayCount / 2);
  const recent = period(half + 1, today);
  return {
    days: days.map((day) => period(day, day)),
    recent,
    before: period(today - dayCount + 1, half),
    drift: driftOf(samples(between(today - dayCount + 1, half)), samples(between(half + 1, today))),
    approaches: byApproach(all),
    shadows: shadowPairs(all),
    alerts: brokenLimits(recent, limits).map((broken) => limitSentence(broken, `since ${recent.from}`)),
  };
}

/** Everything answered since `sinceMs`, shadows left out. */
export function readWindow(database: ControlDatabase, sinceMs: number): TrafficFigures {
  return figures(readRows(database, sinceMs).filter(({ kind }) => kind === "served"));
}

function readRows(database: ControlDatabase, sinceMs: number): readonly Row[] {
  database.sqlite.exec(serveSchema);
  const traces = database.sqlite.prepare(
    "SELECT t.id, t.at, t.approach, t.kind, t.outcome, t.confidence, t.totalMs, t.costUsd, t.isCached, f.rating FROM traces t LEFT JOIN feedback f ON f.traceId = t.id AND t.kind = 'served' WHERE t.at >= ? AND t.outcome != 'tool-calls'",
  );
  const evaluations = database.sqlite.prepare(
    "SELECT e.traceId, e.kind, e.metric, e.score FROM evaluations e JOIN traces t ON t.id = e.traceId AND t.kind = e.kind WHERE t.at >= ?",
  );
  const scores = Map.groupBy(evaluations.all(sinceMs) as ScoreRow[], ({ traceId, kind }) => `${kind} ${traceId}`);
  const rows = traces.all(sinceMs) as Omit<Row, "scores">[];
  return rows.map((row) => ({ ...row, scores: scores.get(`${row.kind} ${row.id}`) ?? [] }));
}

function byApproach(rows: readonly Row[]): readonly ApproachTraffic[] {
  const groups = Map.groupBy(rows, ({ approach, kind }) => `${kind} ${approach}`);
  return [...groups.values()]
    .map(([first, ...rest]) => ({ approach: first!.approach, kind: first!.kind, ...figures([first!, ...rest]) }))
    .sort((a, b) => b.answers - a.answers);
}

/** Answers from the cache met no shadow, so only questions that both answered count. */
function shadowPairs(rows: readonly Row[]): readonly ShadowPair[] {
  const served = new Map(rows.filter(({ kind }) => kind === "served").map((row) => [row.id, row]));
  const pairs = rows.flatMap((shadow) => {
    const beside = shadow.kind === "shadow" ? served.get(shadow.id) : undefined;
    return beside ? [{ shadow, beside }] : [];
  });
  const groups = Map.groupBy(pairs, ({ shadow, beside }) => `${shadow.approach} ${beside.approach}`);
  return [...groups.values()].map((group) => ({
    shadow: group[0]!.shadow.approach,
    served: group[0]!.beside.approach,
    questions: group.length,
    ofShadow: figures(group.map(({ shadow }) => shadow)),
    ofServed: figures(group.map(({ beside }) => beside)),
  }));
}

/** The single values behind the figures. */
function samples(rows: readonly Row[]): Samples {
  const known = (values: readonly (number | null)[]) => values.filter((value) => value !== null);
  const share = (is: (row: Row) => boolean, of = rows) => of.map((row) => (is(row) ? 1 : 0));
  const scores = Map.groupBy(
    rows.flatMap((row) => row.scores),
    ({ metric }) => metric,
  );
  return {
    declined: share(({ outcome }) => outcome === "declined"),
    failed: share(({ outcome }) => outcome === "failed"),
    disliked: share(
      ({ rating }) => rating === "down",
      rows.filter(({ rating }) => rating !== null),
    ),
    confidence: known(rows.map(({ confidence }) => confidence)),
    ms: rows.filter(({ isCached }) => isCached === 0).map(({ totalMs }) => totalMs),
    usd: known(rows.map(({ costUsd }) => costUsd)),
    ...Object.fromEntries([...scores].map(([metric, of]) => [metric, known(of.map(({ score }) => score))])),
  };
}

function figures(rows: readonly Row[]): TrafficFigures {
  const { declined = [], failed = [], disliked = [], confidence = [], ms = [], usd = [] } = samples(rows);
  const scores = Map.groupBy(
    rows.flatMap((row) => row.scores),
    ({ metric }) => metric,
  );
  const metrics = [...scores].map(([metric, of]) => {
    const scored = of.flatMap(({ score }) => (score === null ? [] : [score]));
    return [metric, { mean: mean(scored), n: scored.length, missing: of.length - scored.length }] as const;
  });
  return {
    answers: rows.length,
    declinedShare: mean(declined),
    failedShare: mean(failed),
    dislikedShare: mean(disliked),
    rated: disliked.length,
    meanConfidence: mean(confidence),
    p50Ms: percentile(ms, 0.5),
    p95Ms: percentile(ms, 0.95),
    costUsd: usd.reduce((sum, one) => sum + one, 0),
    unpriced: rows.length - usd.length,
    metrics: Object.fromEntries(metrics),
  };
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, one) => sum + one, 0) / values.length;
}

function dateOf(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}

/** Nearest rank. */
function percentile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}
