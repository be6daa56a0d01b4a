// How the share of wrong answers grows as less sure answers are given too. Reads confidences and quality; knows no approach.
import type { RiskCoverageRow } from "../core/comparison.ts";
import type { ScoredAnswer } from "./score-answers.ts";

/** An answer that was given with a confidence and scored; `row` is its place among all. */
type SureAnswer = { readonly row: number; readonly confidence: number; readonly risk: number };

/** Surest first; equal confidences stand together, for nothing orders them. Declined answers take no part. */
export function levelsOfConfidence(rows: readonly ScoredAnswer[]): readonly (readonly SureAnswer[])[] {
  const sure = rows.flatMap(({ answer, scores }, row): SureAnswer[] => {
    const { confidence, outcome } = answer;
    const quality = scores["quality"];
    if (confidence === undefined || outcome !== "answered" || quality?.status !== "scored") return [];
    return [{ row, confidence, risk: 1 - quality.value }];
  });
  return [...Map.groupBy(sure, ({ confidence }) => confidence)].sort(([a], [b]) => b - a).map(([, level]) => level);
}

/** Finer than any picture of the curve shows; thousands of questions would fill the report with it. */
const mostPoints = 200;

/** One point per confidence, thinned: what is given and what of it is wrong if every answer at least that sure is given. */
export function riskCoverageCurve(rows: readonly ScoredAnswer[]): Pick<RiskCoverageRow, "n" | "points"> {
  const levels = levelsOfConfidence(rows);
  const n = levels.flat().length;
  let [given, wrong] = [0, 0];
  const points = levels.map((level) => {
    given += level.length;
    wrong += level.reduce((sum, { risk }) => sum + risk, 0);
    return { confidence: level[0]!.confidence, coverage: given / n, risk: wrong / given };
  });
  return { n, points: thinned(points) };
}

/** The last point of each step of coverage, so that the whole is always among them. */
function thinned<T extends { readonly coverage: number }>(points: readonly T[]): readonly T[] {
  const step = ({ coverage }: T) => Math.ceil(coverage * mostPoints - 1e-9);
  return points.filter((point, at) => at === points.length - 1 || step(point) !== step(points[at + 1]!));
}
