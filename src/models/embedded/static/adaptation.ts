// Learns token vectors from a corpus alone. Knows nothing of files, text or quantisation.
import { availableParallelism } from "node:os";
import { contrastiveStep } from "./contrastive-step.ts";
import { seededRandom } from "./random.ts";
import type { TokenCorpus } from "./token-corpus.ts";
import { allocateTraining, sharedFloat32, type TrainingMemory, type TrainingPlan } from "./training-memory.ts";
import { usablePassages } from "./training-pairs.ts";
import { runThreads } from "./training-threads.ts";

export type AdaptationOptions = {
  readonly dimensions: number;
  readonly seed: number;
  /** Default: by corpus size. */
  readonly steps?: number;
  /** Default: the machine's cores, at most 8. Changes the time, never the result. */
  readonly threads?: number;
  /** Called now and then with the steps done so far. */
  readonly onSteps?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
  readonly plan?: Partial<TrainingPlan>;
};

const largestBatch = 256;
/** With fewer passages than this there is nothing to tell apart. */
const smallestBatch = 8;

/** Yields one row per token of the vocabulary. */
export async function adaptVectors(corpus: TokenCorpus, options: AdaptationOptions): Promise<Float32Array> {
  const table = randomTable(corpus, options.dimensions, options.seed);
  const usable = usablePassages(corpus);
  const plan = planTraining(usable.length, options);
  if (plan.steps === 0) return table;
  const memory = allocateTraining(plan, corpus, usable, table);
  const threads = Math.max(1, Math.min(options.threads ?? availableParallelism(), 8, plan.batchSize));
  if (threads === 1) await runInline(memory, options);
  else await runThreads(memory, threads, options);
  return table;
}

export function planTraining(usable: number, options: AdaptationOptions): TrainingPlan {
  const batchSize = Math.min(largestBatch, usable);
  const steps = usable < smallestBatch ? 0 : (options.steps ?? defaultSteps(usable));
  return {
    dimensions: options.dimensions,
    steps,
    batchSize,
    seed: options.seed,
    learningRate: 0.02,
    warmUpSteps: Math.min(20, Math.floor(steps / 5)),
    finalShare: 0.05,
    temperatureScale: 20,
    ...options.plan,
  };
}

function defaultSteps(usable: number): number {
  return Math.min(250, 60 + Math.round(usable / 20));
}

/** Random normal / √d, each row times its token's idf `ln((n + 1) / (df + 1))`. */
export function randomTable(corpus: TokenCorpus, dimensions: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  const table = sharedFloat32(corpus.vocabularySize * dimensions);
  for (let token = 0; token < corpus.vocabularySize; token++) {
    const idf = Math.log((corpus.passages + 1) / (corpus.documentFrequency[token]! + 1));
    const scale = idf / Math.sqrt(dimensions);
    for (let k = token * dimensions; k < (token + 1) * dimensions; k++) table[k] = random.normal() * scale;
  }
  return table;
}

async function runInline(memory: TrainingMemory, options: AdaptationOptions): Promise<void> {
  const phases = contrastiveStep(memory, { index: 0, of: 1 });
  for (let step = 0; step < memory.plan.steps; step++) {
    for (const phase of phases) phase(step);
    options.onSteps?.(step + 1, memory.plan.steps);
    await new Promise((resolve) => setImmediate(resolve));
    options.signal?.throwIfAborted();
  }
}
