// Every operation's gradient against central differences, both in float64 by the reference interpreter.
import { describe, expect, test } from "vitest";
import { random } from "../random.ts";
import { attention, joinHeads, rotary, type SequenceInputs, splitHeads } from "./attention.ts";
import { graphBuilder, type Value } from "./graph-builder.ts";
import { crossEntropy, lookUp, rmsNorm, swiglu } from "./layers.ts";
import { adaptedLinear, linear } from "./linear.ts";
import { interpret } from "./reference-interpreter.ts";
import { type ReferenceTensor, tensorOf } from "./reference-tensor.ts";
import { type Tape, tape } from "./tape.ts";

type Shapes = Readonly<Record<string, readonly number[]>>;
type Build = (steps: Tape, inputs: Readonly<Record<string, Value>>) => Value;

const step = 1e-5;
const list = (shape: readonly number[], values: readonly number[]): ReferenceTensor =>
  tensorOf(shape, (at) => values[at]!);

/** Largest relative gap between the tape's gradient and central differences, over every element of every input. */
function worstGap(shapes: Shapes, build: Build, fixed: Readonly<Record<string, ReferenceTensor>> = {}): number {
  const { normal } = random(7);
  const inputs = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, tensorOf(shape, normal)]));
  const graph = graphBuilder();
  const steps = tape(graph);
  const values: Record<string, Value> = {};
  for (const [name, shape] of Object.entries(shapes)) {
    values[name] = graph.input(name, "float32", shape);
    steps.watch(values[name]);
  }
  for (const [name, { shape }] of Object.entries(fixed)) values[name] = graph.input(name, "float32", shape);
  const output = build(steps, values);
  // A random projection makes a scalar of any output, so that no gradient vanishes by symmetry.
  const size = interpret(graph.build(), { ...fixed, ...inputs })[output.name]!.data.length;
  const flat = steps.record(graph.node("Reshape", [output, graph.integers([1, -1])]), [output], (gradient) => [
    graph.node("Reshape", [gradient, graph.node("Shape", [output])]),
  ]);
  const direction = graph.floats(
    Float32Array.from({ length: size }, () => normal()),
    [1, size],
  );
  const projected = linear(steps, flat, direction);
  const loss = steps.record(
    graph.node("ReduceSum", [projected], { attributes: { keepdims: 0 } }),
    [projected],
    (seed) => [graph.node("Reshape", [seed, graph.integers([1, 1])])],
  );
  const names = Object.keys(shapes);
  const gradients = steps.gradients(
    loss,
    names.map((name) => values[name]!),
  );
  const built = graph.build();
  const run = () => interpret(built, { ...fixed, ...inputs });
  const analytic = run();
  let worst = 0;
  names.forEach((name, index) => {
    const { data } = inputs[name]!;
    const gradient = analytic[gradients[index]!.name]!;
    expect(gradient.shape).toEqual(shapes[name]);
    for (let at = 0; at < data.length; at++) {
      const kept = data[at]!;
      data[at] = kept + step;
      const above = run()[loss.name]!.data[0]!;
      data[at] = kept - step;
      const below = run()[loss.name]!.data[0]!;
      data[at] = kept;
      const numeric = (above - below) / (2 * step);
      worst = Math.max(worst, Math.abs(numeric - gradient.data[at]!) / Math.max(1, Math.abs(numeric)));
    }
  });
  return worst;
}

const layout = { heads: 4, keyHeads: 2, headSize: 4 };
const never = -1e9;
/** Two sequences of three tokens; a group of two query heads shares each key head. */
const sequence = {
  queryShape: list([4], [2, 3, 4, 4]),
  queryHeadShape: list([4], [2, 4, 3, 4]),
  keyShape: list([4], [2, 3, 2, 4]),
  mask: tensorOf([6, 3], (at) => (at % 3 > Math.floor(at / 3) % 3 ? never : 0)),
  positions: list([2, 3], [0, 1, 2, 0, 1, 2]),
  cosines: tensorOf([3, 2], (at) => Math.cos(Math.floor(at / 2) / (1 + 9 * (at % 2)))),
  sines: tensorOf([3, 2], (at) => Math.sin(Math.floor(at / 2) / (1 + 9 * (at % 2)))),
};
const sequenceOf = (values: Readonly<Record<string, Value>>) => values as unknown as SequenceInputs;

