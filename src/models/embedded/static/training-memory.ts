// Everything that the threads of one adaptation share, and the plan they follow.
import type { TokenCorpus } from "./token-corpus.ts";

export type TrainingPlan = {
  readonly dimensions: number;
  readonly steps: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly learningRate: number;
  readonly warmUpSteps: number;
  /** Share of the learning rate that is left at the last step. */
  readonly finalShare: number;
  /** What cosines are multiplied with before the softmax. */
  readonly temperatureScale: number;
};

/** Plain data over shared buffers, so that it can be handed to a worker thread as it is. */
export type TrainingMemory = {
  readonly plan: TrainingPlan;
  readonly corpus: TokenCorpus;
  readonly usable: Uint32Array;
  /** One row per token. */
  readonly table: Float32Array;
  readonly firstMoments: Float32Array;
  readonly secondMoments: Float32Array;
  /** Updates that each row has had. */
  readonly updates: Uint32Array;
  /** Unit vectors of the batch, and the lengths they had. */
  readonly queries: Float32Array;
  readonly passages: Float32Array;
  readonly queryLengths: Float32Array;
  readonly passageLengths: Float32Array;
  /** exp(scale · (cosine − 1)), batch × batch. */
  readonly affinities: Float32Array;
  readonly rowSums: Float32Array;
  readonly columnSums: Float32Array;
  /** Gradients by the summed token vectors of each text. */
  readonly queryGradients: Float32Array;
  readonly passageGradients: Float32Array;
  /** [arrived, generation, steps done]. */
  readonly barrier: Int32Array;
};

export function allocateTraining(
  plan: TrainingPlan,
  corpus: TokenCorpus,
  usable: Uint32Array,
  table: Float32Array,
): TrainingMemory {
  const { batchSize, dimensions } = plan;
  const batch = () => sharedFloat32(batchSize * dimensions);
  const sharedUsable = new Uint32Array(new SharedArrayBuffer(usable.byteLength));
  sharedUsable.set(usable);
  return {
    plan,
    corpus,
    usable: sharedUsable,
    table,
    firstMoments: sharedFloat32(table.length),
    secondMoments: sharedFloat32(table.length),
    updates: new Uint32Array(new SharedArrayBuffer(corpus.vocabularySize * 4)),
    queries: batch(),
    passages: batch(),
    queryLengths: sharedFloat32(batchSize),
    passageLengths: sharedFloat32(batchSize),
    affinities: sharedFloat32(batchSize * batchSize),
    rowSums: sharedFloat32(batchSize),
    columnSums: sharedFloat32(batchSize),
    queryGradients: batch(),
    passageGradients: batch(),
    barrier: new Int32Array(new SharedArrayBuffer(12)),
  };
}

export function sharedFloat32(length: number): Float32Array {
  return new Float32Array(new SharedArrayBuffer(length * 4));
}
