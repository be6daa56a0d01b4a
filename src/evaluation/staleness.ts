// How an approach took a change of documents: right before, right after, and still saying what no longer holds.

import type { Answer } from "../core/answers.ts";
import type { ScoreSummary } from "../core/comparison.ts";
import type { ChangedFact } from "./changes-file.ts";
import { askedOf } from "./changes-file.ts";
import { saidBy } from "./metrics/answer-words.ts";
import { textScore } from "./metrics/quality.ts";
import { type ResamplingOptions, resamplingOf } from "./resampling.ts";
import { bootstrapInterval } from "./statistics/bootstrap.ts";
import { clusterScores } from "./statistics/clusters.ts";

export type StalenessScores = {
  /** Quality against the answers that held before, asked before the change. */
  readonly before: ScoreSummary;
  /** Quality against the answers that hold now, asked after it. */
  readonly after: ScoreSummary;
  /** Share of the answers after the change that give the old answer and not the new one; lower is better. */
  readonly outdated: ScoreSummary;
};

/** `staleness` v1. Answers in the order of the facts; a failed one is missing. Scored by reference as `quality` is. */
export function stalenessScores(
  facts: readonly ChangedFact[],
  answers: { readonly before: readonly Answer[]; readonly after: readonly Answer[] },
  options: ResamplingOptions,
): StalenessScores {
  const resampling = resamplingOf(
    facts.map((fact) => askedOf(fact, "after")),
    options,
  );
  const summary = (values: readonly (number | null)[]): ScoreSummary => ({
    ...bootstrapInterval(clusterScores(values, resampling.clusters), resampling.bootstrap),
    missing: values.filter((value) => value === null).length,
  });
  const score = (answer: Answer, references: readonly string[]) =>
    answer.outcome === "failed" ? null : textScore(saidBy(answer), references);
  return {
    before: summary(facts.map((fact, at) => score(answers.before[at]!, fact.before))),
    after: summary(facts.map((fact, at) => score(answers.after[at]!, fact.after))),
    outdated: summary(
      facts.map((fact, at) => {
        const [old, now] = [score(answers.after[at]!, fact.before), score(answers.after[at]!, fact.after)];
        return old === null || now === null ? null : old > now ? 1 : 0;
      }),
    ),
  };
}
