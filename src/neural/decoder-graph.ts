// A Llama-like decoder as a graph: pre-norm blocks of rotary grouped-query attention and SwiGLU. Used to train and to generate.
import {
  type DecoderConfig,
  embeddingName,
  finalNormName,
  headName,
  normName,
  type Projection,
  projectionName,
} from "./decoder-config.ts";
import { attention, joinHeads, rotary, type SequenceInputs, splitHeads } from "./graph/attention.ts";
import type { Value } from "./graph/graph-builder.ts";
import { lookUp, rmsNorm, swiglu } from "./graph/layers.ts";
import { adaptedLinear, linear } from "./graph/linear.ts";
import type { Tape } from "./graph/tape.ts";
import { downName, type LoraConfig, loraScale, upName } from "./weights.ts";

/** Keys and values of one layer, `[batch, keyHeads, time, size]`. */
type KeysAndValues = { readonly key: Value; readonly value: Value };

export type Decoder = {
  readonly config: DecoderConfig;
  readonly tape: Tape;
  /** Graph inputs by weight name, those of the adapter included. */
  readonly weights: ReadonlyMap<string, Value>;
  readonly lora?: LoraConfig;
  readonly sequence: SequenceInputs;
  /** Given by generation: puts remembered keys and values before the new ones, and keeps the result. */
  readonly remember?: (layer: number, fresh: KeysAndValues) => KeysAndValues;
};

/** One graph input per weight, so that a training step rewrites arrays and rebuilds nothing. */
export function weightInputs({ graph }: Tape, shapes: ReadonlyMap<string, readonly number[]>): Map<string, Value> {
  return new Map([...shapes].map(([name, shape]) => [name, graph.input(name, "float32", shape)]));
}

export function sequenceInputs({ graph }: Tape, config: DecoderConfig): SequenceInputs {
  const table = [config.maximumLength, config.headSize / 2];
  return {
    queryShape: graph.input("queryShape", "int64", [4]),
    queryHeadShape: graph.input("queryHeadShape", "int64", [4]),
    keyShape: graph.input("keyShape", "int64", [4]),
    mask: graph.input("mask", "float32", ["groupedTime", "keys"]),
    positions: graph.input("positions", "int64", ["batch", "time"]),
    cosines: graph.input("cosines", "float32", table),
    sines: graph.input("sines", "float32", table),
  };
}

/** Token ids (`[batch · time]`) to the last block's output, `[batch · time, width]`, not yet normed. */
export function decoderHidden(decoder: Decoder, ids: Value): Value {
  let x = lookUp(decoder.tape, weightOf(decoder, embeddingName), ids);
  for (let layer = 0; layer < decoder.config.layers; layer++) {
    x = attentionBlock(decoder, layer, x);
    x = feedForwardBlock(decoder, layer, x);
  }
  return x;
}

/** What the output head reads: `[rows, width]`, normed. */
export function decoderOutput(decoder: Decoder, x: Value): { readonly normed: Value; readonly head: Value } {
  const head = weightOf(decoder, decoder.config.tied ? embeddingName : headName);
  return { normed: norm(decoder, x, finalNormName), head };
}

function weightOf({ weights }: Decoder, name: string): Value {
  const weight = weights.get(name);
  if (!weight) throw new Error(`the graph has no weight ${name}`);
  return weight;
}

function norm(decoder: Decoder, x: Value, name: string): Value {
  const { width, normEpsilon } = decoder.config;
  return rmsNorm(decoder.tape, x, weightOf(decoder, name), width, normEpsilon);
}

function project(decoder: Decoder, layer: number, target: Projection, x: Value, plus?: Value): Value {
  const weight = weightOf(decoder, `${projectionName(layer, target)}.weight`);
  const { lora, tape } = decoder;
  if (!lora?.targets.includes(target)) return linear(tape, x, weight, plus);
  const down = weightOf(decoder, downName(layer, target));
  const up = weightOf(decoder, upName(layer, target));
  return adaptedLinear(tape, x, weight, { down, up, scale: loraScale(lora) }, plus);
}

function attentionBlock(decoder: Decoder, layer: number, x: Value): Value {
  const { tape, config, sequence } = decoder;
  const normed = norm(decoder, x, normName(layer, "attention"));
  const heads = (target: Projection, count: number, shape: Value) =>
    splitHeads(tape, project(decoder, layer, target, normed), count * config.headSize, shape);
  const query = rotary(tape, heads("q_proj", config.heads, sequence.queryShape), sequence);
  const fresh = {
    key: rotary(tape, heads("k_proj", config.keyHeads, sequence.keyShape), sequence),
    value: heads("v_proj", config.keyHeads, sequence.keyShape),
  };
  const known = decoder.remember?.(layer, fresh) ?? fresh;
  const attended = attention(tape, { query, ...known }, config, sequence);
  const rows = joinHeads(tape, attended, config.heads * config.headSize, sequence.queryShape);
  return project(decoder, layer, "o_proj", rows, x);
}

function feedForwardBlock(decoder: Decoder, layer: number, x: Value): Value {
  const normed = norm(decoder, x, normName(layer, "feed-forward"));
  const gate = project(decoder, layer, "gate_proj", normed);
  const up = project(decoder, layer, "up_proj", normed);
  return project(decoder, layer, "down_proj", swiglu(decoder.tape, gate, up), x);
}
