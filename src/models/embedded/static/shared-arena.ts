// Typed arrays cut one after the other from one shared WebAssembly memory, so that kernels and threads see them all.

export type SharedArena = {
  readonly memory: WebAssembly.Memory;
  float32(length: number): Float32Array;
  uint32(length: number): Uint32Array;
};

const pageBytes = 65536;
const alignment = 64;

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
  };
}

/** Bytes that an array of `length` 32-bit numbers takes in an arena. */
export function roundedBytes(length: number): number {
  return Math.ceil((length * 4) / alignment) * alignment;
}
