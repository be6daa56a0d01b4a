import fc from "fast-check";
import { expect, test } from "vitest";
import { maximalMarginalRelevance } from "./mmr.ts";

const vector = fc
  .array(fc.integer({ min: -5, max: 5 }), { minLength: 3, maxLength: 3 })
  .map((values) => Float32Array.from(values));
const candidates = fc.array(fc.record({ relevance: fc.integer({ min: -100, max: 100 }), vector }), { maxLength: 15 });
const lambda = fc.double({ min: 0, max: 1, noNaN: true });

test("passes over a near-duplicate of what is already picked", () => {
  const [first, twin, other] = [
    [1, 0],
    [1, 0.01],
    [0, 1],
  ].map((values) => Float32Array.from(values)) as [Float32Array, Float32Array, Float32Array];
  const list = [
    { relevance: 10, vector: first },
    { relevance: 9, vector: twin },
    { relevance: 7, vector: other },
    { relevance: 0, vector: other },
  ];
  const picked = (weight: number) =>
    maximalMarginalRelevance(list, { topK: 2, lambda: weight }).map(({ candidate }) => candidate);
  expect(picked(1)).toEqual([0, 1]);
  expect(picked(0.5)).toEqual([0, 2]);
});

test("what counts is the likeness to the nearest pick, not to the last", () => {
  const [east, north, nearlyEast, between] = [
    [1, 0],
    [0, 1],
    [1, 0.1],
    [1, 1],
  ].map((values) => Float32Array.from(values)) as [Float32Array, Float32Array, Float32Array, Float32Array];
  const list = [
    { relevance: 10, vector: east },
    { relevance: 9, vector: north },
    { relevance: 8, vector: nearlyEast },
    { relevance: 6, vector: between },
    { relevance: 0, vector: east },
  ];
  const picks = maximalMarginalRelevance(list, { topK: 3, lambda: 0.5 });
  expect(picks.map(({ candidate }) => candidate)).toEqual([0, 1, 3]);
});

test("lambda 1 is the order of relevance", () => {
  fc.assert(
    fc.property(candidates, (list) => {
      const picks = maximalMarginalRelevance(list, { topK: list.length, lambda: 1 });
      const order = [...list.keys()].sort((a, b) => (list[b]?.relevance ?? 0) - (list[a]?.relevance ?? 0) || a - b);
      expect(picks.map(({ candidate }) => candidate)).toEqual(order);
    }),
  );
});

test("picks min(topK, n) different candidates, the most relevant first", () => {
  fc.assert(
    fc.property(candidates, lambda, fc.integer({ min: 0, max: 20 }), (list, weight, topK) => {
      const picks = maximalMarginalRelevance(list, { topK, lambda: weight }).map(({ candidate }) => candidate);
      expect(new Set(picks).size).toBe(Math.min(topK, list.length));
      if (picks.length > 0)
        expect(list[picks[0] as number]?.relevance).toBe(Math.max(...list.map(({ relevance }) => relevance)));
    }),
  );
});

test("asking for fewer gives the beginning of the longer list", () => {
  fc.assert(
    fc.property(candidates, lambda, fc.nat(15), (list, weight, topK) => {
      const all = maximalMarginalRelevance(list, { topK: list.length, lambda: weight });
      expect(maximalMarginalRelevance(list, { topK, lambda: weight })).toEqual(all.slice(0, topK));
    }),
  );
});
