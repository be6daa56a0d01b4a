// `assay compare --looks K`: asks in K portions and stops as soon as the best approach is decided, at an error rate that holds
// for all looks together.
import type { HeldOutQuestion } from "../../core/questions.ts";
import { valuesOf } from "../../evaluation/aggregate.ts";
import { comparePairs } from "../../evaluation/pairs.ts";
import { type ResamplingOptions, resamplingOf } from "../../evaluation/resampling.ts";
import { clustersOf } from "../../evaluation/statistics/clusters.ts";
import { seededRandom } from "../../evaluation/statistics/random.ts";
import { lookAlphas } from "../../evaluation/statistics/sequential.ts";
import type { RanApproach } from "./compare-approach.ts";
import type { ComparisonStatistics } from "./comparison-statistics.ts";

export type Look = {
  /** Those asked until it was decided, in file order. */
  readonly questions: readonly HeldOutQuestion[];
  readonly look: number;
  readonly looks: number;
  /** Error rate that this look may spend. */
  readonly alpha: number;
  readonly outOf: number;
};

/** A look at fewer clusters sees too little to end anything. */
const leastClusters = 20;

/** Whole clusters in random order by `seed`, an equal number of them more at every look. The last look holds all. */
export async function lookUntilDecided(
  questions: readonly HeldOutQuestion[],
  looks: number,
  options: ResamplingOptions,
  run: (asked: readonly HeldOutQuestion[]) => Promise<readonly RanApproach[]>,
): Promise<Look> {
  const clusters = clustersOf(questions);
  const order = shuffledPositions(clusters.count, options.seed ?? 1);
  const alphas = lookAlphas(looks);
  for (let look = 1; look < looks; look += 1) {
    const size = Math.floor((clusters.count * look) / looks);
    if (size < leastClusters) continue;
    const asked = questions.filter((_, row) => order[clusters.indexOf[row]!]! < size);
    const alpha = alphas[look - 1]!;
    if (isDecided(await run(asked), asked, alpha, options)) {
      return { questions: asked, look, looks, alpha, outOf: questions.length };
    }
  }
  return { questions, look: looks, looks, alpha: alphas[looks - 1]!, outOf: questions.length };
}

/** Position of each cluster in a random order. */
function shuffledPositions(count: number, seed: number): readonly number[] {
  const random = seededRandom(seed + 29);
  const keys = Array.from({ length: count }, (_, cluster) => ({ cluster, key: random.next() }));
  const positions = new Array<number>(count);
  for (const [position, { cluster }] of keys.sort((a, b) => a.key - b.key).entries()) positions[cluster] = position;
  return positions;
}

/** The best candidate differs from every other one, Holm-adjusted, at this look's share of the error rate. */
function isDecided(
  ran: readonly RanApproach[],
  asked: readonly HeldOutQuestion[],
  alpha: number,
  options: ResamplingOptions,
): boolean {
  const candidates = ran.filter(({ yardstick }) => !yardstick);
  const [best] = candidates.toSorted((a, b) => meanQuality(b) - meanQuality(a));
  if (best === undefined || candidates.length < 2) return false;
  const pairs = comparePairs(candidates, resamplingOf(asked, options), ["quality"]);
  const ofBest = pairs.filter(({ a, b }) => a === best.name || b === best.name);
  return ofBest.length === candidates.length - 1 && ofBest.every(({ pAdjusted }) => pAdjusted <= alpha);
}

function meanQuality({ rows }: RanApproach): number {
  const values = valuesOf(rows, "quality").filter((value) => value !== null);
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

/** p-values on the usual scale: 5% of it is what this look may spend, so every reader's threshold keeps its meaning. */
export function statisticsAtLook(statistics: ComparisonStatistics, look: Look | undefined): ComparisonStatistics {
  if (look === undefined) return statistics;
  const scaled = (p: number) => Math.min(1, (p * 0.05) / look.alpha);
  const adjust = <P extends { readonly p: number; readonly pAdjusted: number }>(pair: P): P => ({
    ...pair,
    p: scaled(pair.p),
    pAdjusted: scaled(pair.pAdjusted),
  });
  const byKind = Object.entries(statistics.pairsByKind).map(([kind, pairs]) => [kind, pairs.map(adjust)] as const);
  return { ...statistics, pairs: statistics.pairs.map(adjust), pairsByKind: Object.fromEntries(byKind) };
}

/** What a report says of it. */
export function lookSentence({ look, looks, alpha, questions, outOf }: Look): string {
  const how = look < looks ? `Stopped at look ${look} of ${looks}, as it was decided` : `All ${looks} looks were taken`;
  return `${how}: ${questions.length} of ${outOf} questions asked. p-values are multiplied by ${(0.05 / alpha).toPrecision(3)}, so that all looks together keep the 5% error rate; intervals are those of a single look.`;
}
