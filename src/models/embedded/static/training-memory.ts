// Everything that the threads of one adaptation share, and the plan they follow.
import { roundedBytes, type SharedArena, sharedArena } from "../../../kernels/shared-arena.ts";
import type { TokenCorpus } from "./token-corpus.ts";
import { passageTokenLimit, queryTokenLimit } from "./training-pairs.ts";

export type TrainingPlan = {
  /** A multiple of 16. */
  readonly dimensions: number;
  readonly steps: number;
  /** Pairs per step, a multiple of 8. */
  readonly batchSize: number;
  readonly seed: number;
  readonly learningRate: number;
  readonly warmUpSteps: number;
  /** Share of the learning rate that is left at the last step. */
  readonly finalShare: number;
  /** What cosines are multiplied with before the softmax. */
  readonly temperatureScale: number;
};

/** Which of the threads this one is: each does its share of every phase. */
export type Share = { readonly index: number; readonly of: number };

/** One side of the batch. */
export type Side = {
  /** Unit vectors, one row per text. */
  readonly vectors: Float32Array;
  /** Lengths before normalising. */
  readonly lengths: Float32Array;
  /** ∂loss/∂(cosine), one row per text of this side, one column per text of the other. */
  readonly pulls: Float32Array;
  /** Gradients by the sums of token vectors, one row per text. Both sides lie in one stretch, queries first. */
  readonly gradients: Float32Array;
};

/** Plain data over shared buffers, so that it can be handed to a worker thread as it is. */
export type TrainingMemory = {
  readonly memory: WebAssembly.Memory;
  readonly plan: TrainingPlan;
  readonly corpus: TokenCorpus;
  readonly usable: Uint32Array;
  /** One row per token. */
  readonly table: Float32Array;
  readonly firstMoments: Float32Array;
  readonly secondMoments: Float32Array;
  /** Updates that each row has had. */
  readonly updates: Uint32Array;
  readonly queries: Side;
  readonly passages: Side;
  /** The passages' unit vectors, one row per dimension. */
  readonly passagesTransposed: Float32Array;
  /** exp(scale · (cosine − 1)), a row per query and a column per passage. */
  readonly affinities: Float32Array;
  readonly rowSums: Float32Array;
  readonly columnSums: Float32Array;
  readonly scratch: readonly ThreadScratch[];
  /** [arrived, generation, steps done]. */
  readonly barrier: Int32Array;
};

/** What each thread has for itself. */
export type ThreadScratch = {
  /** Row indexes for the kernels. */
  readonly indexes: Uint32Array;
  readonly gradient: Float32Array;
};

export function allocateTraining(
  plan: TrainingPlan,
  corpus: TokenCorpus,
  usable: Uint32Array,
  threads: number,
): TrainingMemory {
  const arena = sharedArena(neededBytes(plan, corpus, threads));
  const { batchSize, dimensions } = plan;
  const sharedUsable = new Uint32Array(new SharedArrayBuffer(usable.byteLength));
  sharedUsable.set(usable);
  const rows = () => arena.float32(corpus.vocabularySize * dimensions);
  const gradients = arena.float32(2 * batchSize * dimensions);
  return {
    memory: arena.memory,
    plan,
    corpus,
    usable: sharedUsable,
    table: rows(),
    firstMoments: rows(),
    secondMoments: rows(),
    updates: arena.uint32(corpus.vocabularySize),
    queries: allocateSide(arena, plan, gradients.subarray(0, batchSize * dimensions)),
    passages: allocateSide(arena, plan, gradients.subarray(batchSize * dimensions)),
    passagesTransposed: arena.float32(batchSize * dimensions),
    affinities: arena.float32(batchSize * batchSize),
    rowSums: arena.float32(batchSize),
    columnSums: arena.float32(batchSize),
    scratch: Array.from({ length: threads }, () => ({
      indexes: arena.uint32(indexesPerBatch(plan)),
      gradient: arena.float32(dimensions),
    })),
    barrier: new Int32Array(new SharedArrayBuffer(12)),
  };
}

function allocateSide(arena: SharedArena, { batchSize, dimensions }: TrainingPlan, gradients: Float32Array): Side {
  return {
    vectors: arena.float32(batchSize * dimensions),
    lengths: arena.float32(batchSize),
    pulls: arena.float32(batchSize * batchSize),
    gradients,
  };
}

function indexesPerBatch({ batchSize }: TrainingPlan): number {
  return batchSize * (queryTokenLimit + passageTokenLimit);
}

function neededBytes(plan: TrainingPlan, corpus: TokenCorpus, threads: number): number {
  const { batchSize, dimensions } = plan;
  const rows = 3 * roundedBytes(corpus.vocabularySize * dimensions) + roundedBytes(corpus.vocabularySize);
  const vectors = 5 * roundedBytes(batchSize * dimensions);
  const pairs = 3 * roundedBytes(batchSize * batchSize) + 4 * roundedBytes(batchSize);
  return rows + vectors + pairs + threads * (roundedBytes(indexesPerBatch(plan)) + roundedBytes(dimensions));
}
