// Append-only typed arrays for streams whose length is not known beforehand.

export type GrowingUint32 = {
  readonly length: number;
  push(value: number): void;
  /** The values so far; valid until the next push. */
  values(): Uint32Array;
};

export function growingUint32(capacity = 1024): GrowingUint32 {
  let held = new Uint32Array(capacity);
  let length = 0;
  return {
    get length() {
      return length;
    },
    push(value) {
      if (length === held.length) {
        const larger = new Uint32Array(held.length * 2);
        larger.set(held);
        held = larger;
      }
      held[length++] = value;
    },
    values: () => held.subarray(0, length),
  };
}
