// The statistics of a comparison as a stage of their own: with unchanged scores nothing is resampled again.
import type { ComparedPair, ComparisonReport, RoutingFinding } from "../../core/comparison.ts";
import { hashOf } from "../../core/hash.ts";
import type { HeldOutQuestion } from "../../core/questions.ts";
import {
  resamplingsByKind,
  type ScoreSummaries,
  summariseByKind,
  summariseScores,
} from "../../evaluation/aggregate.ts";
import { comparePairs, smallestDetectableDifference } from "../../evaluation/pairs.ts";
import { resamplingOf } from "../../evaluation/resampling.ts";
import { routingGain } from "../../evaluation/routing.ts";
import { clustersOf } from "../../evaluation/statistics/clusters.ts";
import type { StageGraph } from "../state/stage-graph.ts";
import type { RanApproach } from "./compare-approach.ts";

export type ComparisonStatistics = {
  /** By approach. */
  readonly scores: Readonly<Record<string, ScoreSummaries>>;
  readonly byKind: ComparisonReport["byKind"];
  readonly pairs: readonly ComparedPair[];
  /** Candidates on the headline, within each kind of question. */
  readonly pairsByKind: Readonly<Record<string, readonly ComparedPair[]>>;
  readonly routing: RoutingFinding | null;
  readonly detectableDifference: number | null;
};

export type StatisticsSettings = { readonly resamples: number; readonly seed: number };

/** Intervals, tests and power over the scores of every approach that ran. */
export async function comparisonStatistics(
  stages: StageGraph,
  ran: readonly RanApproach[],
  questions: readonly HeldOutQuestion[],
  settings: StatisticsSettings,
): Promise<ComparisonStatistics> {
  const { resamples, seed } = settings;
  const component = { name: "comparison-statistics", version: "5", config: { resamples, seed } };
  const inputs = { scores: scoresHash(ran), questions: questionsHash(questions) };
  const { value } = await stages.json({ component, inputs }, async () => compute(ran, questions, settings));
  return value;
}

function compute(
  ran: readonly RanApproach[],
  questions: readonly HeldOutQuestion[],
  settings: StatisticsSettings,
): ComparisonStatistics {
  const resampling = resamplingOf(questions, settings);
  const kinds = resamplingsByKind(resampling, settings);
  const pairs = comparePairs(ran, resampling);
  const candidates = ran.filter(({ yardstick }) => !yardstick);
  // The decision tests the best against each other candidate: that many tests share the error rate.
  const pairCount = candidates.length - 1;
  const ofKinds = ran.map((approach) => [approach.name, summariseByKind(approach.rows, kinds)] as const);
  return {
    scores: Object.fromEntries(ran.map(({ name, rows }) => [name, summariseScores(rows, resampling)])),
    byKind: Object.fromEntries(
      kinds.map(({ kind }) => [kind, Object.fromEntries(ofKinds.map(([name, scores]) => [name, scores[kind] ?? {}]))]),
    ),
    pairs,
    pairsByKind: Object.fromEntries(
      kinds.map(({ kind, rows, resampling: ofKind }) => {
        const scores = candidates.map(({ name, rows: all }) => ({ name, rows: rows.map((row) => all[row]!) }));
        return [kind, comparePairs(scores, ofKind, ["quality"])];
      }),
    ),
    routing: routingGain(candidates.filter(answersAnything), resampling, { seed: settings.seed }),
    detectableDifference: smallestDetectableDifference(candidates, resampling, { pairCount }),
  };
}

/** An approach that declines everything is right where the answer is to decline: no route leads there. */
function answersAnything({ rows }: RanApproach): boolean {
  return rows.some(({ answer }) => answer.outcome === "answered");
}

/** Scores, and what of the answers the measures of whole sets depend on. */
function scoresHash(ran: readonly RanApproach[]): string {
  return hashOf(
    ran.map(({ name, yardstick, rows }) => ({
      name,
      yardstick,
      scores: rows.map(({ scores }) =>
        Object.entries(scores).map(([metric, score]) => [
          metric,
          score.status === "scored" ? score.value : score.status,
        ]),
      ),
      answers: rows.map(({ question, answer }) => [
        answer.outcome,
        answer.confidence ?? null,
        question.schema === undefined ? "" : answer.text,
      ]),
    })),
  );
}

/** Clusters and kinds: what of a question the statistics depend on, beside its scores. */
function questionsHash(questions: readonly HeldOutQuestion[]): string {
  return hashOf([[...clustersOf(questions).indexOf], questions.map(({ kind = null }) => kind)]);
}
