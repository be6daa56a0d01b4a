// What a comparison of this size can see at all: shown before a run starts and beside "no difference found".
import { normalQuantile } from "./normal.ts";

export type PowerOptions = {
  /** Two-sided error rate; default 0.05. Divide by the number of comparisons for a corrected test's worst case. */
  readonly alpha?: number;
  /** Default 0.8. */
  readonly power?: number;
};

/**
 * Questions needed to see a true difference in the share of right answers with McNemar's test:
 * n = (z_{α/2}·√d + z_β·√(d − Δ²))² / Δ², d the share of questions on which exactly one is right (d ≥ Δ).
 */
export function questionsNeeded(difference: number, discordance: number, options: PowerOptions = {}): number {
  const { alpha = 0.05, power = 0.8 } = options;
  const [zAlpha, zBeta] = [normalQuantile(1 - alpha / 2), normalQuantile(power)];
  const root = zAlpha * Math.sqrt(discordance) + zBeta * Math.sqrt(Math.max(0, discordance - difference ** 2));
  return Math.ceil(root ** 2 / difference ** 2);
}

/** The same, turned round: the smallest difference in shares that n questions show. Null where they show not even `discordance`, the most there can be. */
export function detectableShareDifference(n: number, discordance: number, options: PowerOptions = {}): number | null {
  if (questionsNeeded(discordance, discordance, options) > n) return null;
  let [low, high] = [0, discordance];
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (questionsNeeded(middle, discordance, options) > n) low = middle;
    else high = middle;
  }
  return high;
}

/** Smallest detectable mean difference for scores: (z_{α/2} + z_β) × the standard error of the mean difference. */
export function detectableMeanDifference(standardError: number, options: PowerOptions = {}): number {
  const { alpha = 0.05, power = 0.8 } = options;
  return (normalQuantile(1 - alpha / 2) + normalQuantile(power)) * standardError;
}
