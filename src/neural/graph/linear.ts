// Matrix products with a weight, plain or with a low-rank path beside it. Weights are `[out, in]`, activations `[rows, in]`.
import type { Value } from "./graph-builder.ts";
import type { Flow, Tape } from "./tape.ts";

type Product = {
  readonly transposeLeft?: boolean;
  readonly transposeRight?: boolean;
  readonly scale?: number;
  /** Added to the product. */
  readonly plus?: Value;
};

/** Hu et al. 2021, LoRA: `down` is `[rank, in]`, `up` is `[out, rank]`, `scale` is alpha / rank. */
export type LowRank = { readonly down: Value; readonly up: Value; readonly scale: number };

/** `left · right` of two matrices, as one Gemm. */
export function product({ graph }: Tape, left: Value, right: Value, options: Product = {}): Value {
  return graph.node("Gemm", options.plus ? [left, right, options.plus] : [left, right], {
    attributes: {
      transA: Number(options.transposeLeft ?? false),
      transB: Number(options.transposeRight ?? false),
      alpha: { float: options.scale ?? 1 },
    },
  });
}

/** `x · weightᵀ (+ plus)`; with `plus` a residual connection costs nothing of its own. */
export function linear(tape: Tape, x: Value, weight: Value, plus?: Value): Value {
  const output = product(tape, x, weight, { transposeRight: true, ...(plus && { plus }) });
  return tape.record(output, plus ? [x, weight, plus] : [x, weight], (gradient, [wantsX, wantsWeight]) => [
    wantsX ? added(tape, gradient, weight) : undefined,
    wantsWeight ? added(tape, gradient, x, { transposeLeft: true }) : undefined,
    gradient,
  ]);
}

/** A product that adds itself to the sum so far. */
function added(tape: Tape, left: Value, right: Value, options: Product = {}): Flow {
  return (sum) => product(tape, left, right, { ...options, ...(sum && { plus: sum }) });
}

/** `x · weightᵀ + scale · (x · downᵀ) · upᵀ (+ plus)`. */
export function adaptedLinear(tape: Tape, x: Value, weight: Value, adapter: LowRank, plus?: Value): Value {
  const base = linear(tape, x, weight, plus);
  const { down, up, scale } = adapter;
  const narrow = product(tape, x, down, { transposeRight: true });
  const output = product(tape, narrow, up, { transposeRight: true, scale, plus: base });
  return tape.record(output, [base, x, down, up], (gradient, [, wantsX]) => {
    const narrowGradient = product(tape, gradient, up, { scale });
    return [
      gradient,
      wantsX ? added(tape, narrowGradient, down) : undefined,
      product(tape, narrowGradient, x, { transposeLeft: true }),
      product(tape, gradient, narrow, { transposeLeft: true, scale }),
    ];
  });
}
