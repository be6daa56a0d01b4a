// The random part of the statistics, drawn once per set of questions and shared by every approach, metric and pair.
import type { HeldOutQuestion } from "../core/questions.ts";
import { type ResamplePlan, resamplePlan } from "./statistics/bootstrap.ts";
import { type Clusters, clustersOf } from "./statistics/clusters.ts";
import { type SignPlan, signPlan } from "./statistics/permutation.ts";

export type Resampling = {
  readonly questions: readonly HeldOutQuestion[];
  readonly clusters: Clusters;
  readonly bootstrap: ResamplePlan;
  readonly signs: SignPlan;
};

export type ResamplingOptions = {
  /** Default 10,000. */
  readonly resamples?: number;
  /** Default 1. */
  readonly seed?: number;
};

/** `questions` fixes the order in which every later call gives its rows. */
export function resamplingOf(questions: readonly HeldOutQuestion[], options: ResamplingOptions = {}): Resampling {
  const { resamples = 10_000, seed = 1 } = options;
  const clusters = clustersOf(questions);
  const draw = { clusterCount: clusters.count, resamples };
  return {
    questions,
    clusters,
    bootstrap: resamplePlan({ ...draw, seed }),
    signs: signPlan({ ...draw, seed: seed + 1 }),
  };
}
