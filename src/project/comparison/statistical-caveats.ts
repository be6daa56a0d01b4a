// What a reader must know before trusting the figures of a comparison: too few clusters, and how the choice did on questions
// that had no say in it.
import type { HeldOutQuestion } from "../../core/questions.ts";
import { confirmChoice } from "../../evaluation/confirmation.ts";
import { clustersOf } from "../../evaluation/statistics/clusters.ts";
import type { RanApproach } from "./compare-approach.ts";

/** From here on intervals and tests keep what they promise: `npm run bench -- statistics`. */
const enoughClusters = 40;

export function statisticalCaveats(
  ran: readonly RanApproach[],
  questions: readonly HeldOutQuestion[],
  settings: { readonly resamples: number; readonly seed: number },
): readonly string[] {
  const { count } = clustersOf(questions);
  const candidates = ran.filter(({ yardstick }) => !yardstick);
  const few =
    count >= enoughClusters
      ? []
      : [
          `Few clusters: ${count} groups of questions. Below ${enoughClusters} the intervals cover less often than 95% and the tests see little; ask about more documents.`,
        ];
  const choice = confirmChoice(candidates, questions, settings);
  if (choice === null) return few;
  const { chosen, development, confirmed, chosenAgain } = choice;
  const points = (share: number) => (share * 100).toFixed(1);
  return [
    ...few,
    `Choosing on one half of the clusters takes ${chosen} at ${points(development.mean)}; on the other half, which had no say, it scores ${points(confirmed.mean)} (${points(confirmed.low)}–${points(confirmed.high)}, n ${confirmed.n})${chosenAgain ? " and is the best there too" : ", and another approach is best there"}.`,
  ];
}
