// Adam that touches only the rows of tokens in the batch; the moments of all others wait untouched.
import type { Share } from "./contrastive-step.ts";
import type { TrainingMemory, TrainingPlan } from "./training-memory.ts";
import type { PairBatch, TextBatch } from "./training-pairs.ts";
import { addScaled } from "./vector-kernels.ts";

export type LazyAdam = { update(batch: PairBatch, step: number): void };

const beta1 = 0.9;
const beta2 = 0.99;
const epsilon = 1e-8;

/** Linear warm-up, then linear decay to `finalShare`. `step` counts from 0. */
export function learningRateAt(step: number, plan: TrainingPlan): number {
  if (step < plan.warmUpSteps) return (plan.learningRate * (step + 1)) / (plan.warmUpSteps + 1);
  const done = (step - plan.warmUpSteps) / Math.max(1, plan.steps - plan.warmUpSteps);
  return plan.learningRate * (1 - (1 - plan.finalShare) * done);
}

export function lazyAdam(memory: TrainingMemory, share: Share): LazyAdam {
  const { plan, queryGradients, passageGradients } = memory;
  const { dimensions, batchSize } = plan;
  const gradient = new Float32Array(dimensions);
  return {
    update(batch, step) {
      const rate = learningRateAt(step, plan);
      for (const [token, texts] of occurrences(batch, batchSize, share)) {
        gradient.fill(0);
        for (const text of texts) {
          if (text < batchSize) addScaled(gradient, 1, queryGradients, text * dimensions, dimensions);
          else addScaled(gradient, 1, passageGradients, (text - batchSize) * dimensions, dimensions);
        }
        updateRow(memory, token, gradient, rate);
      }
    },
  };
}

/** Texts by token, for this thread's tokens: queries as they are numbered, passages after them. */
function occurrences(batch: PairBatch, batchSize: number, share: Share): Map<number, number[]> {
  const texts = new Map<number, number[]>();
  const collect = (from: TextBatch, firstText: number) => {
    for (let text = 0; text < from.count; text++) {
      for (let at = from.starts[text]!; at < from.starts[text + 1]!; at++) {
        const token = from.tokens[at]!;
        if (token % share.of !== share.index) continue;
        const known = texts.get(token);
        if (known) known.push(firstText + text);
        else texts.set(token, [firstText + text]);
      }
    }
  };
  collect(batch.queries, 0);
  collect(batch.passages, batchSize);
  return texts;
}

function updateRow(memory: TrainingMemory, token: number, gradient: Float32Array, rate: number): void {
  const { table, firstMoments, secondMoments, updates, plan } = memory;
  const count = ++updates[token]!;
  const correction1 = 1 - beta1 ** count;
  const correction2 = 1 - beta2 ** count;
  const scaledRate = (rate * Math.sqrt(correction2)) / correction1;
  let at = token * plan.dimensions;
  for (let k = 0; k < plan.dimensions; k++, at++) {
    const slope = gradient[k]!;
    const first = beta1 * firstMoments[at]! + (1 - beta1) * slope;
    const second = beta2 * secondMoments[at]! + (1 - beta2) * slope * slope;
    firstMoments[at] = first;
    secondMoments[at] = second;
    table[at]! -= (scaledRate * first) / (Math.sqrt(second) + epsilon);
  }
}
