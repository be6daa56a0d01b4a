// A max-heap of symbol pairs by count. Counts are a snapshot: the caller checks that an entry is still true.

export type PairHeap = {
  push(count: number, slot: number): void;
  /** Largest count first; equal counts by smaller slot, so that the order never depends on history. */
  pop(): { readonly count: number; readonly slot: number } | undefined;
};

export function pairHeap(): PairHeap {
  const counts: number[] = [];
  const slots: number[] = [];

  function isAhead(a: number, b: number): boolean {
    return counts[a]! > counts[b]! || (counts[a] === counts[b] && slots[a]! < slots[b]!);
  }

  function swap(a: number, b: number): void {
    const count = counts[a]!;
    counts[a] = counts[b]!;
    counts[b] = count;
    const slot = slots[a]!;
    slots[a] = slots[b]!;
    slots[b] = slot;
  }

  function sink(): void {
    let at = 0;
    while (true) {
      let best = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < counts.length && isAhead(child, best)) best = child;
      }
      if (best === at) return;
      swap(at, best);
      at = best;
    }
  }

  return {
    push(count, slot) {
      let at = counts.push(count) - 1;
      slots.push(slot);
      while (at > 0 && isAhead(at, (at - 1) >> 1)) {
        swap(at, (at - 1) >> 1);
        at = (at - 1) >> 1;
      }
    },
    pop() {
      if (counts.length === 0) return undefined;
      swap(0, counts.length - 1);
      const count = counts.pop()!;
      const slot = slots.pop()!;
      if (counts.length > 0) sink();
      return { count, slot };
    },
  };
}
