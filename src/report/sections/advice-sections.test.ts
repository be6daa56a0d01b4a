// Break-even chart, advice by kind and disagreements: everything drawn stands in a table, and what is not known is left out aloud.
import { describe, expect, test } from "vitest";
import type { ComparisonReport } from "../../core/comparison.ts";
import type { ApproachMoney } from "../../core/money.ts";
import { sampleReport } from "../../testing/sample-report.ts";
import { markupOf } from "../html-template.ts";
import { breakEvenFigure } from "./break-even-figure.ts";
import { disagreementSection } from "./disagreement-section.ts";
import { kindSection } from "./kind-section.ts";

const sample = sampleReport;
const money = (approach: string, upfront: number | null, perQuery: number): ApproachMoney => ({
  ...sample.money!.approaches[0]!,
  approach,
  upfront: upfront === null ? { usd: null, reason: "no price" } : { usd: upfront },
  perQuery: { usd: perQuery },
});
const withMoney = (approaches: readonly ApproachMoney[]): ComparisonReport => ({
  ...sample,
  money: { ...sample.money!, approaches },
});

describe("break-even chart", () => {
  test("a line per known cost, its figures in the table, the rest named", () => {
    const report = withMoney([
      money("rag", 0.5, 0.002),
      money("fine-tuned", 450, 0.001),
      money("hosted", null, 1),
      money("free", 0, 0),
    ]);
    const markup = markupOf(breakEvenFigure(report)!);
    expect(markup.match(/<title>(rag|fine-tuned):/g)).toHaveLength(4);
    expect(markup).toContain("$10,450");
    expect(markup).toContain("because a cost is unknown: hosted");
    expect(markup).toContain("because it costs nothing: free");
    expect(markup).not.toMatch(/NaN|Infinity|undefined/);
  });

  test("one approach has nothing to break even with", () => {
    expect(breakEvenFigure(withMoney([money("rag", 1, 1)]))).toBeNull();
    expect(breakEvenFigure({ ...sample, money: undefined as never })).toBeNull();
  });
});

test("advice by kind says what is shown and what is not decided, and what a router gains", () => {
  const advice = { kind: "fact", questions: 40, quality: null, because: "It is cheaper." };
  const routing = { single: "rag", byKind: {}, gain: 0.05, low: 0.01, high: 0.09, p: 0.01, n: 200 };
  const adviceByKind = [
    { ...advice, approach: "rag", notToldApart: [] },
    { ...advice, kind: "style", approach: "few-shot", notToldApart: ["rag"] },
  ];
  const markup = markupOf(kindSection({ ...sample, adviceByKind, routing })!);
  expect(markup).toContain("not decided");
  expect(markup).toContain("would gain +5.0 points");
  expect(markupOf(kindSection({ ...sample, routing: { ...routing, p: 0.3 } })!)).toContain("shows no gain");
});

test("disagreements: who is right alone, and the questions themselves", () => {
  const disagreements = {
    pairs: [{ a: "rag", b: "few-shot", onlyA: 30, onlyB: 12, both: 50, neither: 8 }],
    questions: sample.worst.slice(0, 1),
  };
  const markup = markupOf(disagreementSection({ ...sample, disagreements })!);
  expect(markup).toContain(">30<");
  expect(disagreementSection(sample)).toBeNull();
});
