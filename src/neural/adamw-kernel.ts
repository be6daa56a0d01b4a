// The inner loops of AdamW as WebAssembly: four weights at a time take a third of what plain JavaScript takes, and while the
// optimizer works the engine's other threads wait. Arrays live in a memory of their own, which both engines read in place or copy.
import {
  absolute,
  add,
  advance,
  type Code,
  compiled,
  constant,
  divide,
  less,
  load,
  loopUntil,
  multiply,
  splat,
  squareRoot,
  store,
  subtract,
  types,
  type WrittenFunction,
  without,
} from "./wasm-code.ts";

export const beta1 = 0.9;
export const beta2 = 0.999;
export const epsilon = 1e-8;

/** Bytes that one turn of a loop takes; arrays are padded to a multiple with zeros, which stay zeros. */
const stride = 16;
const pageBytes = 65_536;
/** What a WebAssembly memory can hold. */
export const mostBytes = 4 * 1024 ** 3 - pageBytes;

/** Far below what changes a weight. Left as they are, such numbers turn denormal, and a denormal costs a hundred ordinary ones. */
const nothing = 1e-30;
const leastSlope = 1e-15;

/** What is no number stays none. */
const flushed = (x: Code, least: number): Code => without(x, less(absolute(x), constant(least)));

const update: WrittenFunction = {
  name: "update",
  parameters: [...Array.from({ length: 5 }, () => types.address), ...Array.from({ length: 4 }, () => types.float)],
  locals: [types.vector, types.vector, types.vector],
  body(weight, gradient, first, second, end, scale, rate, correction, keep, slope, mean, variance) {
    const scaled = (x: Code, factor: number): Code => multiply(x, constant(factor));
    return [
      loopUntil(weight!, end!, [
        slope!.set(multiply(load(gradient!.get), splat(scale!.get))),
        slope!.set(flushed(slope!.get, leastSlope)),
        mean!.set(add(scaled(load(first!.get), beta1), scaled(slope!.get, 1 - beta1))),
        mean!.set(flushed(mean!.get, nothing)),
        variance!.set(add(scaled(load(second!.get), beta2), multiply(scaled(slope!.get, 1 - beta2), slope!.get))),
        variance!.set(flushed(variance!.get, nothing)),
        store(first!.get, mean!.get),
        store(second!.get, variance!.get),
        store(
          weight!.get,
          subtract(
            multiply(load(weight!.get), splat(keep!.get)),
            divide(
              multiply(mean!.get, splat(rate!.get)),
              add(squareRoot(multiply(variance!.get, splat(correction!.get))), constant(epsilon)),
            ),
          ),
        ),
        ...[weight!, gradient!, first!, second!].map((address) => advance(address, stride)),
      ]),
    ];
  },
};

/** Four sums of squares, left at `into`. */
const squares: WrittenFunction = {
  name: "squares",
  parameters: [types.address, types.address, types.address],
  locals: [types.vector, types.vector],
  body(values, end, into, value, sum) {
    return [
      loopUntil(values!, end!, [
        value!.set(flushed(load(values!.get), leastSlope)),
        sum!.set(add(sum!.get, multiply(value!.get, value!.get))),
        advance(values!, stride),
      ]),
      store(into!.get, sum!.get),
    ];
  },
};

export type UpdateFactors = {
  /** Of the gradient, for clipping. */
  readonly scale: number;
  /** Learning rate, corrected for the first moment's start at zero; and the same of the second moment. */
  readonly rate: number;
  readonly correction: number;
  /** What decay leaves of a weight. */
  readonly keep: number;
};

export type AdamWKernel = {
  /** A new array of zeros in the kernel's memory. */
  array(length: number): Float32Array;
  /** All four come from `array` and are equally long. */
  update(
    weights: Float32Array,
    gradient: Float32Array,
    moments: readonly [Float32Array, Float32Array],
    by: UpdateFactors,
  ): void;
  sumOfSquares(values: Float32Array): number;
};

const paddedBytes = (length: number): number => Math.ceil((length * 4) / stride) * stride;

/** With room for four arrays of each of the lengths. */
export function adamWKernel(lengths: readonly number[]): AdamWKernel {
  const room = stride + 4 * lengths.reduce((sum, length) => sum + paddedBytes(length), 0);
  const memory = new WebAssembly.Memory({ initial: Math.ceil(room / pageBytes) });
  const functions = compiled([update, squares], memory);
  const sums = new Float32Array(memory.buffer, 0, 4);
  let used = stride;
  return {
    array(length) {
      const made = new Float32Array(memory.buffer, used, length);
      used += paddedBytes(length);
      return made;
    },
    update(weights, gradient, [first, second], { scale, rate, correction, keep }) {
      const end = weights.byteOffset + paddedBytes(weights.length);
      const addresses = [weights, gradient, first, second].map(({ byteOffset }) => byteOffset);
      functions["update"]!(...addresses, end, scale, rate, correction, keep);
    },
    sumOfSquares(values) {
      const end = values.byteOffset + paddedBytes(values.length);
      let total = 0;
      // Block by block, because a float32 sum of millions of squares would lose the small ones.
      for (let from = values.byteOffset; from < end; from += blockBytes) {
        functions["squares"]!(from, Math.min(end, from + blockBytes), sums.byteOffset);
        total += sums.reduce((sum, part) => sum + part, 0);
      }
      return total;
    },
  };
}

const blockBytes = 1024 * stride;
