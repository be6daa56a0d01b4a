// The measures against the same definitions written another way, and against values worked out by hand.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { meanMeasures, measureRun, measureTexts, type Qrels, type RunFile, rankedIds } from "./run-files.ts";

/** The definitions once more, position by position, with loops and a rank table instead of slices and reductions. */
function independentMeasures(run: RunFile[string], grades: Record<string, number>, k: number) {
  const ranks = new Map<string, number>();
  for (const { id, score } of run) {
    const ahead = run.filter((other) => other.score > score || (other.score === score && other.id > id));
    ranks.set(id, ahead.length + 1);
  }
  let dcg = 0;
  let found = 0;
  let best = Number.POSITIVE_INFINITY;
  let relevantCount = 0;
  for (const [id, grade] of Object.entries(grades)) {
    if (grade <= 0) continue;
    relevantCount += 1;
    const rank = ranks.get(id);
    if (rank === undefined || rank > k) continue;
    found += 1;
    best = Math.min(best, rank);
    dcg += (grade * Math.LN2) / Math.log(rank + 1);
  }
  const gradesDown = Object.values(grades).filter((grade) => grade > 0);
  let ideal = 0;
  for (let rank = 1; rank <= k && gradesDown.length > 0; rank += 1) {
    const top = Math.max(...gradesDown);
    gradesDown.splice(gradesDown.indexOf(top), 1);
    ideal += (top * Math.LN2) / Math.log(rank + 1);
  }
  return { ndcg: dcg / ideal, recall: found / relevantCount, reciprocalRank: found === 0 ? 0 : 1 / best };
}

const id = fc.integer({ min: 0, max: 30 }).map((number) => `d${number}`);
const run = fc.uniqueArray(fc.record({ id, score: fc.integer({ min: 0, max: 8 }) }), {
  selector: (hit) => hit.id,
  maxLength: 25,
});
const grades = fc
  .dictionary(id, fc.integer({ min: -1, max: 3 }), { minKeys: 1, maxKeys: 12 })
  .filter((judged) => Object.values(judged).some((grade) => grade > 0));

describe("rank measures", () => {
  test("agree with an independent computation to 1e-6, ties included", () => {
    fc.assert(
      fc.property(run, grades, fc.constantFrom(1, 5, 10, 100), (entries, judged, k) => {
        const measured = measureRun({ q: entries }, { q: judged }, k)["q"]!;
        const expected = independentMeasures(entries, judged, k);
        expect(measured.ndcg).toBeCloseTo(expected.ndcg, 6);
        expect(measured.recall).toBeCloseTo(expected.recall, 6);
        expect(measured.reciprocalRank).toBeCloseTo(expected.reciprocalRank, 6);
      }),
      { numRuns: 500 },
    );
  });

  test("a worked example", () => {
    // Order: b (0.9), then c before a (0.5, descending id), then d. Gains 0, 2, 1, 0; ideal 2, 1, 1.
    const entries = [
      { id: "a", score: 0.5 },
      { id: "b", score: 0.9 },
      { id: "c", score: 0.5 },
      { id: "d", score: 0.1 },
    ];
    expect(rankedIds(entries)).toEqual(["b", "c", "a", "d"]);
    const measured = measureRun({ q: entries }, { q: { a: 1, c: 2, e: 1, b: 0 } }, 10)["q"]!;
    expect(measured.ndcg).toBeCloseTo(1.7618595071429148 / 3.1309297535714578, 12);
    expect(measured.recall).toBeCloseTo(2 / 3, 12);
    expect(measured.reciprocalRank).toBe(0.5);
  });

  test("a query without results counts 0; one without relevant documents or judgments does not count", () => {
    const qrels: Qrels = { a: { d1: 1 }, b: { d1: 1 }, c: { d1: 0 } };
    const measures = measureRun({ a: [{ id: "d1", score: 1 }], c: [{ id: "d1", score: 1 }], z: [] }, qrels, 10);
    expect(Object.keys(measures)).toEqual(["a", "b"]);
    expect(meanMeasures(measures)).toEqual({ ndcg: 0.5, recall: 0.5, reciprocalRank: 0.5 });
  });
});

/** SQuAD's definition by removing matched tokens one at a time, characters one at a time. */
function independentF1(prediction: string, reference: string): number {
  const tokens = (text: string) =>
    [...text.toLowerCase()]
      .filter((character) => !"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~".includes(character))
      .join("")
      .split(/\s+/)
      .filter((word) => word !== "" && !["a", "an", "the"].includes(word));
  const [said, gold] = [tokens(prediction), tokens(reference)];
  if (said.length === 0 || gold.length === 0) return said.length === gold.length ? 1 : 0;
  const rest = [...gold];
  for (const token of said) if (rest.includes(token)) rest.splice(rest.indexOf(token), 1);
  const common = gold.length - rest.length;
  if (common === 0) return 0;
  const [precision, recall] = [common / said.length, common / gold.length];
  return (2 * precision * recall) / (precision + recall);
}

describe("text measures", () => {
  const word = fc.constantFrom(
    "the",
    "a",
    "An",
    "Ferry",
    "ferry,",
    "20",
    "minutes.",
    "U.S.",
    "blue-green",
    "don't",
    "é",
    "--",
  );
  const text = fc.array(word, { maxLength: 8 }).map((words) => words.join(" "));

  test("agree with an independent computation to 1e-6", () => {
    fc.assert(
      fc.property(text, fc.array(text, { minLength: 1, maxLength: 3 }), (said, references) => {
        const measured = measureTexts({ q: said }, { q: references })["q"]!;
        const golds = references.filter((reference) => independentF1(reference, "") !== 1);
        const scores = (golds.length > 0 ? golds : [""]).map((gold) => independentF1(said, gold));
        expect(measured.f1).toBeCloseTo(Math.max(...scores), 6);
        expect(measured.exactMatch).toBeLessThanOrEqual(measured.f1 + 1e-12);
      }),
      { numRuns: 500 },
    );
  });

  test("worked examples", () => {
    const golds = { a: ["Denver Broncos"], b: ["the U.S. Army"], c: [], d: [] };
    const measured = measureTexts({ a: "the Broncos of Denver", b: "US army", d: "something" }, golds);
    expect(measured["a"]).toEqual({ exactMatch: 0, f1: 0.8 });
    expect(measured["b"]).toEqual({ exactMatch: 1, f1: 1 });
    expect(measured["c"]).toEqual({ exactMatch: 1, f1: 1 });
    expect(measured["d"]).toEqual({ exactMatch: 0, f1: 0 });
  });
});
