// The decoder once more, in plain float64 loops that share nothing with the graph: the independent judge of the whole model.
import {
  type DecoderConfig,
  embeddingName,
  finalNormName,
  headName,
  normName,
  type Projection,
  projectionName,
} from "./decoder-config.ts";
import { downName, type LoraConfig, upName, type Weights } from "./weights.ts";

type Vector = readonly number[];

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, x, at) => sum + x * b[at]!, 0);

function multiply(weights: Weights, name: string, x: Vector): number[] {
  const { shape, data } = weights.get(name)!;
  const [rows, columns] = shape as [number, number];
  return Array.from({ length: rows }, (_, row) => dot(data.subarray(row * columns, (row + 1) * columns), x));
}

function rms(weights: Weights, name: string, x: Vector, epsilon: number): number[] {
  const inverse = 1 / Math.sqrt(dot(x, x) / x.length + epsilon);
  return x.map((value, at) => value * inverse * weights.get(name)!.data[at]!);
}

function rotate(head: Vector, position: number, base: number): number[] {
  const half = head.length / 2;
  return head.map((value, at) => {
    const angle = position * base ** ((-2 * (at % half)) / head.length);
    const partner = at < half ? -head[at + half]! : head[at - half]!;
    return value * Math.cos(angle) + partner * Math.sin(angle);
  });
}

const cut = (x: Vector, size: number): Vector[] =>
  Array.from({ length: x.length / size }, (_, head) => x.slice(head * size, (head + 1) * size));

/** Logits of every position of one sequence. */
export function referenceLogits(
  config: DecoderConfig,
  weights: Weights,
  ids: readonly number[],
  lora?: LoraConfig,
): readonly Vector[] {
  const { headSize, heads, keyHeads, ropeBase, normEpsilon, width } = config;
  const project = (layer: number, target: Projection, x: Vector): number[] => {
    const plain = multiply(weights, `${projectionName(layer, target)}.weight`, x);
    if (!lora?.targets.includes(target)) return plain;
    const low = multiply(weights, upName(layer, target), multiply(weights, downName(layer, target), x));
    return plain.map((value, at) => value + (lora.alpha / lora.rank) * low[at]!);
  };
  const table = weights.get(embeddingName)!.data;
  let states = ids.map((id) => Array.from(table.subarray(id * width, (id + 1) * width)));
  for (let layer = 0; layer < config.layers; layer++) {
    const normed = states.map((x) => rms(weights, normName(layer, "attention"), x, normEpsilon));
    const turned = (target: Projection) =>
      normed.map((x, at) => cut(project(layer, target, x), headSize).map((head) => rotate(head, at, ropeBase)));
    const queries = turned("q_proj");
    const keys = turned("k_proj");
    const values = normed.map((x) => cut(project(layer, "v_proj", x), headSize));
    states = states.map((x, at) => {
      const attended = Array.from({ length: heads }, (_, head) => {
        const shared = Math.floor(head / (heads / keyHeads));
        const scores = Array.from({ length: at + 1 }, (_, past) =>
          Math.exp(dot(queries[at]![head]!, keys[past]![shared]!) / Math.sqrt(headSize)),
        );
        const total = scores.reduce((sum, score) => sum + score, 0);
        return Array.from({ length: headSize }, (_, part) =>
          scores.reduce((sum, score, past) => sum + (score / total) * values[past]![shared]![part]!, 0),
        );
      }).flat();
      const added = project(layer, "o_proj", attended);
      return x.map((value, part) => value + added[part]!);
    });
    states = states.map((x) => {
      const inner = rms(weights, normName(layer, "feed-forward"), x, normEpsilon);
      const gate = project(layer, "gate_proj", inner);
      const up = project(layer, "up_proj", inner);
      const added = project(
        layer,
        "down_proj",
        gate.map((value, at) => (value / (1 + Math.exp(-value))) * up[at]!),
      );
      return x.map((value, part) => value + added[part]!);
    });
  }
  return states.map((x) =>
    multiply(weights, config.tied ? embeddingName : headName, rms(weights, finalNormName, x, normEpsilon)),
  );
}
