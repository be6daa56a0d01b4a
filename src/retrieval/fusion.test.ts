import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CandidateLegs, type Fusion, fusedScores } from "./fusion.ts";

const weighted = (denseWeight: number): Fusion => ({ method: "z-score", denseWeight });

/** Candidates whose ranks agree with their scores within each leg; about half of them miss a leg. */
const candidates: fc.Arbitrary<readonly CandidateLegs[]> = fc
  .array(fc.tuple(fc.option(fc.integer({ min: -1000, max: 1000 })), fc.option(fc.integer({ min: 0, max: 100 }))), {
    minLength: 1,
    maxLength: 30,
  })
  .map((scores) => {
    const leg = (position: 0 | 1) => {
      const order = scores
        .map((pair) => pair[position])
        .filter((score) => score !== null)
        .sort((a, b) => b - a);
      return scores.map((pair) =>
        pair[position] === null ? undefined : { score: pair[position], rank: order.indexOf(pair[position]) + 1 },
      );
    };
    const [dense, lexical] = [leg(0), leg(1)];
    return scores.map((_, i) => ({ ...(dense[i] && { dense: dense[i] }), ...(lexical[i] && { lexical: lexical[i] }) }));
  });
const fusion = fc.oneof(
  fc.constant<Fusion>({ method: "rrf" }),
  fc.double({ min: 0, max: 1, noNaN: true }).map(weighted),
);

describe("z-score fusion", () => {
  test("weighs z-scores over the union, a missing score taking its leg's lowest", () => {
    const scores = fusedScores(
      [
        { lexical: { rank: 1, score: 6 }, dense: { rank: 2, score: 0.2 } },
        { lexical: { rank: 2, score: 3 } },
        { dense: { rank: 1, score: 0.8 } },
      ],
      weighted(0.3),
    );
    // Lexical 6, 3, 3: mean 4, sd √2. Dense 0.2, 0.2, 0.8: mean 0.4, sd √0.08.
    const expected = [
      0.7 * Math.SQRT2 - 0.3 / Math.SQRT2,
      -0.7 / Math.SQRT2 - 0.3 / Math.SQRT2,
      -0.7 / Math.SQRT2 + 0.3 * Math.SQRT2,
    ];
    for (const [i, score] of scores.entries()) expect(score).toBeCloseTo(expected[i] as number, 4);
  });

  test("a leg that found nothing adds nothing", () => {
    const only = [{ lexical: { rank: 1, score: 2 } }, { lexical: { rank: 2, score: 1 } }];
    expect(fusedScores(only, weighted(0.5))[0]).toBeCloseTo(0.5, 4);
  });

  test("sums to zero and stays within √(n − 1)", () => {
    fc.assert(
      fc.property(candidates, fc.double({ min: 0, max: 1, noNaN: true }), (list, denseWeight) => {
        const scores = fusedScores(list, weighted(denseWeight));
        expect(scores.reduce((sum, score) => sum + score, 0)).toBeCloseTo(0, 6);
        for (const score of scores) expect(Math.abs(score)).toBeLessThanOrEqual(Math.sqrt(list.length - 1) + 1e-9);
      }),
    );
  });

  test("moving or stretching a leg's scores changes no order", () => {
    fc.assert(
      fc.property(
        candidates,
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: -50, max: 50 }),
        (list, factor, shift) => {
          const moved = list.map(({ lexical, ...legs }) => ({
            ...legs,
            ...(lexical && { lexical: { ...lexical, score: lexical.score * factor + shift } }),
          }));
          const [before, after] = [fusedScores(list, weighted(0.3)), fusedScores(moved, weighted(0.3))];
          for (const [i, score] of after.entries()) expect(score).toBeCloseTo(before[i] as number, 4);
        },
      ),
    );
  });
});

describe("reciprocal rank fusion", () => {
  test("adds 1 / (60 + rank) of each leg", () => {
    const [score] = fusedScores([{ dense: { rank: 1, score: 9 }, lexical: { rank: 3, score: 1 } }], { method: "rrf" });
    expect(score).toBeCloseTo(1 / 61 + 1 / 63, 12);
  });

  test("lies between 0 and 2/61", () => {
    fc.assert(
      fc.property(candidates, (list) => {
        for (const score of fusedScores(list, { method: "rrf" })) {
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(2 / 61);
        }
      }),
    );
  });
});

describe("any fusion", () => {
  test("does not depend on the order of the candidates", () => {
    fc.assert(
      fc.property(candidates, fusion, fc.infiniteStream(fc.nat()), (list, method, random) => {
        const order = list
          .map((_, i) => [random.next().value as number, i] as const)
          .sort(([a], [b]) => a - b)
          .map(([, i]) => i);
        const straight = fusedScores(list, method);
        const shuffled = fusedScores(
          order.map((i) => list[i] as CandidateLegs),
          method,
        );
        for (const [place, i] of order.entries()) expect(shuffled[place]).toBeCloseTo(straight[i] as number, 9);
      }),
    );
  });

  test("never puts a candidate below one that it beats in both legs", () => {
    fc.assert(
      fc.property(candidates, fusion, (list, method) => {
        const scores = fusedScores(list, method);
        for (const [i, a] of list.entries()) {
          for (const [j, b] of list.entries()) {
            if (beats(a, b, "dense") && beats(a, b, "lexical"))
              expect(scores[i]).toBeGreaterThanOrEqual((scores[j] as number) - 1e-9);
          }
        }
      }),
    );
  });
});

function beats(a: CandidateLegs, b: CandidateLegs, leg: "dense" | "lexical"): boolean {
  return b[leg] === undefined || (a[leg] !== undefined && a[leg].score >= b[leg].score);
}
