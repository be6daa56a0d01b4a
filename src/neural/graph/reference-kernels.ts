// The operators that our graphs use, after the ONNX operator text, in float64. Written for reading, not for speed.
import { matrixKernels } from "./reference-matrix-kernels.ts";
import {
  type Attributes,
  around,
  axisOf,
  broadcastAt,
  broadcastShape,
  coordinatesOf,
  elementwise,
  indexOf,
  type Kernel,
  type ReferenceTensor,
  sizeOf,
  tensorOf,
} from "./reference-tensor.ts";

const one =
  (apply: (x: number) => number): Kernel =>
  ([x]) => [{ shape: x!.shape, data: x!.data.map(apply) }];

const two =
  (apply: (a: number, b: number) => number): Kernel =>
  ([a, b]) => [elementwise(a!, b!, apply)];

const numberOf = (attributes: Attributes, name: string, fallback: number): number =>
  typeof attributes[name] === "number" ? attributes[name] : fallback;

/** Applies `change` to each slice along one axis. */
function alongAxis(x: ReferenceTensor, axis: number, change: (slice: readonly number[]) => readonly number[]) {
  const { outer, size, inner } = around(x.shape, axis);
  const data = new Float64Array(x.data.length);
  for (let block = 0; block < outer; block++) {
    for (let lane = 0; lane < inner; lane++) {
      const at = (step: number) => (block * size + step) * inner + lane;
      const changed = change(Array.from({ length: size }, (_, step) => x.data[at(step)]!));
      changed.forEach((value, step) => {
        data[at(step)] = value;
      });
    }
  }
  return { shape: x.shape, data };
}

function logSoftmax(slice: readonly number[]): readonly number[] {
  const top = Math.max(...slice);
  const total = Math.log(slice.reduce((sum, value) => sum + Math.exp(value - top), 0));
  return slice.map((value) => value - top - total);
}

const reshape: Kernel = ([x, shape]) => {
  const asked = Array.from(shape!.data, (size, axis) => (size === 0 ? x!.shape[axis]! : size));
  const known = asked.filter((size) => size !== -1);
  const full = asked.map((size) => (size === -1 ? x!.data.length / sizeOf(known) : size));
  if (sizeOf(full) !== x!.data.length) throw new Error(`cannot reshape [${x!.shape}] to [${asked}]`);
  return [{ shape: full, data: x!.data }];
};

const transpose: Kernel = ([x], attributes) => {
  const order = attributes["perm"] as readonly number[];
  const shape = order.map((axis) => x!.shape[axis]!);
  return [
    tensorOf(shape, (index) => {
      const source: number[] = [];
      coordinatesOf(index, shape).forEach((at, axis) => {
        source[order[axis]!] = at;
      });
      return x!.data[indexOf(source, x!.shape)]!;
    }),
  ];
};

const reduceSum: Kernel = ([x, axes], attributes) => {
  const gone = new Set(Array.from(axes?.data ?? x!.shape.keys(), (axis) => axisOf(axis, x!.shape.length)));
  const kept = x!.shape.map((size, axis) => (gone.has(axis) ? 1 : size));
  const data = new Float64Array(sizeOf(kept));
  x!.data.forEach((value, index) => {
    const at = coordinatesOf(index, x!.shape).map((place, axis) => (gone.has(axis) ? 0 : place));
    data[indexOf(at, kept)]! += value;
  });
  const shape = numberOf(attributes, "keepdims", 1) ? kept : kept.filter((_, axis) => !gone.has(axis));
  return [{ shape, data }];
};

const gather: Kernel = ([x, indices], attributes) => {
  const axis = numberOf(attributes, "axis", 0);
  const { size, inner } = around(x!.shape, axis);
  const shape = [...x!.shape.slice(0, axis), ...indices!.shape, ...x!.shape.slice(axis + 1)];
  const count = indices!.data.length;
  return [
    tensorOf(shape, (index) => {
      const lane = index % inner;
      const pick = indices!.data[Math.floor(index / inner) % count]!;
      return x!.data[(Math.floor(index / (inner * count)) * size + pick) * inner + lane]!;
    }),
  ];
};

