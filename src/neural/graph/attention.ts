// Causal softmax attention with grouped-query heads and rotary positions. Rows come in as `[batch · time, heads · size]`.
import type { Value } from "./graph-builder.ts";
import type { Tape } from "./tape.ts";

export type HeadLayout = { readonly heads: number; readonly keyHeads: number; readonly headSize: number };

/** Graph inputs that carry what is known only when the graph runs. */
export type SequenceInputs = {
  /** int64 `[4]`: batch, time, heads, head size. */
  readonly queryShape: Value;
  /** int64 `[4]`: batch, heads, time, head size. */
  readonly queryHeadShape: Value;
  /** int64 `[4]`: batch, time, key heads, head size. */
  readonly keyShape: Value;
  /** float32 `[heads / keyHeads · time, keys]`, added to the scores: 0 where a query may look, very negative elsewhere. */
  readonly mask: Value;
  /** int64 `[batch, time]`. */
  readonly positions: Value;
  /** float32 `[maximum length, head size / 2]` each. */
  readonly cosines: Value;
  readonly sines: Value;
};

const microsoft = { domain: "com.microsoft" } as const;

const swapMiddle = { attributes: { perm: [0, 2, 1, 3] } };

/** `[batch · time, width]` to `[batch, heads, time, size]`; `shape` is `[batch, time, heads, size]`. */
export function splitHeads(tape: Tape, x: Value, width: number, shape: Value): Value {
  const output = toHeads(tape, x, shape);
  return tape.record(output, [x], (gradient) => [toRows(tape, gradient, width)]);
}

/** Back from `[batch, heads, time, size]` to `[batch · time, width]`; `shape` as in `splitHeads`. */
export function joinHeads(tape: Tape, x: Value, width: number, shape: Value): Value {
  const output = toRows(tape, x, width);
  return tape.record(output, [x], (gradient) => [toHeads(tape, gradient, shape)]);
}

function toHeads({ graph }: Tape, x: Value, shape: Value): Value {
  return graph.node("Transpose", [graph.node("Reshape", [x, shape])], swapMiddle);
}

function toRows({ graph }: Tape, x: Value, width: number): Value {
  return graph.node("Reshape", [graph.node("Transpose", [x], swapMiddle), graph.integers([-1, width])]);
}

/** Rotates the halves of every head by the angle of its position. The gradient of a rotation is the rotation back. */
export function rotary(tape: Tape, x: Value, { positions, cosines, sines }: SequenceInputs): Value {
  const { graph } = tape;
  const rotate = (value: Value, sine: Value) =>
    graph.node("RotaryEmbedding", [value, positions, cosines, sine], { ...microsoft, attributes: { interleaved: 0 } });
  return tape.record(rotate(x, sines), [x], (gradient) => [rotate(gradient, graph.node("Neg", [sines]))]);
}

type BatchProduct = { readonly transposeLeft?: boolean; readonly transposeRight?: boolean; readonly scale?: number };

function batchProduct(tape: Tape, left: Value, right: Value, options: BatchProduct = {}): Value {
  return tape.graph.node("FusedMatMul", [left, right], {
    ...microsoft,
    attributes: {
      transA: Number(options.transposeLeft ?? false),
      transB: Number(options.transposeRight ?? false),
      alpha: { float: options.scale ?? 1 },
    },
  });
}

/**
 * Softmax(q · kᵀ / √size + mask) · v. `query` is `[batch, heads, time, size]`, `key` and `value` `[batch, keyHeads, keys, size]`.
 * The queries of one group lie beside each other, so `[batch, keyHeads, group · time, size]` shares keys without copying them.
 */
export function attention(
  tape: Tape,
  { query, key, value }: { readonly query: Value; readonly key: Value; readonly value: Value },
  layout: HeadLayout,
  { mask, queryHeadShape }: SequenceInputs,
): Value {
  const { graph } = tape;
  const grouped = graph.integers([0, layout.keyHeads, -1, layout.headSize]);
  const scale = 1 / Math.sqrt(layout.headSize);
  const queries = graph.node("Reshape", [query, grouped]);
  const scores = graph.node("Add", [batchProduct(tape, queries, key, { transposeRight: true, scale }), mask]);
  const weights = graph.node("Softmax", [scores], { attributes: { axis: -1 } });
  const attended = batchProduct(tape, weights, value);
  const output = graph.node("Reshape", [attended, queryHeadShape]);

  return tape.record(output, [query, key, value], (gradient) => {
    const outputGradient = graph.node("Reshape", [gradient, grouped]);
    const weightGradient = batchProduct(tape, outputGradient, value, { transposeRight: true });
    // Dao et al. 2022: Σ weight · its gradient over the keys is Σ output · its gradient over a head's width, far fewer numbers.
    const sums = graph.node("ReduceSum", [graph.node("Mul", [outputGradient, attended]), graph.integers([-1])]);
    const scoreGradient = graph.node("Mul", [weights, graph.node("Sub", [weightGradient, sums])]);
    return [
      graph.node("Reshape", [batchProduct(tape, scoreGradient, key, { scale }), queryHeadShape]),
      batchProduct(tape, scoreGradient, queries, { transposeLeft: true, scale }),
      batchProduct(tape, weights, outputGradient, { transposeLeft: true }),
    ];
  });
}
