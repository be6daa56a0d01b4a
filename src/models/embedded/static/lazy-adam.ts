// Adam that touches only the rows of tokens in the batch; the moments of all others wait untouched.
import type { Share, TrainingMemory, TrainingPlan } from "./training-memory.ts";
import type { PairBatch, TextBatch } from "./training-pairs.ts";
import type { VectorKernels } from "./vector-kernels.ts";

export type LazyAdam = {
  /** Moves the rows of this thread's tokens. `step` counts from 0. */
  update(batch: PairBatch, step: number): void;
};

const beta1 = 0.9;
const beta2 = 0.99;
const epsilon = 1e-8;

/** Linear warm-up, then linear decay to `finalShare`. `step` counts from 0. */
export function learningRateAt(step: number, plan: TrainingPlan): number {
  if (step < plan.warmUpSteps) return (plan.learningRate * (step + 1)) / (plan.warmUpSteps + 1);
  const done = (step - plan.warmUpSteps) / Math.max(1, plan.steps - plan.warmUpSteps);
  return plan.learningRate * (1 - (1 - plan.finalShare) * done);
}

/** Kingma & Ba 2015, β 0.9 and 0.99, with the bias correction counted per row. */
export function lazyAdam(memory: TrainingMemory, kernels: VectorKernels, share: Share): LazyAdam {
  const { plan, table, firstMoments, secondMoments, updates, corpus } = memory;
  const { indexes, gradient } = memory.scratch[share.index]!;
  const rowBytes = plan.dimensions * 4;
  const occurrences = occurrenceLists(corpus.vocabularySize, indexes, share);

  function updateRow(token: number, from: number, to: number, rate: number): void {
    gradient.fill(0);
    const first = indexes.byteOffset + from * 4;
    const end = indexes.byteOffset + to * 4;
    kernels.addRows(gradient.byteOffset, memory.queries.gradients.byteOffset, first, end, rowBytes);
    const count = ++updates[token]!;
    const correctedRate = (rate * Math.sqrt(1 - beta2 ** count)) / (1 - beta1 ** count);
    const at = token * rowBytes;
    kernels.adamRow(
      table.byteOffset + at,
      table.byteOffset + at + rowBytes,
      firstMoments.byteOffset + at,
      secondMoments.byteOffset + at,
      gradient.byteOffset,
      correctedRate,
      beta1,
      beta2,
      epsilon,
    );
  }

  return {
    update(batch, step) {
      const rate = learningRateAt(step, plan);
      occurrences.collect(batch);
      occurrences.visit((token, from, to) => updateRow(token, from, to, rate));
    },
  };
}

type OccurrenceLists = {
  /** Fills the index array with the gradient rows of each of this thread's tokens, one token after the other. */
  collect(batch: PairBatch): void;
  visit(each: (token: number, from: number, to: number) => void): void;
};

/** A counting sort by token: it replaces a gradient table as large as the vocabulary. */
function occurrenceLists(vocabularySize: number, indexes: Uint32Array, share: Share): OccurrenceLists {
  const counts = new Uint32Array(vocabularySize);
  const ends = new Uint32Array(vocabularySize);
  const met: number[] = [];

  function scan(texts: TextBatch, firstRow: number, occurrence: (token: number, row: number) => void): void {
    for (let text = 0; text < texts.count; text++) {
      for (let at = texts.starts[text]!; at < texts.starts[text + 1]!; at++) {
        const token = texts.tokens[at]!;
        if (token % share.of === share.index) occurrence(token, firstRow + text);
      }
    }
  }

  function scanBoth({ queries, passages }: PairBatch, occurrence: (token: number, row: number) => void): void {
    scan(queries, 0, occurrence);
    scan(passages, queries.count, occurrence);
  }

  return {
    collect(batch) {
      for (const token of met) counts[token] = 0;
      met.length = 0;
      scanBoth(batch, (token) => {
        if (counts[token]!++ === 0) met.push(token);
      });
      let end = 0;
      for (const token of met) {
        ends[token] = end;
        end += counts[token]!;
      }
      scanBoth(batch, (token, row) => {
        indexes[ends[token]!++] = row;
      });
    },
    visit(each) {
      for (const token of met) each(token, ends[token]! - counts[token]!, ends[token]!);
    },
  };
}
