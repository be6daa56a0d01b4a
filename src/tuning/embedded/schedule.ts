// The learning rate of each step: linear warm-up, then cosine or linear descent.

export type Schedule = {
  readonly kind: "cosine" | "linear";
  readonly peak: number;
  readonly warmUpSteps: number;
  /** The rate of the last step, as a share of the peak. */
  readonly floor: number;
};

/** `step` counts from 1 to `totalSteps`. */
export function learningRate({ kind, peak, warmUpSteps, floor }: Schedule, step: number, totalSteps: number): number {
  if (step <= warmUpSteps) return (peak * step) / warmUpSteps;
  const done = Math.min(1, (step - warmUpSteps) / Math.max(1, totalSteps - warmUpSteps));
  const left = kind === "cosine" ? (1 + Math.cos(Math.PI * done)) / 2 : 1 - done;
  return peak * (floor + (1 - floor) * left);
}
