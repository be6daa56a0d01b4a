// From scores per question to a mean with its interval, overall and by kind of question.
import type { ScoreSummary } from "../core/comparison.ts";
import { corpusMeasures, summariseCorpus } from "./corpus-measures.ts";
import { type Resampling, type ResamplingOptions, resamplingOf } from "./resampling.ts";
import type { ScoredAnswer } from "./score-answers.ts";
import { bootstrapInterval } from "./statistics/bootstrap.ts";
import { clusterScores } from "./statistics/clusters.ts";

export type ScoreSummaries = Readonly<Record<string, ScoreSummary>>;

/** The value of one metric per row; null where it was not scored. */
export function valuesOf(rows: readonly ScoredAnswer[], metric: string): readonly (number | null)[] {
  return rows.map(({ scores }) => {
    const score = scores[metric];
    return score?.status === "scored" ? score.value : null;
  });
}

/**
 * Mean, 95% clustered bootstrap interval, `n` scored and `missing` unscored, by metric and by corpus measure. `rows` follow the
 * order of the resampling's questions. Not-applicable scores count nowhere; with n = 0 the mean and its interval are NaN.
 */
export function summariseScores(rows: readonly ScoredAnswer[], resampling: Resampling): ScoreSummaries {
  const metrics = new Set(rows.flatMap(({ scores }) => Object.keys(scores)));
  return Object.fromEntries([
    ...[...metrics].map((metric) => [metric, summarise(rows, metric, resampling)] as const),
    ...corpusMeasures.map((measure) => [measure.name, summariseCorpus(measure, rows, resampling)] as const),
  ]);
}

function summarise(rows: readonly ScoredAnswer[], metric: string, resampling: Resampling): ScoreSummary {
  const missing = rows.filter(({ scores }) => scores[metric]?.status === "unscored").length;
  const clustered = clusterScores(valuesOf(rows, metric), resampling.clusters);
  return { ...bootstrapInterval(clustered, resampling.bootstrap), missing };
}

export type KindResampling = {
  readonly kind: string;
  readonly rows: readonly number[];
  readonly resampling: Resampling;
};

/** One resampling per kind, to be shared by all approaches; `rows` are the kind's question numbers. Empty without kinds. */
export function resamplingsByKind(resampling: Resampling, options: ResamplingOptions = {}): readonly KindResampling[] {
  const { questions } = resampling;
  const kinds = [...new Set(questions.flatMap(({ kind }) => (kind === undefined ? [] : [kind])))].sort();
  return kinds.map((kind) => {
    const rows = [...questions.keys()].filter((index) => questions[index]?.kind === kind);
    const ofKind = rows.map((index) => questions[index]!);
    return { kind, rows, resampling: resamplingOf(ofKind, options) };
  });
}

/** `summariseScores` for each kind of question. */
export function summariseByKind(
  rows: readonly ScoredAnswer[],
  kinds: readonly KindResampling[],
): Readonly<Record<string, ScoreSummaries>> {
  return Object.fromEntries(
    kinds.map((kind) => [
      kind.kind,
      summariseScores(
        kind.rows.map((index) => rows[index]!),
        kind.resampling,
      ),
    ]),
  );
}
