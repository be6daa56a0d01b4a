// Scores answers with metrics. A metric that breaks leaves its own gap and nothing else.
import type { Answer } from "../core/answers.ts";
import type { HeldOutQuestion } from "../core/questions.ts";
import type { Metric, Score } from "../core/scores.ts";
import { ranksPassages } from "./metrics/retrieval.ts";

/** One question's answer with its score by metric name. */
export type ScoredAnswer = {
  readonly question: HeldOutQuestion;
  readonly answer: Answer;
  readonly scores: Readonly<Record<string, Score>>;
};

export type ScoreAnswersOptions = {
  /** All answers of one approach: an approach without a single passage is taken not to retrieve. */
  readonly answered: readonly { readonly question: HeldOutQuestion; readonly answer: Answer }[];
  readonly metrics: readonly Metric[];
  readonly signal?: AbortSignal;
};

/** In the order given. Metrics that call models are theirs to bound; a metric that throws leaves `unscored`. */
export async function scoreAnswers(options: ScoreAnswersOptions): Promise<readonly ScoredAnswer[]> {
  const { answered, metrics, signal } = options;
  const retrieves = answered.some(({ answer }) => answer.hits.length > 0);
  const score = (metric: Metric, question: HeldOutQuestion, answer: Answer) =>
    !retrieves && ranksPassages(metric) ? doesNotRetrieve : scoreOne(metric, question, answer, signal);
  const scored: ScoredAnswer[] = [];
  for (const { question, answer } of answered) {
    const entries = await Promise.all(
      metrics.map(async (metric) => [metric.name, await score(metric, question, answer)] as const),
    );
    scored.push({ question, answer, scores: Object.fromEntries(entries) });
  }
  return scored;
}

const doesNotRetrieve: Score = { status: "not-applicable", reason: "the approach does not retrieve" };

async function scoreOne(
  metric: Metric,
  question: HeldOutQuestion,
  answer: Answer,
  signal?: AbortSignal,
): Promise<Score> {
  try {
    const score = await metric.score(question, answer, signal ? { signal } : {});
    if (score.status === "scored" && !Number.isFinite(score.value)) {
      return { status: "unscored", reason: `${metric.name} gave ${score.value}` };
    }
    return score;
  } catch (error) {
    signal?.throwIfAborted();
    return { status: "unscored", reason: error instanceof Error ? error.message : String(error) };
  }
}
