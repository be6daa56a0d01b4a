// The figures of traffic by name, and the limits that may be set on any of them.
import type { TrafficFigures } from "./traffic.ts";

export type TrafficLimits = {
  readonly min?: Readonly<Record<string, number>>;
  readonly max?: Readonly<Record<string, number>>;
};

export type BrokenLimit = {
  readonly figure: string;
  readonly bound: "min" | "max";
  readonly value: number;
  readonly limit: number;
};

/** A figure and how many answers it rests on. */
type Figure = { readonly value: number | null; readonly n: number };

export const figureNames = ["declined", "failed", "disliked", "confidence", "p95Ms", "usd"] as const;

/** Those that live answers may be scored by; a judge of words leaves `relevancy` out. */
export const metricNames = [
  "relevancy",
  "faithfulness",
  "hallucination",
  "alce-citation-recall",
  "alce-citation-precision",
] as const;

function figuresOf(traffic: TrafficFigures): Readonly<Record<string, Figure>> {
  const { answers, metrics } = traffic;
  return {
    declined: { value: traffic.declinedShare, n: answers },
    failed: { value: traffic.failedShare, n: answers },
    disliked: { value: traffic.dislikedShare, n: traffic.rated },
    confidence: { value: traffic.meanConfidence, n: answers },
    p95Ms: { value: traffic.p95Ms, n: answers },
    usd: { value: traffic.costUsd, n: answers },
    ...Object.fromEntries(Object.entries(metrics).map(([name, { mean, n }]) => [name, { value: mean, n }])),
  };
}

/** Limits that are broken by figures of at least `minAnswers`. */
export function brokenLimits(traffic: TrafficFigures, limits: TrafficLimits, minAnswers = 1): readonly BrokenLimit[] {
  const figures = figuresOf(traffic);
  return (["min", "max"] as const).flatMap((bound) =>
    Object.entries(limits[bound] ?? {}).flatMap(([figure, limit]) => {
      const { value, n } = figures[figure] ?? { value: null, n: 0 };
      if (value === null || n < minAnswers) return [];
      const isBroken = bound === "max" ? value > limit : value < limit;
      return isBroken ? [{ figure, bound, value, limit }] : [];
    }),
  );
}

/** "declined 50.0% since 2026-11-20: more than 30.0%" */
export function limitSentence({ figure, bound, value, limit }: BrokenLimit, since: string): string {
  return `${named[figure] ?? figure} ${shown(figure, value)} ${since}: ${bound === "max" ? "more" : "less"} than ${shown(figure, limit)}`;
}

const named: Readonly<Record<string, string>> = {
  disliked: "disliked, of those rated,",
  p95Ms: "p95 latency",
  usd: "spent",
};

export function shown(figure: string, value: number): string {
  if (figure === "p95Ms") return `${Math.round(value)} ms`;
  if (figure === "usd") return `$${value.toFixed(2)}`;
  return `${(value * 100).toFixed(1)}%`;
}
