// What a month costs at a given volume, and the volume at which two approaches cost the same. Knows no models.

export type RunningCost = {
  /** Null: unknown. */
  readonly perQueryUsd: number | null;
  /** What is paid whatever the volume: hosting, and one-time costs spread over the months they serve. Null: unknown. */
  readonly fixedUsdPerMonth: number | null;
};

/** perQuery × volume + fixed; null where a part is unknown. */
export function monthlyUsd(cost: RunningCost, queriesPerMonth: number): number | null {
  if (cost.perQueryUsd === null || cost.fixedUsdPerMonth === null) return null;
  return cost.perQueryUsd * queriesPerMonth + cost.fixedUsdPerMonth;
}

/** `cheaperAbove` names the one that is cheaper at higher volumes; `alwaysCheaper` the one that is at every volume. */
export type BreakEven =
  | { readonly queriesPerMonth: number; readonly cheaperAbove: "a" | "b" }
  | { readonly queriesPerMonth: null; readonly reason: string; readonly alwaysCheaper?: "a" | "b" };

/** The volume with fixed_a + p_a·v = fixed_b + p_b·v, v > 0; null with the reason where there is none. */
export function breakEven(a: RunningCost, b: RunningCost): BreakEven {
  if (a.perQueryUsd === null || b.perQueryUsd === null) return none("a cost per query is unknown");
  if (a.fixedUsdPerMonth === null || b.fixedUsdPerMonth === null) return none("a fixed cost is unknown");
  const fixedGap = b.fixedUsdPerMonth - a.fixedUsdPerMonth;
  const slopeGap = a.perQueryUsd - b.perQueryUsd;
  if (fixedGap === 0 && slopeGap === 0) return none("both cost the same at every volume");
  const volume = fixedGap / slopeGap;
  if (Number.isFinite(volume) && volume > 0) return { queriesPerMonth: volume, cheaperAbove: slopeGap > 0 ? "b" : "a" };
  const isAlwaysA = fixedGap > 0 || (fixedGap === 0 && slopeGap < 0);
  return { ...none("one is cheaper at every volume"), alwaysCheaper: isAlwaysA ? "a" : "b" };
}

function none(reason: string): Extract<BreakEven, { queriesPerMonth: null }> {
  return { queriesPerMonth: null, reason };
}
