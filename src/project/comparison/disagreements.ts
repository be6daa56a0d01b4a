// Where approaches disagree: how often one of two is right alone, and the questions on which they differ most.
import type { Disagreements, ReportedQuestion } from "../../core/comparison.ts";
import type { RanApproach } from "./compare-approach.ts";
import { qualityOf, reportedQuestion } from "./worst-questions.ts";

const mostQuestions = 15;
/** From here an answer counts as right. */
const right = 0.5;

/** Among approaches that are no yardsticks; undefined below two. */
export function disagreementsOf(ran: readonly RanApproach[]): Disagreements | undefined {
  const candidates = ran.filter(({ yardstick }) => !yardstick);
  if (candidates.length < 2) return undefined;
  const pairs = candidates.flatMap((a, index) => candidates.slice(index + 1).map((b) => pairOf(a, b)));
  return { pairs, questions: mostDisputed(candidates) };
}

function pairOf(a: RanApproach, b: RanApproach): Disagreements["pairs"][number] {
  const counts = { onlyA: 0, onlyB: 0, both: 0, neither: 0 };
  for (const [place, row] of a.rows.entries()) {
    const [ofA, ofB] = [qualityOf(row), qualityOf(b.rows[place]!)];
    if (ofA === null || ofB === null) continue;
    const key = ofA >= right ? (ofB >= right ? "both" : "onlyA") : ofB >= right ? "onlyB" : "neither";
    counts[key] += 1;
  }
  return { a: a.name, b: b.name, ...counts };
}

/** Most even split first: where half of the approaches are right the choice matters most. */
function mostDisputed(candidates: readonly RanApproach[]): readonly ReportedQuestion[] {
  const places = candidates[0]!.rows.map((_, place) => {
    const scores = candidates.flatMap(({ rows }) => qualityOf(rows[place]!) ?? []);
    const winners = scores.filter((score) => score >= right).length;
    return { place, dispute: Math.min(winners, scores.length - winners) };
  });
  return places
    .filter(({ dispute }) => dispute > 0)
    .sort((a, b) => b.dispute - a.dispute)
    .slice(0, mostQuestions)
    .map(({ place }) => reportedQuestion(place, candidates));
}
