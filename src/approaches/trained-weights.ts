// What an approach adds when its behaviour sits in trained weights: training is its preparation, and was done before. Knows no trainer.
import type { Approach } from "../core/answers.ts";
import type { Usage } from "../core/models.ts";

export type Training = {
  /** What training consumed; nothing where it was done elsewhere and nobody knows. */
  readonly usage: readonly Usage[];
  /** How long it took; absent where nobody knows. */
  readonly ms?: number;
};

/** The same approach with the price and time of its training. */
export function withTraining(approach: Approach, training: Training): Approach {
  return {
    ...approach,
    async prepare(input, call) {
      const own = await approach.prepare(input, call);
      return {
        usage: [...own.usage, ...training.usage],
        ...(training.ms === undefined ? {} : { ms: training.ms }),
      };
    },
  };
}
