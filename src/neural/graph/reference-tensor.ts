// Float64 tensors in row-major order and the index arithmetic that the reference kernels share.

export type ReferenceTensor = { readonly shape: readonly number[]; readonly data: Float64Array };

export type Attributes = Readonly<Record<string, number | string | readonly number[]>>;

/** What an operator makes of its inputs. */
export type Kernel = (inputs: readonly ReferenceTensor[], attributes: Attributes) => readonly ReferenceTensor[];

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

export function tensorOf(shape: readonly number[], at: (index: number) => number): ReferenceTensor {
  return { shape, data: Float64Array.from({ length: sizeOf(shape) }, (_, index) => at(index)) };
}

export const axisOf = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** How a tensor falls apart at one axis: `outer` blocks of `size` slices of `inner` numbers. */
export function around(shape: readonly number[], axis: number): { outer: number; size: number; inner: number } {
  const at = axisOf(axis, shape.length);
  return { outer: sizeOf(shape.slice(0, at)), size: shape[at] ?? 1, inner: sizeOf(shape.slice(at + 1)) };
}

export function coordinatesOf(index: number, shape: readonly number[]): number[] {
  const coordinates: number[] = [];
  let rest = index;
  for (const size of shape.toReversed()) {
    coordinates.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return coordinates;
}

export function indexOf(coordinates: readonly number[], shape: readonly number[]): number {
  return shape.reduce((index, size, axis) => index * size + (coordinates[axis] ?? 0), 0);
}

/** The element that `coordinates` of a larger shape meet after broadcasting. */
export function broadcastAt({ shape, data }: ReferenceTensor, coordinates: readonly number[]): number {
  const own = coordinates.slice(coordinates.length - shape.length).map((at, axis) => (shape[axis] === 1 ? 0 : at));
  return data[indexOf(own, shape)]!;
}

export function broadcastShape(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) throw new Error(`cannot broadcast [${a}] with [${b}]`);
    return Math.max(left, right);
  });
}

export function elementwise(
  a: ReferenceTensor,
  b: ReferenceTensor,
  apply: (a: number, b: number) => number,
): ReferenceTensor {
  const shape = broadcastShape(a.shape, b.shape);
  return tensorOf(shape, (index) => {
    const at = coordinatesOf(index, shape);
    return apply(broadcastAt(a, at), broadcastAt(b, at));
  });
}
