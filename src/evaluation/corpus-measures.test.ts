// Measures of whole sets: worked examples, and the properties that resampling needs.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Answer } from "../core/answers.ts";
import type { HeldOutQuestion } from "../core/questions.ts";
import { sampleAnswer, sampleQuestion } from "../testing/sample-answers.ts";
import { corpusMeasures, summariseCorpus } from "./corpus-measures.ts";
import { resamplingOf } from "./resampling.ts";
import type { ScoredAnswer } from "./score-answers.ts";

const schema = { type: "object", properties: { queue: { enum: ["a", "b", "c"] }, note: { type: "string" } } };

function row(question: Partial<HeldOutQuestion>, answer: Partial<Answer>, quality = 0): ScoredAnswer {
  return {
    question: sampleQuestion(question),
    answer: sampleAnswer(answer),
    scores: { quality: { status: "scored", value: quality } },
  };
}

function summary(name: string, rows: readonly ScoredAnswer[]) {
  const measure = corpusMeasures.find((one) => one.name === name)!;
  const questions = rows.map(({ question }, at) => ({ ...question, id: `q${at}` }));
  return summariseCorpus(measure, rows, resamplingOf(questions, { resamples: 400 }));
}

const labelled = (gold: string, said: string) =>
  row({ schema, references: [JSON.stringify({ queue: gold })] }, { text: JSON.stringify({ queue: said }) });

test("macro-F1 is the mean over labels of either side, as scikit-learn counts it", () => {
  // gold a a b c, said a b b b: F1(a) = 2/3, F1(b) = 2·1/(3+1) = 1/2, F1(c) = 0.
  const rows = [labelled("a", "a"), labelled("a", "b"), labelled("b", "b"), labelled("c", "b")];
  expect(summary("label-macro-f1", rows)).toMatchObject({ mean: (2 / 3 + 1 / 2) / 3, n: 4 });
});

test("slot F1 counts fields over all answers; text that is no JSON says nothing", () => {
  const rows = [
    row({ schema, references: ['{"queue":"a","note":"x"}'] }, { text: '{"queue":"a","note":"y"}' }),
    row({ schema, references: ['{"queue":"b"}'] }, { text: "queue b" }),
  ];
  // 1 right; 2 said; 3 in the references.
  expect(summary("slot-f1", rows).mean).toBeCloseTo(2 / 5, 12);
});

test("risk-coverage area is the mean risk while the surest answer first", () => {
  const sure = (confidence: number, quality: number) => row({ references: ["x"] }, { confidence }, quality);
  // Risks in order: 0, then 1/2, then 1/3.
  const rows = [sure(0.2, 1), sure(0.9, 1), sure(0.5, 0)];
  expect(summary("risk-coverage-area", rows).mean).toBeCloseTo((0 + 1 / 2 + 1 / 3) / 3, 12);
  expect(summary("risk-coverage-area", [row({}, {})])).toMatchObject({ n: 0, mean: Number.NaN });
});

test("order changes nothing; every value and interval lies in [0, 1]", () => {
  const anyRow = fc
    .record({
      gold: fc.constantFrom("a", "b", "c"),
      said: fc.constantFrom("a", "b", "c", "d"),
      confidence: fc.constantFrom(0.1, 0.5, 0.5, 0.9),
      quality: fc.constantFrom(0, 0.5, 1),
      outcome: fc.constantFrom("answered" as const, "declined" as const),
    })
    .map(({ gold, said, quality, ...answer }) =>
      row(
        { schema, references: [JSON.stringify({ queue: gold })] },
        { ...answer, text: JSON.stringify({ queue: said }) },
        quality,
      ),
    );
  fc.assert(
    fc.property(fc.array(anyRow, { minLength: 1, maxLength: 12 }), (rows) => {
      for (const { name } of corpusMeasures) {
        const { mean, low, high, n } = summary(name, rows);
        if (n === 0) continue;
        expect(mean).toBeCloseTo(summary(name, rows.toReversed()).mean, 9);
        for (const value of [low, mean, high]) {
          expect(value, name).toBeGreaterThanOrEqual(0);
          expect(value, name).toBeLessThanOrEqual(1 + 1e-12);
        }
        expect(low).toBeLessThanOrEqual(high);
      }
    }),
    { numRuns: 60 },
  );
});
