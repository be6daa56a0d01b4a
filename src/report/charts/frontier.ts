// Who is worth considering when quality is paid for: approaches that none beats in both. Knows no drawing.
import { isKnown } from "../figures.ts";
import type { Charted } from "./chart-data.ts";

/** Approaches, no yardsticks, to which no other is at least as good and at least as cheap, and better in one; cheapest first. */
export function frontier(drawn: readonly Charted[], value: (approach: Charted) => number | null): readonly Charted[] {
  const candidates = drawn.flatMap((approach) => {
    const price = value(approach);
    return approach.role !== "yardstick" && isKnown(price) ? [{ approach, price, quality: approach.quality.mean }] : [];
  });
  return candidates
    .filter(
      (one) =>
        !candidates.some(
          (other) =>
            other.price <= one.price &&
            other.quality >= one.quality &&
            (other.price < one.price || other.quality > one.quality),
        ),
    )
    .sort((a, b) => a.price - b.price)
    .map(({ approach }) => approach);
}
