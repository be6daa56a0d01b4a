// Scores answers with metrics. A metric that breaks leaves its own gap and nothing else.
import type { Answer } from "../core/answers.ts";
import type { HeldOutQuestion } from "../core/questions.ts";
import type { Metric, Score } from "../core/scores.ts";

/** One question's answer with its score by metric name. */
export type ScoredAnswer = {
  readonly question: HeldOutQuestion;
  readonly answer: Answer;
  readonly scores: Readonly<Record<string, Score>>;
};

export type ScoreAnswersOptions = {
  readonly answered: readonly { readonly question: HeldOutQuestion; readonly answer: Answer }[];
  readonly metrics: readonly Metric[];
  readonly signal?: AbortSignal;
};

/** In the order given. Metrics that call models are theirs to bound; a metric that throws leaves `unscored`. */
export async function scoreAnswers(options: ScoreAnswersOptions): Promise<readonly ScoredAnswer[]> {
  const { answered, metrics, signal } = options;
  const scored: ScoredAnswer[] = [];
  for (const { question, answer } of answered) {
    const entries = await Promise.all(
      metrics.map(async (metric) => [metric.name, await scoreOne(metric, question, answer, signal)] as const),
    );
    scored.push({ question, answer, scores: Object.fromEntries(entries) });
  }
  return scored;
}

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
