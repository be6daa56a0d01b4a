// AdamW beside the graph: it owns the arrays that the graph reads and fills, and its state is plain arrays that a checkpoint can hold.
import { AssayError } from "../core/errors.ts";
import { type AdamWKernel, adamWKernel, beta1, beta2, mostBytes } from "./adamw-kernel.ts";
import type { Weights } from "./weights.ts";

export type AdamWOptions = {
  readonly weightDecay: number;
  /** Gradients are scaled down to this global norm where they exceed it. */
  readonly clipNorm: number;
};

export type AdamW = {
  /** Copies of what it was given, rewritten in place by every update. */
  readonly weights: Weights;
  /** By weight name: to be filled before an update. */
  readonly gradients: ReadonlyMap<string, Float32Array>;
  /** Both moments by weight name with the endings below: what a checkpoint saves and a resumed run hands back. */
  readonly state: Weights;
  /**
   * `step` counts from 1. Returns the gradients' global norm before clipping; where that is not finite, nothing is changed.
   */
  update(step: number, learningRate: number): number;
};

const firstMomentEnding = "/moment1";
const secondMomentEnding = "/moment2";

/** Loshchilov & Hutter 2019, decay decoupled and on matrices only. `saved` continues a run. */
export function adamW(trainable: Weights, options: AdamWOptions, saved?: Weights): AdamW {
  const kernel = kernelFor(trainable);
  const like = (ending: string, from?: Weights): Weights =>
    new Map(
      [...trainable].map(([name, { shape, data }]) => {
        const array = kernel.array(data.length);
        const known = from?.get(name + ending);
        if (known) array.set(known.data);
        return [name + ending, { shape, data: array }];
      }),
    );
  const weights = like("", trainable);
  const gradients = new Map([...like("")].map(([name, { data }]) => [name, data]));
  const first = like(firstMomentEnding, saved);
  const second = like(secondMomentEnding, saved);
  return {
    weights,
    gradients,
    state: new Map([...first, ...second]),
    update(step, learningRate) {
      const norm = globalNorm(kernel, gradients);
      if (!Number.isFinite(norm)) return norm;
      const shared = {
        scale: Math.min(1, options.clipNorm / (norm + 1e-12)),
        rate: learningRate / (1 - beta1 ** step),
        correction: 1 / (1 - beta2 ** step),
      };
      for (const [name, { data, shape }] of weights) {
        const moments = [
          first.get(name + firstMomentEnding)!.data,
          second.get(name + secondMomentEnding)!.data,
        ] as const;
        const decay = shape.length > 1 ? options.weightDecay : 0;
        kernel.update(data, gradients.get(name)!, moments, { ...shared, keep: 1 - learningRate * decay });
      }
      return norm;
    },
  };
}

function kernelFor(trainable: Weights): AdamWKernel {
  const lengths = [...trainable.values()].map(({ data }) => data.length);
  const count = lengths.reduce((sum, length) => sum + length, 0);
  if (count * 16 <= mostBytes) return adamWKernel(lengths);
  throw new AssayError({
    code: "bad-usage",
    message: `${Math.round(count / 1e6)} million weights are more than this trainer can hold; it takes ${Math.floor(mostBytes / 16e6)} million`,
    remedy: "train an adapter instead: assay tune --base DIR --weights lora",
  });
}

function globalNorm(kernel: AdamWKernel, gradients: ReadonlyMap<string, Float32Array>): number {
  let sum = 0;
  for (const gradient of gradients.values()) sum += kernel.sumOfSquares(gradient);
  return Math.sqrt(sum);
}
