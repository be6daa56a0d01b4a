// One step of symmetric InfoNCE over token-sum vectors, cut into phases that threads share by rows, columns and tokens.
// Each number is computed by exactly one thread in a fixed order, so the result does not depend on how many there are.
import { lazyAdam } from "./lazy-adam.ts";
import type { TrainingMemory } from "./training-memory.ts";
import { pairBatch, pairSource, type TextBatch } from "./training-pairs.ts";
import { addRows, dotProducts, normalise, weightedSum } from "./vector-kernels.ts";

/** Which part of each phase is this thread's. */
export type Share = { readonly index: number; readonly of: number };

/** The phases of a step in order; every thread must have ended one before any begins the next. */
export type ContrastiveStep = readonly ((step: number) => void)[];

/**
 * With q_i, p_j unit vectors, S = scale · q pᵀ and targets on the diagonal, the loss is the mean of the cross entropies
 * along rows and along columns (van den Oord et al. 2018, symmetric as in Radford et al. 2021).
 */
export function contrastiveStep(memory: TrainingMemory, share: Share): ContrastiveStep {
  const { plan, corpus, usable } = memory;
  const source = pairSource(corpus, usable, plan.batchSize, plan.seed + 1);
  const batch = pairBatch(plan.batchSize);
  const rows = partOf(plan.batchSize, share);
  const weights = new Float32Array(plan.batchSize);
  const adam = lazyAdam(memory, share);
  return [
    () => {
      source.next(batch);
      embedTexts(memory.queries, memory.queryLengths, batch.queries, memory, rows);
      embedTexts(memory.passages, memory.passageLengths, batch.passages, memory, rows);
    },
    () => computeAffinities(memory, rows),
    () => sumColumns(memory, rows),
    () => {
      for (let i = rows.from; i < rows.to; i++) queryGradient(memory, i, weights);
      for (let j = rows.from; j < rows.to; j++) passageGradient(memory, j, weights);
    },
    (step) => adam.update(batch, step),
  ];
}

type Part = { readonly from: number; readonly to: number };

function partOf(total: number, { index, of }: Share): Part {
  return { from: Math.floor((total * index) / of), to: Math.floor((total * (index + 1)) / of) };
}

function embedTexts(
  vectors: Float32Array,
  lengths: Float32Array,
  texts: TextBatch,
  { table, plan: { dimensions } }: TrainingMemory,
  part: Part,
): void {
  for (let text = part.from; text < part.to; text++) {
    const at = text * dimensions;
    vectors.fill(0, at, at + dimensions);
    addRows(vectors, at, table, texts.tokens, texts.starts[text]!, texts.starts[text + 1]!, dimensions);
    lengths[text] = normalise(vectors, at, dimensions);
  }
}

/** Cosines are at most 1, so subtracting the scale instead of each row's maximum is safe in single precision. */
function computeAffinities(memory: TrainingMemory, rows: Part): void {
  const { affinities, rowSums, queries, passages, plan } = memory;
  const { batchSize, dimensions, temperatureScale } = plan;
  for (let i = rows.from; i < rows.to; i++) {
    const at = i * batchSize;
    dotProducts(affinities, at, queries, i * dimensions, passages, batchSize, dimensions);
    let sum = 0;
    for (let j = at; j < at + batchSize; j++) {
      affinities[j] = Math.exp(temperatureScale * (affinities[j]! - 1));
      sum += affinities[j]!;
    }
    rowSums[i] = sum;
  }
}

function sumColumns({ affinities, columnSums, plan: { batchSize } }: TrainingMemory, columns: Part): void {
  columnSums.fill(0, columns.from, columns.to);
  for (let i = 0; i < batchSize; i++) {
    for (let j = columns.from; j < columns.to; j++) columnSums[j]! += affinities[i * batchSize + j]!;
  }
}

/** ∂loss/∂(q_i · p_j), without the factor scale / batch that is common to all and that Adam divides out again. */
function pull({ affinities, rowSums, columnSums, plan: { batchSize } }: TrainingMemory, i: number, j: number): number {
  const affinity = affinities[i * batchSize + j]!;
  return (affinity / rowSums[i]! + affinity / columnSums[j]!) / 2 - (i === j ? 1 : 0);
}

function queryGradient(memory: TrainingMemory, i: number, weights: Float32Array): void {
  const { queryGradients, queries, queryLengths, passages, plan } = memory;
  for (let j = 0; j < plan.batchSize; j++) weights[j] = pull(memory, i, j);
  const at = i * plan.dimensions;
  weightedSum(queryGradients, at, weights, passages, plan.batchSize, plan.dimensions);
  throughNormalisation(queryGradients, queries, at, queryLengths[i]!, plan.dimensions);
}

function passageGradient(memory: TrainingMemory, j: number, weights: Float32Array): void {
  const { passageGradients, passages, passageLengths, queries, plan } = memory;
  for (let i = 0; i < plan.batchSize; i++) weights[i] = pull(memory, i, j);
  const at = j * plan.dimensions;
  weightedSum(passageGradients, at, weights, queries, plan.batchSize, plan.dimensions);
  throughNormalisation(passageGradients, passages, at, passageLengths[j]!, plan.dimensions);
}

/** From the gradient by u = s/|s| to the gradient by s: (g − (g · u) u) / |s|. */
function throughNormalisation(
  gradients: Float32Array,
  units: Float32Array,
  at: number,
  length: number,
  dimensions: number,
): void {
  let along = 0;
  for (let k = at; k < at + dimensions; k++) along += gradients[k]! * units[k]!;
  const scale = length === 0 ? 0 : 1 / length;
  for (let k = at; k < at + dimensions; k++) gradients[k] = (gradients[k]! - along * units[k]!) * scale;
}
