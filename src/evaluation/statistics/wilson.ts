// Wilson's score interval for a proportion: honest at 0 and 1, unlike Wald's.
import type { Interval } from "./bootstrap.ts";
import { normalQuantile } from "./normal.ts";

/** centre = (p + z²/2n) / (1 + z²/n), half = z·√(p(1−p)/n + z²/4n²) / (1 + z²/n). No trial: mean NaN in [0, 1]. */
export function wilsonInterval(successes: number, n: number, level = 0.95): Interval {
  if (n === 0) return { mean: Number.NaN, low: 0, high: 1, n };
  const z = normalQuantile(1 - (1 - level) / 2);
  const p = successes / n;
  const scale = 1 + (z * z) / n;
  const centre = (p + (z * z) / (2 * n)) / scale;
  const half = (z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n))) / scale;
  return { mean: p, low: Math.max(0, Math.min(p, centre - half)), high: Math.min(1, Math.max(p, centre + half)), n };
}
