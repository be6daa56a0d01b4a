// What asking again teaches: how much of the spread is the model's own, and how often it is right every single time.

export type RepeatSummary = {
  /** Questions with a score in every repeat. */
  readonly n: number;
  readonly repeats: number;
  readonly mean: number;
  /** pass^k: share of the questions that scored 1 in all k repeats. Source: tau-bench (Yao et al., 2024). */
  readonly alwaysRight: number;
  /** Share that scored 1 in at least one repeat. */
  readonly onceRight: number;
  /** Standard deviation of one question's scores over its repeats. */
  readonly modelNoise: number;
  /** Standard deviation between questions, the model's noise taken out. */
  readonly questionNoise: number;
};

/**
 * `scores[question][repeat]`, all of one length k ≥ 2. Var(mean score of a question) = between + within / k, so
 * between = observed − within / k, at least 0. Without questions all NaN.
 */
export function summariseRepeats(scores: readonly (readonly number[])[]): RepeatSummary {
  const n = scores.length;
  const repeats = scores[0]?.length ?? 0;
  const means = scores.map(mean);
  const within = mean(scores.map(variance));
  const between = Math.max(0, variance(means) - within / repeats);
  const share = (holds: (row: readonly number[]) => boolean) => scores.filter(holds).length / n;
  return {
    n,
    repeats,
    mean: mean(means),
    alwaysRight: share((row) => row.every((score) => score === 1)),
    onceRight: share((row) => row.includes(1)),
    modelNoise: Math.sqrt(within),
    questionNoise: Math.sqrt(between),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Unbiased; 0 for a single value, of which nothing is known. */
function variance(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
}
