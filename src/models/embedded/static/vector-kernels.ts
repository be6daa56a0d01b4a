// The three inner loops of training and encoding, four numbers at a time: plain JavaScript takes several times as long.
// Works on addresses in one shared memory; knows no meaning.
import {
  advance,
  assemble,
  type Code,
  f32x4,
  get,
  i32,
  repeatWhile,
  set,
  type WasmFunction,
} from "../../../kernels/wasm-assembler.ts";

/** Addresses are byte offsets into the memory. Row lengths are multiples of 16 numbers, row counts multiples of 4. */
export type VectorKernels = {
  /** `target += Σ rows[index]` over the 32-bit indexes at `indexes … indexesEnd`; at least one. */
  addRows(target: number, rows: number, indexes: number, indexesEnd: number, rowBytes: number): void;
  /** Four rows of a matrix product: `c = a · b` with a 4 × inner, b inner × columns, c 4 × columns, all row by row. */
  multiplyFourRows(c: number, a: number, b: number, innerBytes: number, columnBytes: number): void;
  /** One Adam update of a row; see `lazy-adam.ts` for what the numbers mean. */
  adamRow(
    row: number,
    rowEnd: number,
    first: number,
    second: number,
    gradient: number,
    rate: number,
    keepFirst: number,
    keepSecond: number,
    epsilon: number,
  ): void;
};

const bytesPerVector = 16;
const one = i32.constant(bytesPerVector);
const two = i32.constant(2 * bytesPerVector);
const four = i32.constant(4 * bytesPerVector);

function addRowsFunction(): WasmFunction {
  const [target, rows, indexes, indexesEnd, rowBytes, row, at, end] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
  const addQuarter = (offset: number) =>
    f32x4.store(get(at), f32x4.add(f32x4.load(get(at), offset), f32x4.load(get(row), offset)), offset);
  const body = [
    set(end, i32.add(get(target), get(rowBytes))),
    repeatWhile(
      i32.isBelow(get(indexes), get(indexesEnd)),
      set(row, i32.add(get(rows), i32.multiply(i32.load(get(indexes)), get(rowBytes)))),
      set(at, get(target)),
      repeatWhile(
        i32.isBelow(get(at), get(end)),
        ...[0, 16, 32, 48].map(addQuarter),
        advance(at, four),
        advance(row, four),
      ),
      advance(indexes, i32.constant(4)),
    ),
  ].flat();
  return { name: "addRows", addresses: 5, numbers: 0, addressLocals: 3, vectorLocals: 0, body };
}

/** Eight columns of four rows stay in registers while the inner dimension runs. */
function multiplyFourRowsFunction(): WasmFunction {
  const [c, a, b, innerBytes, columnBytes, column, from, aEnd, to] = [0, 1, 2, 3, 4, 5, 6, 7, 8] as const;
  const aRows = [9, 10, 11, 12] as const;
  const sums = [13, 14, 15, 16, 17, 18, 19, 20] as const;
  const [b0, b1, factor] = [21, 22, 23] as const;
  const accumulate = (aRow: number, index: number): Code =>
    [
      set(factor, f32x4.loadSplat(get(aRow))),
      ...[b0, b1].map((half, side) => {
        const sum = sums[2 * index + side]!;
        return set(sum, f32x4.add(get(sum), f32x4.multiply(get(factor), get(half))));
      }),
      advance(aRow, i32.constant(4)),
    ].flat();
  const storeRow = (index: number): Code =>
    [
      f32x4.store(get(to), get(sums[2 * index]!)),
      f32x4.store(get(to), get(sums[2 * index + 1]!), bytesPerVector),
      advance(to, get(columnBytes)),
    ].flat();
  const body = [
    set(aEnd, i32.add(get(a), get(innerBytes))),
    repeatWhile(
      i32.isBelow(get(column), get(columnBytes)),
      ...sums.map((sum) => set(sum, f32x4.zero)),
      set(aRows[0], get(a)),
      ...[1, 2, 3].map((index) => set(aRows[index]!, i32.add(get(aRows[index - 1]!), get(innerBytes)))),
      set(from, i32.add(get(b), get(column))),
      repeatWhile(
        i32.isBelow(get(aRows[0]), get(aEnd)),
        set(b0, f32x4.load(get(from))),
        set(b1, f32x4.load(get(from), bytesPerVector)),
        ...aRows.map(accumulate),
        advance(from, get(columnBytes)),
      ),
      set(to, i32.add(get(c), get(column))),
      ...[0, 1, 2, 3].map(storeRow),
      advance(column, two),
    ),
  ].flat();
  return { name: "multiplyFourRows", addresses: 5, numbers: 0, addressLocals: 8, vectorLocals: 11, body };
}

function adamRowFunction(): WasmFunction {
  const [row, rowEnd, first, second, gradient] = [0, 1, 2, 3, 4] as const;
  const [rate, keepFirst, keepSecond, epsilon] = [5, 6, 7, 8] as const;
  const [slope, newFirst, newSecond] = [9, 10, 11] as const;
  const number = (local: number) => f32x4.splat(get(local));
  /** old + (1 − keep) · (new − old), written as new + keep · (old − new). */
  const blend = (old: Code, fresh: Code, keep: number) =>
    f32x4.add(fresh, f32x4.multiply(number(keep), f32x4.subtract(old, fresh)));
  const step = f32x4.divide(
    f32x4.multiply(number(rate), get(newFirst)),
    f32x4.add(f32x4.squareRoot(get(newSecond)), number(epsilon)),
  );
  const body = repeatWhile(
    i32.isBelow(get(row), get(rowEnd)),
    set(slope, f32x4.load(get(gradient))),
    set(newFirst, blend(f32x4.load(get(first)), get(slope), keepFirst)),
    set(newSecond, blend(f32x4.load(get(second)), f32x4.multiply(get(slope), get(slope)), keepSecond)),
    f32x4.store(get(first), get(newFirst)),
    f32x4.store(get(second), get(newSecond)),
    f32x4.store(get(row), f32x4.subtract(f32x4.load(get(row)), step)),
    ...[row, first, second, gradient].map((pointer) => advance(pointer, one)),
  );
  return { name: "adamRow", addresses: 5, numbers: 4, addressLocals: 0, vectorLocals: 3, body };
}

/** The kernels over `memory`, which must be shared. */
export function vectorKernels(memory: WebAssembly.Memory): VectorKernels {
  const bytes = assemble([addRowsFunction(), multiplyFourRowsFunction(), adamRowFunction()]);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { host: { memory } });
  return instance.exports as VectorKernels;
}

/** Scales a vector to unit length and returns the length it had; a zero vector stays zero. */
export function normalise(vector: Float32Array, at: number, dimensions: number): number {
  let sum = 0;
  for (let k = at; k < at + dimensions; k++) sum += vector[k]! * vector[k]!;
  const length = Math.sqrt(sum);
  if (length === 0) return 0;
  const scale = 1 / length;
  for (let k = at; k < at + dimensions; k++) vector[k]! *= scale;
  return length;
}
