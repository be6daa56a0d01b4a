import fc from "fast-check";
import { expect, test } from "vitest";
import { bestRows } from "./best-rows.ts";

test("keeps what sorting everything would keep, equal scores by row", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60 }),
      fc.integer({ min: 0, max: 20 }),
      (scores, most) => {
        const best = bestRows(most);
        scores.forEach((score, row) => {
          best.offer(row, score);
        });
        const all = scores.map((score, row) => ({ row, score })).sort((a, b) => b.score - a.score || a.row - b.row);
        expect(best.ranked()).toEqual(all.slice(0, most));
        if (most > 0) expect(best.floor()).toBe(all[most - 1]?.score ?? Number.NEGATIVE_INFINITY);
      },
    ),
  );
});
