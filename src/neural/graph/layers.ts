// The remaining layers of a Llama-like decoder, each with its gradient: RMSNorm, SwiGLU, look-up, and the head with its loss.
import type { GraphBuilder, Value } from "./graph-builder.ts";
import { product } from "./linear.ts";
import type { Tape } from "./tape.ts";

/** Zhang & Sennrich 2019: `x / √(mean(x²) + epsilon) · gain` per row of width `size`. */
export function rmsNorm(tape: Tape, x: Value, gain: Value, size: number, epsilon: number): Value {
  const { graph } = tape;
  const [output, inverse] = graph.nodes("SimplifiedLayerNormalization", [x, gain], 2, {
    attributes: { axis: -1, epsilon: { float: epsilon } },
  }) as [Value, Value];
  return tape.record(output, [x, gain], (gradient, [wantsX, wantsGain]) => {
    const along = graph.node("Mul", [gradient, x]);
    return [wantsX ? towardsX(gradient, along) : undefined, wantsGain ? towardsGain(along) : undefined];
  });

  // dx = (gradient · gain) · inverse − x · inverse³ · mean(gradient · gain · x). Sums are products with a column: those are fast.
  function towardsX(gradient: Value, along: Value): Value {
    const gains = graph.node("Reshape", [gain, graph.integers([size, 1])]);
    const mean = product(tape, along, gains, { scale: 1 / size });
    const cubed = graph.node("Mul", [graph.node("Mul", [inverse, inverse]), inverse]);
    const straight = graph.node("Mul", [graph.node("Mul", [gradient, gain]), inverse]);
    return graph.node("Sub", [straight, graph.node("Mul", [x, graph.node("Mul", [cubed, mean])])]);
  }

  function towardsGain(along: Value): Value {
    const column = product(tape, along, inverse, { transposeLeft: true });
    return graph.node("Reshape", [column, graph.integers([size])]);
  }
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
  return tape.record(output, [table, indices], (gradient) => [
    (sum) => {
      const everywhere = graph.node("Expand", [column(graph, indices), graph.node("Shape", [gradient])]);
      // One thread adds them in order: repeated rows stay exact and runs repeatable.
      return graph.node("ScatterElements", [sum ?? zerosLike(graph, table), everywhere, gradient], {
        attributes: { axis: 0, reduction: "add" },
      });
    },
    undefined,
  ]);
}

const zerosLike = (graph: GraphBuilder, x: Value): Value =>
  graph.node("Expand", [graph.floats(0), graph.node("Shape", [x])]);

const column = (graph: GraphBuilder, x: Value): Value => graph.node("Unsqueeze", [x, graph.integers([1])]);

/** No probability counts as less: a loss of 85 nats is as wrong as any, and infinity would end the training. */
const leastProbability = 1e-37;

/**
 * The output head and its loss in one: Σ weight · −log softmax(x · headᵀ)[target]. `x` is `[rows, width]`, `head` `[classes, width]`,
 * `targets` int64 and `weights` float32 `[rows]`. A mean is a sum whose weights add up to 1; a masked position has weight 0.
 * In one, because a row's weight scales `x` as well as it scales the far larger gradient of its logits.
 */
export function crossEntropy(tape: Tape, x: Value, head: Value, targets: Value, weights: Value): Value {
  const { graph } = tape;
  const logits = product(tape, x, head, { transposeRight: true });
  const probabilities = graph.node("Softmax", [logits], { attributes: { axis: -1 } });
  const right = graph.node("GatherElements", [probabilities, column(graph, targets)], { attributes: { axis: 1 } });
  const logs = graph.node("Log", [graph.node("Max", [right, graph.floats(leastProbability)])]);
  const weighted = graph.node("Mul", [logs, column(graph, weights)]);
  const loss = graph.node("Neg", [graph.node("ReduceSum", [weighted], { attributes: { keepdims: 0 } })]);
  return tape.record(loss, [x, head], (gradient, [wantsX, wantsHead]) => {
    const ones = graph.node("Expand", [graph.floats(-1), graph.node("Shape", [right])]);
    const difference = graph.node("ScatterElements", [probabilities, column(graph, targets), ones], {
      attributes: { axis: 1, reduction: "add" },
    });
    const scale = graph.node("Mul", [column(graph, weights), gradient]);
    const towardsHead = () => product(tape, difference, graph.node("Mul", [x, scale]), { transposeLeft: true });
    return [
      wantsX ? graph.node("Mul", [product(tape, difference, head), scale]) : undefined,
      wantsHead ? towardsHead() : undefined,
    ];
  });
}
