// The curve on a worked example: ties stand together, declined answers and answers without a confidence take no part.
import { expect, test } from "vitest";
import type { Answer } from "../core/answers.ts";
import { sampleAnswer, sampleQuestion } from "../testing/sample-answers.ts";
import { riskCoverageCurve } from "./risk-coverage.ts";

const row = (answer: Partial<Answer>, value: number) => ({
  question: sampleQuestion({}),
  answer: sampleAnswer(answer),
  scores: { quality: { status: "scored" as const, value } },
});

test("gives the surest first, and equal confidences together", () => {
  const rows = [
    row({ confidence: 0.2 }, 0),
    row({ confidence: 0.5 }, 0),
    row({ confidence: 0.9 }, 1),
    row({ confidence: 0.5 }, 1),
    row({ confidence: 0.1, outcome: "declined" }, 0),
    row({}, 0),
  ];
  expect(riskCoverageCurve(rows)).toEqual({
    n: 4,
    points: [
      { confidence: 0.9, coverage: 1 / 4, risk: 0 },
      { confidence: 0.5, coverage: 3 / 4, risk: 1 / 3 },
      { confidence: 0.2, coverage: 1, risk: 1 / 2 },
    ],
  });
});

test("is empty where no answer says how sure it is", () => {
  expect(riskCoverageCurve([row({}, 1)])).toEqual({ n: 0, points: [] });
});

test("thousands of answers leave at most 200 points, each exact, the last of them all answers", () => {
  const rows = Array.from({ length: 3000 }, (_, at) => row({ confidence: 1 - at / 4000 }, at % 3 === 0 ? 0 : 1));
  const { n, points } = riskCoverageCurve(rows);
  expect(n).toBe(3000);
  expect(points).toHaveLength(200);
  expect(points.at(-1)).toEqual({ confidence: 1 - 2999 / 4000, coverage: 1, risk: 1 / 3 });
  expect(points[0]).toEqual({ confidence: 1 - 14 / 4000, coverage: 15 / 3000, risk: 5 / 15 });
});
