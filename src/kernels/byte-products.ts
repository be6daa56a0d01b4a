// The inner loop of comparing one vector with many: products of rows of bytes with one row of 16-bit numbers, eight at a time.
import { advance, assemble, get, i16x8, i32, i32x4, repeatWhile, set } from "./wasm-assembler.ts";

/** Numbers of a row are a multiple of this; what is beyond the vector's end is zero. */
export const byteRowMultiple = 16;

export type ByteProducts = {
  /**
   * `target[i] = row i · query` as 32-bit integers, for rows of bytes from `rows` to `rowsEnd`, at least one. The query is one
   * row of 16-bit integers. Addresses and sizes are in bytes. A sum beyond 32 bits wraps: keeping it below is the caller's.
   */
  multiplyRows(target: number, rows: number, rowsEnd: number, rowBytes: number, query: number): void;
};

/** The kernel over `memory`, which must be shared. */
export function byteProducts(memory: WebAssembly.Memory): ByteProducts {
  const [target, rows, rowsEnd, rowBytes, query, rowEnd, at] = [0, 1, 2, 3, 4, 5, 6] as const;
  const [low, high] = [7, 8] as const;
  const accumulate = (sum: number, offset: number) =>
    set(
      sum,
      i32x4.add(get(sum), i32x4.sumOfProducts(i16x8.loadBytes(get(rows), offset), i16x8.load(get(at), 2 * offset))),
    );
  const total = [0, 1, 2, 3]
    .map((index) => i32x4.lane(i32x4.add(get(low), get(high)), index))
    .reduce((sum, lane) => i32.add(sum, lane));
  const body = repeatWhile(
    i32.isBelow(get(rows), get(rowsEnd)),
    set(rowEnd, i32.add(get(rows), get(rowBytes))),
    set(at, get(query)),
    set(low, i32x4.zero),
    set(high, i32x4.zero),
    repeatWhile(
      i32.isBelow(get(rows), get(rowEnd)),
      accumulate(low, 0),
      accumulate(high, 8),
      advance(rows, i32.constant(16)),
      advance(at, i32.constant(32)),
    ),
    i32.store(get(target), total),
    advance(target, i32.constant(4)),
  );
  const bytes = assemble([{ name: "multiplyRows", addresses: 5, numbers: 0, addressLocals: 2, vectorLocals: 2, body }]);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { host: { memory } });
  return instance.exports as ByteProducts;
}
