// Learns token vectors from a corpus alone. Knows nothing of files, text or quantisation.
import { availableParallelism } from "node:os";
import { contrastiveStep } from "./contrastive-step.ts";
import { seededRandom } from "./random.ts";
import type { TokenCorpus } from "./token-corpus.ts";
import { allocateTraining, type TrainingMemory, type TrainingPlan } from "./training-memory.ts";
import { usablePassages } from "./training-pairs.ts";
import { runThreads, type ThreadOptions } from "./training-threads.ts";

export type AdaptationOptions = ThreadOptions & {
  readonly dimensions: number;
  readonly seed: number;
  /** Default: by corpus size. */
  readonly steps?: number;
  /** Default: the machine's cores, at most 8. Changes the time, never the result. */
  readonly threads?: number;
  /** Overrides single settings, for experiments. */
  readonly plan?: Partial<TrainingPlan>;
};

const largestBatch = 256;
/** With fewer passages than this there is nothing to tell apart. */
const smallestBatch = 8;

/** Yields one row per token of the vocabulary: random ones when there are too few passages to learn from. */
export async function adaptVectors(corpus: TokenCorpus, options: AdaptationOptions): Promise<Float32Array> {
  const usable = usablePassages(corpus);
  const plan = planTraining(usable.length, options);
  if (plan.steps === 0) return randomRows(new Float32Array(corpus.vocabularySize * plan.dimensions), corpus, plan);
  const threads = Math.max(1, Math.min(options.threads ?? availableParallelism(), 8, plan.batchSize / 4));
  const memory = allocateTraining(plan, corpus, usable, threads);
  randomRows(memory.table, corpus, plan);
  if (threads === 1) await runInline(memory, options);
  else await runThreads(memory, threads, options);
  return memory.table;
}

export function planTraining(usable: number, options: AdaptationOptions): TrainingPlan {
  const batchSize = Math.min(options.plan?.batchSize ?? largestBatch, usable - (usable % smallestBatch));
  const steps = usable < smallestBatch ? 0 : (options.steps ?? defaultSteps(usable, batchSize));
  return {
    dimensions: options.dimensions,
    steps,
    seed: options.seed,
    learningRate: 0.02,
    warmUpSteps: Math.min(20, Math.floor(steps / 5)),
    finalShare: 0.05,
    temperatureScale: temperatureScaleFor(usable),
    ...options.plan,
    batchSize,
  };
}

/** Every passage is seen about 60 times; large corpora have learned most of it, and cost seconds, by 1,000 steps. */
function defaultSteps(usable: number, batchSize: number): number {
  return Math.min(1000, Math.ceil((60 * usable) / batchSize));
}

/**
 * The more passages there are to tell apart, the sharper the softmax must be: measured best at 5–8 for 700 passages,
 * 8–12 for 5,000 and 20 for 76,000.
 */
function temperatureScaleFor(usable: number): number {
  return Math.min(20, Math.max(6, 3 * Math.log(Math.max(1, usable)) - 13));
}

/** Fills `table` with random normals / √d, each row times its token's idf `ln((n + 1) / (df + 1))`. */
export function randomRows(table: Float32Array, corpus: TokenCorpus, plan: TrainingPlan): Float32Array {
  const random = seededRandom(plan.seed);
  for (let token = 0; token < corpus.vocabularySize; token++) {
    const idf = Math.log((corpus.passages + 1) / (corpus.documentFrequency[token]! + 1));
    const scale = idf / Math.sqrt(plan.dimensions);
    const start = token * plan.dimensions;
    for (let at = start; at < start + plan.dimensions; at++) table[at] = random.normal() * scale;
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