const gatherElements: Kernel = ([x, indices], attributes) => {
  const axis = axisOf(numberOf(attributes, "axis", 0), x!.shape.length);
  return [
    tensorOf(indices!.shape, (index) => {
      const at = coordinatesOf(index, indices!.shape);
      return x!.data[indexOf(at.with(axis, indices!.data[index]!), x!.shape)]!;
    }),
  ];
};

const scatterElements: Kernel = ([x, indices, updates], attributes) => {
  const axis = axisOf(numberOf(attributes, "axis", 0), x!.shape.length);
  const data = x!.data.slice();
  updates!.data.forEach((update, index) => {
    const at = coordinatesOf(index, indices!.shape).with(axis, indices!.data[index]!);
    data[indexOf(at, x!.shape)]! += update;
  });
  return [{ shape: x!.shape, data }];
};

const concat: Kernel = (parts, attributes) => {
  const rank = parts[0]!.shape.length;
  const axis = axisOf(numberOf(attributes, "axis", 0), rank);
  const shape = parts[0]!.shape.with(
    axis,
    parts.reduce((sum, part) => sum + part.shape[axis]!, 0),
  );
  return [
    tensorOf(shape, (index) => {
      const at = coordinatesOf(index, shape);
      let place = at[axis]!;
      for (const part of parts) {
        if (place < part.shape[axis]!) return part.data[indexOf(at.with(axis, place), part.shape)]!;
        place -= part.shape[axis]!;
      }
      return Number.NaN;
    }),
  ];
};

const expand: Kernel = ([x, shape]) => {
  const full = broadcastShape(x!.shape, [...shape!.data]);
  return [tensorOf(full, (index) => broadcastAt(x!, coordinatesOf(index, full)))];
};

const rmsNorm: Kernel = ([x, gain], attributes) => {
  const { outer, size } = around(x!.shape, -1);
  const inverse = tensorOf([...x!.shape.slice(0, -1), 1], (row) => {
    const slice = x!.data.subarray(row * size, (row + 1) * size);
    return 1 / Math.sqrt(slice.reduce((sum, value) => sum + value ** 2, 0) / size + numberOf(attributes, "epsilon", 0));
  });
  const rows = { shape: [outer, 1], data: inverse.data };
  const flat = elementwise(
    elementwise({ shape: [outer, size], data: x!.data }, rows, (a, b) => a * b),
    gain!,
    (a, b) => a * b,
  );
  return [{ shape: x!.shape, data: flat.data }, inverse];
};

const rotaryEmbedding: Kernel = ([x, positions, cosines, sines]) => {
  const [, heads, time, size] = x!.shape as [number, number, number, number];
  const half = size / 2;
  return [
    tensorOf(x!.shape, (index) => {
      const component = index % size;
      const step = Math.floor(index / size) % time;
      const batch = Math.floor(index / (size * time * heads));
      const angle = positions!.data[batch * time + step]! * half + (component % half);
      const other = component < half ? -x!.data[index + half]! : x!.data[index - half]!;
      return x!.data[index]! * cosines!.data[angle]! + other * sines!.data[angle]!;
    }),
  ];
};

export const kernels: Readonly<Record<string, Kernel>> = {
  ...matrixKernels,
  Add: two((a, b) => a + b),
  Sub: two((a, b) => a - b),
  Mul: two((a, b) => a * b),
  Neg: one((x) => -x),
  Log: one(Math.log),
  Max: two(Math.max),
  Sigmoid: one((x) => 1 / (1 + Math.exp(-x))),
  Identity: ([x]) => [x!],
  Shape: ([x]) => [{ shape: [x!.shape.length], data: Float64Array.from(x!.shape) }],
  Unsqueeze: ([x, axes]) => [{ shape: x!.shape.toSpliced(axes!.data[0]!, 0, 1), data: x!.data }],
  Softmax: ([x], attributes) => [
    alongAxis(x!, numberOf(attributes, "axis", -1), (slice) => logSoftmax(slice).map(Math.exp)),
  ],
  Reshape: reshape,
  Transpose: transpose,
  ReduceSum: reduceSum,
  Gather: gather,
  GatherElements: gatherElements,
  ScatterElements: scatterElements,
  Concat: concat,
  Expand: expand,
  SimplifiedLayerNormalization: rmsNorm,
  RotaryEmbedding: rotaryEmbedding,
};
