// Choosing on one part of the questions and confirming on the other: the best of several noisy scores is inflated by having been
// chosen, and the untouched part is not.
import type { ScoreSummary } from "../core/comparison.ts";
import type { HeldOutQuestion } from "../core/questions.ts";
import { valuesOf } from "./aggregate.ts";
import type { ApproachScores } from "./pairs.ts";
import { type ResamplingOptions, resamplingOf } from "./resampling.ts";
import { bootstrapInterval } from "./statistics/bootstrap.ts";
import { clusterScores, clustersOf } from "./statistics/clusters.ts";
import { seededRandom } from "./statistics/random.ts";

export type Confirmation = {
  /** Best mean quality on the development part. */
  readonly chosen: string;
  readonly development: ScoreSummary;
  /** Of the same approach on the part that had no say in the choice. */
  readonly confirmed: ScoreSummary;
  /** Whether the confirming part would have chosen the same. */
  readonly chosenAgain: boolean;
};

/** Fewer clusters make halves that say nothing. */
const leastClusters = 20;

/**
 * Splits by cluster, so that no document is in both parts, at random by `seed`. Null with fewer than 20 clusters, fewer than
 * two approaches, or nothing scored in a part.
 */
export function confirmChoice(
  approaches: readonly ApproachScores[],
  questions: readonly HeldOutQuestion[],
  options: ResamplingOptions = {},
): Confirmation | null {
  const clusters = clustersOf(questions);
  if (clusters.count < leastClusters || approaches.length < 2) return null;
  const isDevelopment = halfOf(clusters.count, options.seed ?? 1);
  const part = (wanted: boolean) =>
    [...questions.keys()].filter((row) => isDevelopment[clusters.indexOf[row]!] === wanted);
  const development = rankedOn(approaches, questions, part(true), options);
  const confirming = rankedOn(approaches, questions, part(false), options);
  const [best] = development;
  const same = confirming.find(({ name }) => name === best?.name);
  if (best === undefined || same === undefined) return null;
  const chosenAgain = confirming[0]?.name === best.name;
  return { chosen: best.name, development: best.quality, confirmed: same.quality, chosenAgain };
}

/** For each cluster, whether it is among the random half. */
function halfOf(count: number, seed: number): readonly boolean[] {
  const random = seededRandom(seed + 17);
  const keys = Array.from({ length: count }, (_, cluster) => ({ cluster, key: random.next() }));
  const chosen = new Set(
    keys
      .sort((a, b) => a.key - b.key)
      .slice(0, Math.ceil(count / 2))
      .map(({ cluster }) => cluster),
  );
  return Array.from({ length: count }, (_, cluster) => chosen.has(cluster));
}

/** Best first; approaches without a score in these rows are left out. */
function rankedOn(
  approaches: readonly ApproachScores[],
  questions: readonly HeldOutQuestion[],
  rows: readonly number[],
  options: ResamplingOptions,
): readonly { readonly name: string; readonly quality: ScoreSummary }[] {
  const resampling = resamplingOf(
    rows.map((row) => questions[row]!),
    options,
  );
  return approaches
    .map(({ name, rows: all }) => {
      const values = valuesOf(
        rows.map((row) => all[row]!),
        "quality",
      );
      const missing = values.filter((value) => value === null).length;
      const interval = bootstrapInterval(clusterScores(values, resampling.clusters), resampling.bootstrap);
      return { name, quality: { ...interval, missing } };
    })
    .filter(({ quality }) => quality.n > 0)
    .sort((a, b) => b.quality.mean - a.quality.mean);
}
