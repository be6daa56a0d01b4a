// What a router by kind of question would gain over the best single approach: chosen on one half, measured on the other.
import type { RoutingFinding } from "../core/comparison.ts";
import { valuesOf } from "./aggregate.ts";
import type { ApproachScores } from "./pairs.ts";
import type { Resampling } from "./resampling.ts";
import { bootstrapInterval } from "./statistics/bootstrap.ts";
import { clusterScores } from "./statistics/clusters.ts";
import { signFlipTest } from "./statistics/permutation.ts";
import { seededRandom } from "./statistics/random.ts";

export type RoutingOptions = { readonly metric?: string /** Default 1. */; readonly seed?: number };

/** A kind with fewer questions in the half that chooses keeps the best single approach. */
const leastToChoose = 10;

/** So does one on which no other is at least this much better: a route that wins less is only one more thing to run. */
const leastGain = 0.02;

type Grid = {
  readonly names: readonly string[];
  /** By approach, by question; null where unscored. */
  readonly values: readonly (readonly (number | null)[])[];
  readonly kinds: readonly (string | undefined)[];
  readonly halfOf: readonly (0 | 1)[];
};

/**
 * Clusters are split into two halves; the winners of each half are measured on the other, so every question is measured by
 * a choice that never saw it. Null with fewer than two kinds or two approaches. The router is assumed to know the kind.
 */
export function routingGain(
  approaches: readonly ApproachScores[],
  resampling: Resampling,
  options: RoutingOptions = {},
): RoutingFinding | null {
  const { metric = "quality", seed = 1 } = options;
  const kinds = resampling.questions.map(({ kind }) => kind);
  const named = [...new Set(kinds)].filter((kind) => kind !== undefined);
  if (named.length < 2 || approaches.length < 2) return null;
  const values = approaches.map(({ rows }) => valuesOf(rows, metric));
  const grid: Grid = { names: approaches.map(({ name }) => name), values, kinds, halfOf: halves(resampling, seed) };
  const differences = clusterScores(heldOutDifferences(grid), resampling.clusters);
  const { mean, low, high, n } = bootstrapInterval(differences, resampling.bootstrap, { bounds: [-1, 1] });
  if (n === 0) return null;
  const everything = kinds.map((_, question) => question);
  const single = bestOf(grid, everything);
  return {
    single: grid.names[single]!,
    byKind: Object.fromEntries(named.map((kind) => [kind, grid.names[winnerFor(grid, kind, everything, single)]!])),
    gain: mean,
    low,
    high,
    p: signFlipTest(differences.sums, resampling.signs),
    n,
  };
}

function halves({ clusters }: Resampling, seed: number): readonly (0 | 1)[] {
  const random = seededRandom(seed);
  const ofCluster = Array.from({ length: clusters.count }, (_, cluster) => ({ cluster, at: random.next() }));
  const first = new Set(
    ofCluster
      .sort((a, b) => a.at - b.at)
      .slice(0, clusters.count / 2)
      .map(({ cluster }) => cluster),
  );
  return Array.from(clusters.indexOf, (cluster) => (first.has(cluster) ? 0 : 1));
}

/** Per question: the router's choice minus the single best, both chosen on the other half. */
function heldOutDifferences(grid: Grid): readonly (number | null)[] {
  const { kinds, halfOf, values } = grid;
  const choices = ([0, 1] as const).map((half) => {
    const seen = kinds.map((_, question) => question).filter((question) => halfOf[question] === half);
    const single = bestOf(grid, seen);
    return { single, routes: new Map([...new Set(kinds)].map((kind) => [kind, winnerFor(grid, kind, seen, single)])) };
  });
  return kinds.map((kind, question) => {
    const { single, routes } = choices[1 - halfOf[question]!]!;
    const routed = values[routes.get(kind) ?? single]![question] ?? null;
    const alone = values[single]![question] ?? null;
    return routed === null || alone === null ? null : routed - alone;
  });
}

function winnerFor(grid: Grid, kind: string | undefined, seen: readonly number[], single: number): number {
  const ofKind = seen.filter((question) => grid.kinds[question] === kind);
  if (kind === undefined || ofKind.length < leastToChoose) return single;
  const best = bestOf(grid, ofKind);
  return meanOver(grid, best, ofKind) - meanOver(grid, single, ofKind) >= leastGain ? best : single;
}

/** Highest mean over the questions that it was scored on; the first of equals. */
function bestOf(grid: Grid, questions: readonly number[]): number {
  const means = grid.names.map((_, approach) => meanOver(grid, approach, questions));
  return means.indexOf(Math.max(...means));
}

/** −∞ where nothing was scored. */
function meanOver({ values }: Grid, approach: number, questions: readonly number[]): number {
  const scored = questions.flatMap((question) => values[approach]![question] ?? []);
  if (scored.length === 0) return Number.NEGATIVE_INFINITY;
  return scored.reduce((sum, value) => sum + value, 0) / scored.length;
}