describe("gradients agree with finite differences", () => {
  test("linear, with and without a residual", () => {
    const shapes = { x: [3, 4], weight: [2, 4], plus: [3, 2] };
    expect(worstGap({ x: [3, 4], weight: [2, 4] }, (t, { x, weight }) => linear(t, x!, weight!))).toBeLessThan(1e-6);
    expect(worstGap(shapes, (t, { x, weight, plus }) => linear(t, x!, weight!, plus))).toBeLessThan(1e-6);
  });

  test("a linear layer with a low-rank path", () => {
    const shapes = { x: [3, 4], weight: [5, 4], down: [2, 4], up: [5, 2], plus: [3, 5] };
    const gap = worstGap(shapes, (t, { x, weight, down, up, plus }) =>
      adaptedLinear(t, x!, weight!, { down: down!, up: up!, scale: 0.7 }, plus),
    );
    expect(gap).toBeLessThan(1e-6);
  });

  test("a value used twice collects both gradients", () => {
    expect(worstGap({ x: [3, 4], gate: [4, 4] }, (t, { x, gate }) => swiglu(t, linear(t, x!, gate!), x!))).toBeLessThan(
      1e-6,
    );
  });

  test("rms norm", () => {
    expect(worstGap({ x: [3, 4], gain: [4] }, (t, { x, gain }) => rmsNorm(t, x!, gain!, 4, 1e-5))).toBeLessThan(1e-6);
  });

  test("swiglu", () => {
    expect(worstGap({ gate: [3, 4], up: [3, 4] }, (t, { gate, up }) => swiglu(t, gate!, up!))).toBeLessThan(1e-6);
  });

  test("rotary positions", () => {
    const gap = worstGap({ x: [2, 4, 3, 4] }, (t, { x, ...rest }) => rotary(t, x!, sequenceOf(rest)), sequence);
    expect(gap).toBeLessThan(1e-6);
  });

  test("splitting and joining heads", () => {
    const gap = worstGap(
      { x: [6, 16] },
      (t, { x, ...rest }) => {
        const { queryShape } = sequenceOf(rest);
        return joinHeads(t, splitHeads(t, x!, 16, queryShape), 16, queryShape);
      },
      sequence,
    );
    expect(gap).toBeLessThan(1e-6);
    expect(
      worstGap({ x: [6, 16] }, (t, { x, ...rest }) => splitHeads(t, x!, 16, sequenceOf(rest).queryShape), sequence),
    ).toBeLessThan(1e-6);
  });

  test("causal attention with grouped queries", () => {
    const shapes = { query: [2, 4, 3, 4], key: [2, 2, 3, 4], value: [2, 2, 3, 4] };
    const build: Build = (t, { query, key, value, ...rest }) =>
      attention(t, { query: query!, key: key!, value: value! }, layout, sequenceOf(rest));
    expect(worstGap(shapes, build, sequence)).toBeLessThan(1e-6);
  });

  test("look-up, rows used more than once", () => {
    const rows = { indices: list([4], [1, 0, 1, 2]) };
    expect(worstGap({ table: [3, 2] }, (t, { table, indices }) => lookUp(t, table!, indices!), rows)).toBeLessThan(
      1e-6,
    );
  });

  test("operations that add to a sum so far: one value in a look-up, two products and a residual", () => {
    const shapes = { x: [3, 4], weight: [4, 4], down: [2, 4], up: [4, 2] };
    const gap = worstGap(
      shapes,
      (t, { x, weight, down, up, indices }) => {
        const gate = linear(t, x!, weight!, lookUp(t, x!, indices!));
        return swiglu(t, gate, adaptedLinear(t, x!, weight!, { down: down!, up: up!, scale: 0.7 }, x!));
      },
      { indices: list([3], [1, 1, 2]) },
    );
    expect(gap).toBeLessThan(1e-6);
  });

  test("cross entropy with a masked position", () => {
    const fixed = { targets: list([3], [1, 0, 2]), weights: list([3], [0.25, 0, 0.75]) };
    const gap = worstGap(
      { x: [3, 2], head: [4, 2] },
      (t, { x, head, targets, weights }) => crossEntropy(t, x!, head!, targets!, weights!),
      fixed,
    );
    expect(gap).toBeLessThan(1e-6);
  });
});
