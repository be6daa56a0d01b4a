// Counts of adjacent symbol pairs and the words they occur in: the hot data structure of BPE training.

/** Slots are dense and never reused. Symbols are below 65,535. */
export type PairTable = {
  /** The slot of a pair, made when it is new. */
  slotOf(left: number, right: number): number;
  left(slot: number): number;
  right(slot: number): number;
  /** Occurrences per slot, weighted by word count. */
  readonly counts: number[];
  /** Words per slot; may hold duplicates and words that no longer contain the pair. */
  readonly words: number[][];
};

const empty = 0xffffffff;

/** Open addressing on 32-bit keys: a `Map` would box every key above 2^31 and take several times as long. */
export function pairTable(): PairTable {
  let mask = (1 << 16) - 1;
  let keys = new Uint32Array(mask + 1).fill(empty);
  let slots = new Uint32Array(mask + 1);
  const keyOfSlot: number[] = [];
  const counts: number[] = [];
  const words: number[][] = [];

  function find(key: number): number {
    let at = Math.imul(key ^ (key >>> 15), 0x9e3779b1) >>> 0;
    at = (at ^ (at >>> 16)) & mask;
    while (keys[at] !== empty && keys[at] !== key) at = (at + 1) & mask;
    return at;
  }

  function grow(): void {
    mask = mask * 2 + 1;
    keys = new Uint32Array(mask + 1).fill(empty);
    slots = new Uint32Array(mask + 1);
    for (const [slot, key] of keyOfSlot.entries()) {
      const at = find(key);
      keys[at] = key;
      slots[at] = slot;
    }
  }

  return {
    counts,
    words,
    left: (slot) => keyOfSlot[slot]! >>> 16,
    right: (slot) => keyOfSlot[slot]! & 0xffff,
    slotOf(left, right) {
      const key = ((left << 16) | right) >>> 0;
      const at = find(key);
      if (keys[at] === key) return slots[at]!;
      const slot = keyOfSlot.length;
      keys[at] = key;
      slots[at] = slot;
      keyOfSlot.push(key);
      counts.push(0);
      words.push([]);
      if (keyOfSlot.length * 2 > mask) grow();
      return slot;
    },
  };
}
