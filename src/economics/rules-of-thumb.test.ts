// Published rules of thumb, put to the arithmetic: the claimed break-even of 50,000 to 500,000 questions, and where it fails.
import { describe, expect, test } from "vitest";
import { breakEven } from "./monthly.ts";

/** Questions in all until tuning, dearer by `extraUsd` upfront and cheaper by `savingUsd` a question, has paid. */
function questions(extraUsd: number, savingUsd: number): number | null {
  const retrieval = { perQueryUsd: 0.001 + savingUsd, fixedUsdPerMonth: 50 };
  const tuning = { perQueryUsd: 0.001, fixedUsdPerMonth: 50 + extraUsd };
  return breakEven(retrieval, tuning).queriesPerMonth;
}

describe("retrieval: set-up $50–500, $0.002–0.01 a question; tuning: $500–10,000, $0.001–0.005 a question", () => {
  test("$450 more upfront reproduces the claim: 50,000 questions at a saving of $0.009, 450,000 at $0.001", () => {
    expect(questions(450, 0.009)).toBeCloseTo(50_000, 3);
    expect(questions(450, 0.001)).toBeCloseTo(450_000, 3);
  });

  test("$10,000 more upfront refutes it: 1.1 million to 10 million", () => {
    expect(questions(10_000, 0.009)).toBeCloseTo(1_111_111, 0);
    expect(questions(10_000, 0.001)).toBeCloseTo(10_000_000, 3);
  });

  test("the same published ranges hold a case in which tuning never pays", () => {
    const retrieval = { perQueryUsd: 0.002, fixedUsdPerMonth: 50 };
    const tuning = { perQueryUsd: 0.005, fixedUsdPerMonth: 500 };
    expect(breakEven(retrieval, tuning)).toMatchObject({ queriesPerMonth: null, alwaysCheaper: "a" });
  });
});
