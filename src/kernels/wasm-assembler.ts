// Just enough of the WebAssembly binary format to write a few numeric loops by name. Knows nothing of vectors' meaning.

/** Encoded instructions. Operands come first, so expressions nest as they are written. */
export type Code = readonly number[];

export type WasmFunction = {
  readonly name: string;
  /** `i32` addresses and counts first, then `f32` numbers. */
  readonly addresses: number;
  readonly numbers: number;
  /** Locals follow the parameters: `i32`, then `v128`. */
  readonly addressLocals: number;
  readonly vectorLocals: number;
  readonly body: Code;
};

const typeI32 = 0x7f;
const typeF32 = 0x7d;
const typeV128 = 0x7b;
const simd = 0xfd;

function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
  const isLast = value >= -64 && value < 64;
  return isLast ? [value & 127] : [(value & 127) | 128, ...signed(value >> 7)];
}

const operator =
  (...opcode: readonly number[]) =>
  (...operands: readonly Code[]): Code => [...operands.flat(), ...opcode];

/** Local variables, parameters included, by number. */
export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number, value: Code): Code => [...value, 0x21, ...unsigned(local)];

export const i32 = {
  constant: (value: number): Code => [0x41, ...signed(value)],
  add: operator(0x6a),
  multiply: operator(0x6c),
  isBelow: operator(0x49),
  load: (address: Code): Code => [...address, 0x28, 2, 0],
  store: (address: Code, value: Code): Code => [...address, ...value, 0x36, 2, 0],
};

/** Four single-precision numbers at once. Addresses are in bytes; `offset` is added to them. */
export const f32x4 = {
  load: (address: Code, offset = 0): Code => [...address, simd, 0x00, 2, ...unsigned(offset)],
  loadSplat: (address: Code): Code => [...address, simd, 0x09, 2, 0],
  store: (address: Code, value: Code, offset = 0): Code => [...address, ...value, simd, 0x0b, 2, ...unsigned(offset)],
  zero: [simd, 0x0c, ...new Array<number>(16).fill(0)] as Code,
  splat: operator(simd, 0x13),
  squareRoot: operator(simd, 0xe3, 0x01),
  add: operator(simd, 0xe4, 0x01),
  subtract: operator(simd, 0xe5, 0x01),
  multiply: operator(simd, 0xe6, 0x01),
  divide: operator(simd, 0xe7, 0x01),
};

/** Eight 16-bit integers at once. */
export const i16x8 = {
  load: (address: Code, offset = 0): Code => [...address, simd, 0x00, 1, ...unsigned(offset)],
  /** Eight bytes, each widened with its sign. */
  loadBytes: (address: Code, offset = 0): Code => [...address, simd, 0x01, 0, ...unsigned(offset)],
};

/** Four 32-bit integers at once. */
export const i32x4 = {
  zero: [simd, 0x0c, ...new Array<number>(16).fill(0)] as Code,
  add: operator(simd, 0xae, 0x01),
  /** Of two vectors of eight 16-bit integers: products of neighbours, summed two and two. */
  sumOfProducts: operator(simd, 0xba, 0x01),
  lane: (vector: Code, index: number): Code => [...vector, simd, 0x1b, index],
};

/** Runs `body` once, and again as long as `condition` holds after it. */
export function repeatWhile(condition: Code, ...body: readonly Code[]): Code {
  return [0x03, 0x40, ...body.flat(), ...condition, 0x0d, 0x00, 0x0b];
}

/** `local += step`. */
export const advance = (local: number, step: Code): Code => set(local, i32.add(get(local), step));

/** A module that exports `functions` over one shared memory, imported as `host.memory`. */
export function assemble(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ addresses, numbers }) => [
    0x60,
    ...unsigned(addresses + numbers),
    ...new Array<number>(addresses).fill(typeI32),
    ...new Array<number>(numbers).fill(typeF32),
    0,
  ]);
  const sharedMemory = [...name("host"), ...name("memory"), 0x02, 0x03, ...unsigned(1), ...unsigned(65536)];
  const exports = functions.map((each, index) => [...name(each.name), 0x00, ...unsigned(index)]);
  const bodies = functions.map(({ addressLocals, vectorLocals, body }) => {
    const locals = vector([
      [...unsigned(addressLocals), typeI32],
      [...unsigned(vectorLocals), typeV128],
    ]);
    return sized([...locals, ...body, 0x0b]);
  });
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, types),
    ...section(2, [sharedMemory]),
    ...section(
      3,
      functions.map((_, index) => unsigned(index)),
    ),
    ...section(7, exports),
    ...section(10, bodies),
  ]);
}

function name(text: string): number[] {
  return sized([...new TextEncoder().encode(text)]);
}

function sized(bytes: readonly number[]): number[] {
  return [...unsigned(bytes.length), ...bytes];
}

function vector(items: readonly Code[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function section(id: number, items: readonly Code[]): number[] {
  return [id, ...sized(vector(items))];
}
