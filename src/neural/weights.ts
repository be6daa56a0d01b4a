// Named float32 tensors in memory: fresh weights, fresh adapters, and an adapter folded into its base.
import {
  type DecoderConfig,
  type Projection,
  projectionName,
  projectionShape,
  weightShapes,
} from "./decoder-config.ts";
import { random } from "./random.ts";

export type WeightTensor = { readonly shape: readonly number[]; readonly data: Float32Array };

export type Weights = ReadonlyMap<string, WeightTensor>;

/** Low-rank adaptation; `scale` of its path is `alpha / rank`. */
export type LoraConfig = { readonly rank: number; readonly alpha: number; readonly targets: readonly Projection[] };

function normals(shape: readonly number[], draw: () => number, scale: number): WeightTensor {
  const size = shape.reduce((product, item) => product * item, 1);
  return { shape, data: Float32Array.from({ length: size }, () => draw() * scale) };
}

/**
 * Norm gains 1, matrices N(0, 1 / in), those that write into the residual stream smaller by √(2 · layers) as in GPT-2. A fixed
 * deviation of 0.02 suits widths above 1,000; at 128 it leaves attention flat for hundreds of steps.
 */
export function initialWeights(config: DecoderConfig, seed: number): Weights {
  const { normal } = random(seed);
  const made = new Map<string, WeightTensor>();
  for (const [name, shape] of weightShapes(config)) {
    const inSize = shape[1];
    if (inSize === undefined) made.set(name, { shape, data: new Float32Array(shape[0]!).fill(1) });
    else {
      const damping = /o_proj|down_proj/.test(name) ? Math.sqrt(2 * config.layers) : 1;
      made.set(name, normals(shape, normal, 1 / (Math.sqrt(inSize) * damping)));
    }
  }
  return made;
}

export const downName = (layer: number, target: Projection): string => `${projectionName(layer, target)}.lora_A.weight`;
export const upName = (layer: number, target: Projection): string => `${projectionName(layer, target)}.lora_B.weight`;

export const loraScale = ({ alpha, rank }: LoraConfig): number => alpha / rank;

/** `lora_A` as He et al. for linear layers, `lora_B` zero: an untrained adapter changes nothing. */
export function initialAdapter(config: DecoderConfig, lora: LoraConfig, seed: number): Weights {
  const { normal } = random(seed);
  const made = new Map<string, WeightTensor>();
  for (let layer = 0; layer < config.layers; layer++) {
    for (const target of lora.targets) {
      const [outSize, inSize] = projectionShape(config, target);
      made.set(downName(layer, target), normals([lora.rank, inSize], normal, 1 / Math.sqrt(inSize)));
      made.set(upName(layer, target), { shape: [outSize, lora.rank], data: new Float32Array(outSize * lora.rank) });
    }
  }
  return made;
}

/** The base with `scale · lora_B · lora_A` added to each adapted matrix; the base itself stays as it is. */
export function mergedWeights(config: DecoderConfig, base: Weights, adapter: Weights, lora: LoraConfig): Weights {
  const merged = new Map(base);
  for (let layer = 0; layer < config.layers; layer++) {
    for (const target of lora.targets) {
      const name = `${projectionName(layer, target)}.weight`;
      const low = { down: adapter.get(downName(layer, target))!, up: adapter.get(upName(layer, target))! };
      merged.set(name, withLowRank(base.get(name)!, low, loraScale(lora)));
    }
  }
  return merged;
}

function withLowRank(
  weight: WeightTensor,
  { down, up }: { readonly down: WeightTensor; readonly up: WeightTensor },
  scale: number,
): WeightTensor {
  const [outSize, inSize] = weight.shape as [number, number];
  const rank = down.shape[0]!;
  const data = weight.data.slice();
  for (let row = 0; row < outSize; row++) {
    for (let inner = 0; inner < rank; inner++) {
      const factor = up.data[row * rank + inner]! * scale;
      for (let column = 0; column < inSize; column++) {
        data[row * inSize + column]! += factor * down.data[inner * inSize + column]!;
      }
    }
  }
  return { shape: weight.shape, data };
}
