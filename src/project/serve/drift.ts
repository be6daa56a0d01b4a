// What has moved between two stretches of traffic, and whether chance alone would move it as far.
import { holmAdjust } from "../../evaluation/statistics/holm.ts";
import { normalShare } from "../../evaluation/statistics/normal.ts";

/** Scores of single answers, by figure: 0 or 1 for shares, else any number. */
export type Samples = Readonly<Record<string, readonly number[]>>;

export type Drift = {
  readonly figure: string;
  readonly before: number;
  readonly recent: number;
  /** Of a two-sided Welch test, adjusted by Holm over all figures. */
  readonly pAdjusted: number;
  /** True where `pAdjusted` is below 0.05. */
  readonly isNotable: boolean;
};

/** Means of fewer than this many are not told apart: their spread is not known. */
const fewest = 20;

export function driftOf(before: Samples, recent: Samples): readonly Drift[] {
  const compared = Object.keys(recent).flatMap((figure) => {
    const [old, now] = [before[figure] ?? [], recent[figure] ?? []];
    if (old.length < fewest || now.length < fewest) return [];
    return [{ figure, before: meanOf(old), recent: meanOf(now), p: welchP(old, now) }];
  });
  const adjusted = holmAdjust(compared.map(({ p }) => p));
  return compared.map(({ p: _, ...drift }, place) => {
    const pAdjusted = adjusted[place] ?? 1;
    return { ...drift, pAdjusted, isNotable: pAdjusted < 0.05 };
  });
}

/** By the normal distribution: each side has twenty and more. Where no score varies, any difference counts as certain. */
function welchP(a: readonly number[], b: readonly number[]): number {
  const difference = meanOf(a) - meanOf(b);
  const error = Math.sqrt(varianceOf(a) / a.length + varianceOf(b) / b.length);
  if (error === 0) return difference === 0 ? 1 : 0;
  return 2 * (1 - normalShare(Math.abs(difference) / error));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function varianceOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
