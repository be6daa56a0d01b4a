// Typed arrays cut one after the other from one shared WebAssembly memory, so that kernels and threads see them all.

export type SharedArena = {
  readonly memory: WebAssembly.Memory;
  float32(length: number): Float32Array;
  uint32(length: number): Uint32Array;
  int32(length: number): Int32Array;
  /** `length` must be even, so that arrays of 32-bit numbers can be counted in. */
  int16(length: number): Int16Array;
  /** `length` must be a multiple of four, for the same reason. */
  int8(length: number): Int8Array;
};

const pageBytes = 65536;
/** Every array starts at a multiple of this. */
export const alignmentBytes = 64;

/** `bytes` is all that will ever be asked for, each array rounded up to 64 bytes; asking for more throws a RangeError. */
export function sharedArena(bytes: number): SharedArena {
  const pages = Math.max(1, Math.ceil(bytes / pageBytes));
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  let used = 0;
  function take(length: number): number {
    const start = used;
    used += roundedBytes(length);
    return start;
  }
  return {
    memory,
    float32: (length) => new Float32Array(memory.buffer, take(length), length),
    uint32: (length) => new Uint32Array(memory.buffer, take(length), length),
    int32: (length) => new Int32Array(memory.buffer, take(length), length),
    int16: (length) => new Int16Array(memory.buffer, take(length / 2), length),
    int8: (length) => new Int8Array(memory.buffer, take(length / 4), length),
  };
}

/** Bytes that an array of `length` 32-bit numbers takes in an arena. */
export function roundedBytes(length: number): number {
  return Math.ceil((length * 4) / alignmentBytes) * alignmentBytes;
}
