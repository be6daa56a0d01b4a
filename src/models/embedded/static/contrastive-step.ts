// One step of symmetric InfoNCE over token-sum vectors, cut into phases that threads share by rows, columns and tokens.
// Each number is computed by exactly one thread in a fixed order, so the result does not depend on how many there are.
import { lazyAdam } from "./lazy-adam.ts";
import type { Share, Side, ThreadScratch, TrainingMemory } from "./training-memory.ts";
import { pairBatch, pairSource, type TextBatch } from "./training-pairs.ts";
import { normalise, type VectorKernels, vectorKernels } from "./vector-kernels.ts";

/** The phases of a step in order; every thread must have ended one before any begins the next. */
export type ContrastiveStep = readonly ((step: number) => void)[];

/**
 * With q_i, p_j unit vectors, S = scale · q pᵀ and targets on the diagonal, the loss is the mean of the cross entropies
 * along rows and along columns (van den Oord et al. 2018, symmetric as in Radford et al. 2021).
 */
export function contrastiveStep(memory: TrainingMemory, share: Share): ContrastiveStep {
  const { plan, corpus, usable, queries, passages } = memory;
  const source = pairSource(corpus, usable, plan.batchSize, plan.seed + 1);
  const batch = pairBatch(plan.batchSize);
  const kernels = vectorKernels(memory.memory);
  const part = partOf(plan.batchSize, share);
  const scratch = memory.scratch[share.index]!;
  const adam = lazyAdam(memory, kernels, share);
  const embed = (side: Side, texts: TextBatch) => embedTexts(side, texts, memory, scratch, kernels, part);
  return [
    () => {
      source.next(batch);
      embed(queries, batch.queries);
      embed(passages, batch.passages);
      transposePassages(memory, part);
    },
    () => computeAffinities(memory, kernels, part),
    () => sumColumns(memory, part),
    () => {
      fillPulls(memory, part);
      backpropagate(queries, passages, memory, kernels, part);
      backpropagate(passages, queries, memory, kernels, part);
    },
    (step) => adam.update(batch, step),
  ];
}

type Part = { readonly from: number; readonly to: number };

/** Parts are multiples of the four rows that the kernels work on. */
function partOf(total: number, { index, of }: Share): Part {
  const fours = total / 4;
  return { from: 4 * Math.floor((fours * index) / of), to: 4 * Math.floor((fours * (index + 1)) / of) };
}

const addressOf = (array: Float32Array | Uint32Array, at = 0) => array.byteOffset + at * 4;

function embedTexts(
  side: Side,
  texts: TextBatch,
  { table, plan: { dimensions } }: TrainingMemory,
  { indexes }: ThreadScratch,
  kernels: VectorKernels,
  part: Part,
): void {
  for (let text = part.from; text < part.to; text++) {
    const tokens = texts.tokens.subarray(texts.starts[text]!, texts.starts[text + 1]!);
    const at = text * dimensions;
    side.vectors.fill(0, at, at + dimensions);
    indexes.set(tokens);
    const target = addressOf(side.vectors, at);
    kernels.addRows(target, addressOf(table), addressOf(indexes), addressOf(indexes, tokens.length), dimensions * 4);
    side.lengths[text] = normalise(side.vectors, at, dimensions);
  }
}

function transposePassages({ passages, passagesTransposed, plan }: TrainingMemory, part: Part): void {
  for (let k = 0; k < plan.dimensions; k++) {
    for (let text = part.from; text < part.to; text++) {
      passagesTransposed[k * plan.batchSize + text] = passages.vectors[text * plan.dimensions + k]!;
    }
  }
}

/** Cosines are at most 1, so subtracting the scale instead of each row's maximum is safe in single precision. */
function computeAffinities(memory: TrainingMemory, kernels: VectorKernels, part: Part): void {
  const { affinities, rowSums, queries, passagesTransposed, plan } = memory;
  const { batchSize, dimensions, temperatureScale } = plan;
  for (let i = part.from; i < part.to; i += 4) {
    const cosines = addressOf(affinities, i * batchSize);
    const vectors = addressOf(queries.vectors, i * dimensions);
    kernels.multiplyFourRows(cosines, vectors, addressOf(passagesTransposed), dimensions * 4, batchSize * 4);
  }
  for (let i = part.from; i < part.to; i++) {
    let sum = 0;
    for (let at = i * batchSize; at < (i + 1) * batchSize; at++) {
      affinities[at] = Math.exp(temperatureScale * (affinities[at]! - 1));
      sum += affinities[at]!;
    }
    rowSums[i] = sum;
  }
}

function sumColumns({ affinities, columnSums, plan: { batchSize } }: TrainingMemory, part: Part): void {
  columnSums.fill(0, part.from, part.to);
  for (let i = 0; i < batchSize; i++) {
    for (let j = part.from; j < part.to; j++) columnSums[j]! += affinities[i * batchSize + j]!;
  }
}

/** ∂loss/∂(q_i · p_j), without the factor scale / batch that is common to all and that Adam divides out again. */
function fillPulls({ affinities, rowSums, columnSums, queries, passages, plan }: TrainingMemory, part: Part): void {
  const { batchSize } = plan;
  const pull = (i: number, j: number) => {
    const affinity = affinities[i * batchSize + j]!;
    return (affinity / rowSums[i]! + affinity / columnSums[j]!) / 2 - (i === j ? 1 : 0);
  };
  for (let own = part.from; own < part.to; own++) {
    for (let other = 0; other < batchSize; other++) {
      queries.pulls[own * batchSize + other] = pull(own, other);
      passages.pulls[own * batchSize + other] = pull(other, own);
    }
  }
}

/** The gradients of one side: its pulls times the other side's vectors, then back through the normalisation. */
function backpropagate(side: Side, other: Side, memory: TrainingMemory, kernels: VectorKernels, part: Part): void {
  const { batchSize, dimensions } = memory.plan;
  for (let i = part.from; i < part.to; i += 4) {
    const gradients = addressOf(side.gradients, i * dimensions);
    const pulls = addressOf(side.pulls, i * batchSize);
    kernels.multiplyFourRows(gradients, pulls, addressOf(other.vectors), batchSize * 4, dimensions * 4);
  }
  for (let i = part.from; i < part.to; i++) throughNormalisation(side, i, dimensions);
}

/** From the gradient by u = s/|s| to the gradient by s: (g − (g · u) u) / |s|. */
function throughNormalisation({ gradients, vectors, lengths }: Side, text: number, dimensions: number): void {
  const start = text * dimensions;
  let along = 0;
  for (let at = start; at < start + dimensions; at++) along += gradients[at]! * vectors[at]!;
  const scale = lengths[text] === 0 ? 0 : 1 / lengths[text]!;
  for (let at = start; at < start + dimensions; at++) gradients[at] = (gradients[at]! - along * vectors[at]!) * scale;
}
