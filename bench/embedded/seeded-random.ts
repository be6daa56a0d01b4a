// Random numbers that a seed repeats (mulberry32), for choosing training data.

export type SeededRandom = {
  /** From 0 to below 1. */
  next(): number;
  pick<T>(values: readonly T[]): T;
  /** `count` of `values` in random order, or all. */
  sample<T>(values: readonly T[], count: number): readonly T[];
};

export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const sample = <T>(values: readonly T[], count: number): readonly T[] => {
    const pool = [...values];
    for (let at = pool.length - 1; at > 0; at--) {
      const other = Math.floor(next() * (at + 1));
      [pool[at], pool[other]] = [pool[other] as T, pool[at] as T];
    }
    return pool.slice(0, count);
  };
  return { next, pick: (values) => values[Math.floor(next() * values.length)] as (typeof values)[number], sample };
}
