// How much of the gold spans the passages cover, and how much beside them, counted in characters. Whole documents and
// pages as gold have no span: then these metrics mean nothing.
import type { Answer } from "../../core/answers.ts";
import type { HeldOutQuestion } from "../../core/questions.ts";
import type { Metric, Score } from "../../core/scores.ts";
import { goldItems, liesIn, type Place } from "./gold-matching.ts";
import { deterministicMetric, notApplicable, scored, unscored } from "./score.ts";

/** Lengths in characters: of the gold, of the passages, of what they share; overlaps within a side count once. */
type Coverage = { readonly gold: number; readonly shown: number; readonly shared: number };

type Stretch = { readonly start: number; readonly end: number };

/** Undefined where a gold item names no span. */
function coverageOf(question: HeldOutQuestion, places: readonly Place[]): Coverage | undefined {
  const gold = goldItems(question.relevant);
  if (gold.length === 0 || gold.some(({ start }) => start === undefined)) return undefined;
  // Gold may name a document by its id or by its source: stretches are told apart by what they name.
  const byDocument = Map.groupBy(gold, ({ documentId, source }) => documentId ?? source ?? "");
  let [goldLength, shared] = [0, 0];
  for (const items of byDocument.values()) {
    const { start: _start, end: _end, page: _page, ...document } = items[0]!;
    const wanted = merged(items.map(({ start = 0, end = 0 }) => ({ start, end })));
    const found = merged(places.filter((place) => liesIn(place, document)));
    goldLength += lengthOf(wanted);
    shared += sharedLength(wanted, found);
  }
  const shown = [...Map.groupBy(places, ({ documentId }) => documentId).values()];
  return { gold: goldLength, shown: shown.reduce((sum, some) => sum + lengthOf(merged(some)), 0), shared };
}

/** The union of the stretches, in order, disjoint. */
function merged(stretches: readonly Stretch[]): readonly Stretch[] {
  const union: { start: number; end: number }[] = [];
  for (const { start, end } of stretches.toSorted((a, b) => a.start - b.start)) {
    const last = union.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else union.push({ start, end });
  }
  return union;
}

function lengthOf(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, { start, end }) => sum + (end - start), 0);
}

function sharedLength(some: readonly Stretch[], others: readonly Stretch[]): number {
  const overlaps = some.flatMap((a) => others.map((b) => Math.min(a.end, b.end) - Math.max(a.start, b.start)));
  return overlaps.reduce((sum, overlap) => sum + Math.max(0, overlap), 0);
}

function spanMetric(name: string, label: string, formula: (coverage: Coverage) => number): Metric {
  return deterministicMetric({
    name,
    version: "1",
    label,
    score: (question: HeldOutQuestion, answer: Answer): Score => {
      const coverage = coverageOf(
        question,
        answer.hits.map(({ chunk }) => chunk),
      );
      if (coverage === undefined) return notApplicable("the question names no gold span");
      if (answer.hits.length === 0 && answer.outcome === "failed")
        return unscored("the answer failed before it retrieved");
      return scored(formula(coverage));
    },
  });
}

/**
 * `span-recall`, `span-precision`, `span-iou` v1, over characters of gold spans and of the passages shown:
 * |gold ∩ shown| / |gold|, / |shown| (0 without passages), / |gold ∪ shown|. Source: chunking_evaluation, which also counts
 * characters and calls them tokens.
 */
export function spanMetrics(): readonly Metric[] {
  return [
    spanMetric(
      "span-recall",
      "share of the gold spans' characters that the passages show",
      ({ gold, shared }) => shared / gold,
    ),
    spanMetric("span-precision", "share of the passages' characters that lie in gold spans", ({ shown, shared }) =>
      shown === 0 ? 0 : shared / shown,
    ),
    spanMetric(
      "span-iou",
      "characters in both gold spans and passages / characters in either",
      ({ gold, shown, shared }) => shared / (gold + shown - shared),
    ),
  ];
}
