// Agreement and corrected rates against worked examples and against simulated judges.
import fc from "fast-check";
import { expect, test } from "vitest";
import { seededRandom } from "../statistics/random.ts";
import { correctedRate, judgeAgreement, shareOf } from "./agreement.ts";
import { checkJudge } from "./check-judge.ts";
import { parseLabels } from "./labels-file.ts";
import { lexicalJudge } from "./lexical-judge.ts";

const repeated = (count: number, people: boolean, judge: boolean) =>
  Array.from({ length: count }, () => ({ people, judge }));

test("kappa, sensitivity and specificity of a table known from textbooks", () => {
  // 20 both yes, 5 people yes only, 10 judge yes only, 15 both no: agreement 0.7, kappa 0.4.
  const agreement = judgeAgreement([
    ...repeated(20, true, true),
    ...repeated(5, true, false),
    ...repeated(10, false, true),
    ...repeated(15, false, false),
  ]);
  expect(agreement.agreement.value).toBeCloseTo(0.7, 12);
  expect(agreement.kappa?.value).toBeCloseTo(0.4, 12);
  expect(agreement.sensitivity).toMatchObject({ value: 0.8, n: 25 });
  expect(agreement.specificity).toMatchObject({ value: 0.6, n: 25 });
  expect(agreement.kappa!.low).toBeLessThan(0.4);
});

test("where a side never varies there is no kappa; a rate is corrected back to the people's", () => {
  expect(judgeAgreement(repeated(9, true, true)).kappa).toBeNull();
  const errors = judgeAgreement([
    ...repeated(40, true, true),
    ...repeated(10, true, false),
    ...repeated(15, false, true),
    ...repeated(35, false, false),
  ]);
  expect(correctedRate(errors.rateByJudge, errors)?.value).toBeCloseTo(errors.rateByPeople.value, 12);
  const blind = judgeAgreement([...repeated(5, true, true), ...repeated(5, false, true)]);
  expect(correctedRate({ value: 1, n: 10 }, blind)).toBeNull();
});

test("the corrected interval covers the truth about as often as it says", () => {
  const random = seededRandom(3);
  const [truth, se, sp] = [0.7, 0.85, 0.75];
  let covered = 0;
  const rounds = 600;
  for (let round = 0; round < rounds; round += 1) {
    const judged = (people: boolean) => random.next() < (people ? se : 1 - sp);
    const labels = Array.from({ length: 150 }, () => {
      const people = random.next() < 0.5;
      return { people, judge: judged(people) };
    });
    const observed = shareOf(
      Array.from({ length: 300 }, () => judged(random.next() < truth)),
      (yes) => yes,
    );
    // Not `judgeAgreement`: its kappa resamples 2,000 times a round and has no part in this.
    const says = (wanted: boolean) =>
      shareOf(
        labels.filter(({ people }) => people === wanted),
        ({ judge }) => judge === wanted,
      );
    const { low, high } = correctedRate(observed, { sensitivity: says(true), specificity: says(false) })!;
    if (low <= truth && truth <= high) covered += 1;
  }
  expect(covered / rounds).toBeGreaterThan(0.92);
});

test("rates stay in [0, 1]", () => {
  const share = fc.float({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(share, share, share, fc.integer({ min: 1, max: 500 }), (value, se, sp, n) => {
      const of = (one: number) => ({ value: one, low: 0, high: 1, n });
      const rate = correctedRate({ value, n }, { sensitivity: of(se), specificity: of(sp) });
      if (rate === null) return;
      for (const one of [rate.low, rate.value, rate.high]) expect(one >= 0 && one <= 1).toBe(true);
      expect(rate.low <= rate.value && rate.value <= rate.high).toBe(true);
    }),
  );
});

test("a check counts what the judge cannot say apart, with its reasons", async () => {
  const { issues: _issues, ...labels } = parseLabels(
    [
      '{"id":1,"claim":"Nine.","evidence":"It is nine.","supported":true}',
      '{"id":2,"claim":"Ten.","evidence":[],"supported":false}',
    ].join("\n"),
  );
  const words = lexicalJudge({ terms: (text) => text.toLowerCase().match(/\w+/g) ?? [], termsIdentity: "words" });
  expect((await checkJudge(words, labels, { concurrency: 1 })).claims?.agreement).toMatchObject({ value: 1, n: 2 });
  const broken = { ...words, support: async () => ({ status: "failed" as const, reason: "down", usage: [] }) };
  expect(await checkJudge(broken, labels, { concurrency: 1 })).toMatchObject({
    claims: null,
    missing: 2,
    reasons: { down: 2 },
  });
});

test("broken label lines name themselves, and so does an id that occurs twice", () => {
  const { issues } = parseLabels(
    '{"id":"a","claim":"x","evidence":"y","supported":true}\n{"id":"a","claim":"x"}\nno\n{"id":"a","question":"q","first":"1","second":"2","better":"first"}',
  );
  expect(issues.map(({ line }) => line)).toEqual([2, 3, 4]);
});
