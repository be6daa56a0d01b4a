// The remaining layers of a Llama-like decoder, each with its gradient: RMSNorm, SwiGLU, look-up, row selection, cross entropy.
import type { Value } from "./graph-builder.ts";
import type { Tape } from "./tape.ts";

/** Zhang & Sennrich 2019: `x / √(mean(x²) + epsilon) · gain` per row of width `size`. */
export function rmsNorm(tape: Tape, x: Value, gain: Value, size: number, epsilon: number): Value {
  const { graph } = tape;
  const [output, inverse] = graph.nodes("SimplifiedLayerNormalization", [x, gain], 2, {
    attributes: { axis: -1, epsilon: { float: epsilon } },
  }) as [Value, Value];
  return tape.record(output, [x, gain], (gradient, [wantsX, wantsGain]) => {
    const normal = graph.node("Mul", [x, inverse]);
    const along = graph.node("Mul", [gradient, normal]);
    return [wantsX ? towardsX(gradient, normal, along) : undefined, wantsGain ? rowSum(tape, along) : undefined];
  });

  function towardsX(gradient: Value, normal: Value, along: Value): Value {
    const column = graph.node("Reshape", [gain, graph.integers([size, 1])]);
    const share = graph.node("Gemm", [along, column], { attributes: { alpha: { float: 1 / size } } });
    const scaled = graph.node("Mul", [gradient, gain]);
    return graph.node("Mul", [graph.node("Sub", [scaled, graph.node("Mul", [normal, share])]), inverse]);
  }
}

function rowSum({ graph }: Tape, x: Value): Value {
  return graph.node("ReduceSum", [x, graph.integers([0])], { attributes: { keepdims: 0 } });
}

/** Shazeer 2020: `gate · sigmoid(gate) · up`. */
export function swiglu(tape: Tape, gate: Value, up: Value): Value {
  const { graph } = tape;
  const sigmoid = graph.node("Sigmoid", [gate]);
  const swish = graph.node("Mul", [gate, sigmoid]);
  return tape.record(graph.node("Mul", [swish, up]), [gate, up], (gradient) => {
    // d swish / d gate = sigmoid + swish · (1 − sigmoid)
    const slope = graph.node("Add", [sigmoid, graph.node("Sub", [swish, graph.node("Mul", [swish, sigmoid])])]);
    const gateGradient = graph.node("Mul", [graph.node("Mul", [gradient, up]), slope]);
    return [gateGradient, graph.node("Mul", [gradient, swish])];
  });
}

/** Rows of `table` (`[entries, width]`) by int64 `indices` (`[rows]`). An entry's gradient is the sum over its uses. */
export function lookUp(tape: Tape, table: Value, indices: Value): Value {
  const { graph } = tape;
  const output = graph.node("Gather", [table, indices], { attributes: { axis: 0 } });
  return tape.record(output, [table, indices], (gradient) => {
    const column = graph.node("Unsqueeze", [indices, graph.integers([1])]);
    const everywhere = graph.node("Expand", [column, graph.node("Shape", [gradient])]);
    // One thread adds them in order: repeated rows stay exact and runs repeatable.
    const sums = graph.node("ScatterElements", [zerosLike(tape, table), everywhere, gradient], {
      attributes: { axis: 0, reduction: "add" },
    });
    return [sums, undefined];
  });
}

function zerosLike({ graph }: Tape, x: Value): Value {
  return graph.node("Expand", [graph.floats(0), graph.node("Shape", [x])]);
}

/**
 * Σ weight · −log softmax(logits)[target]: `logits` `[rows, classes]`, `targets` int64 `[rows]`, `weights` float32 `[rows]`.
 * A mean is a sum whose weights add up to 1; a masked position has weight 0.
 */
export function crossEntropy(tape: Tape, logits: Value, targets: Value, weights: Value): Value {
  const { graph } = tape;
  const column = (value: Value) => graph.node("Unsqueeze", [value, graph.integers([1])]);
  const logs = graph.node("LogSoftmax", [logits], { attributes: { axis: -1 } });
  const right = graph.node("GatherElements", [logs, column(targets)], { attributes: { axis: 1 } });
  const weighted = graph.node("Mul", [right, column(weights)]);
  const loss = graph.node("Neg", [graph.node("ReduceSum", [weighted], { attributes: { keepdims: 0 } })]);
  return tape.record(loss, [logits], (gradient) => {
    const ones = graph.node("Expand", [graph.floats(-1), graph.node("Shape", [right])]);
    const difference = graph.node("ScatterElements", [graph.node("Exp", [logs]), column(targets), ones], {
      attributes: { axis: 1, reduction: "add" },
    });
    const rowScale = graph.node("Mul", [column(weights), gradient]);
    return [graph.node("Mul", [difference, rowScale])];
  });
}
