// One approach of a comparison: prepared, opened, asked every question, scored.
import { identityOf } from "../../core/component.ts";
import { hashOf } from "../../core/hash.ts";
import type { Usage } from "../../core/models.ts";
import type { Progress } from "../../core/progress.ts";
import type { HeldOutQuestion, TrainingExample } from "../../core/questions.ts";
import type { Metric } from "../../core/scores.ts";
import type { ProviderModel } from "../../core/training.ts";
import { type AnsweredQuestion, answerAll } from "../../evaluation/runner.ts";
import { type ScoredAnswer, scoreAnswers } from "../../evaluation/score-answers.ts";
import type { Knowledge } from "../knowledge/knowledge.ts";
import { storedAnswers } from "../state/stored-answers.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { prepareApproach } from "../wiring/open-approach.ts";
import type { PlannedApproach } from "../wiring/wire-approaches.ts";

export type RanApproach = {
  readonly name: string;
  readonly yardstick: boolean;
  readonly labels: readonly string[];
  readonly rows: readonly ScoredAnswer[];
  readonly prepareMs: number;
  readonly preparing: readonly Usage[];
  readonly provided?: ProviderModel;
};

export type RunApproachInput = {
  readonly context: ProjectContext;
  readonly knowledge: Knowledge;
  readonly plan: Extract<PlannedApproach, { approach: unknown }>;
  readonly questions: readonly HeldOutQuestion[];
  readonly training: readonly TrainingExample[];
  readonly metrics: readonly Metric[];
  readonly progress: Progress;
  readonly signal?: AbortSignal;
};

/** Answers are stored one by one under the hash of all that they were made from, so nothing is asked twice. */
export async function runApproach(input: RunApproachInput): Promise<RanApproach> {
  const { context, knowledge, plan, questions, training, progress, signal } = input;
  const prepared = await prepareApproach(context, knowledge, plan.approach, training, progress);
  const answerer = await plan.approach.open(prepared.directory);
  try {
    const answered = await answerAll({
      answerer,
      questions,
      concurrency: concurrencyOf(context, plan),
      store: storedAnswers(context),
      // The oracle's answers depend on the question's id; everybody else's on its text alone.
      keyOf: ({ id, text }) => hashOf({ prepared: prepared.key, id: plan.name === "oracle" ? id : "", text }),
      progress,
      ...(signal ? { signal } : {}),
    });
    const rows = await scored(input, answered);
    const { name, yardstick, labels, provided } = plan;
    return {
      ...{ name, yardstick, labels, rows, prepareMs: prepared.prepareMs, preparing: prepared.usage },
      ...(provided ? { provided } : {}),
    };
  } finally {
    await answerer.close();
  }
}

/** Scores are a stage as well: the same answers to the same questions are not graded twice, unless a grader failed. */
async function scored(
  input: RunApproachInput,
  answered: readonly AnsweredQuestion[],
): Promise<readonly ScoredAnswer[]> {
  const { context, questions, metrics, signal } = input;
  const component = { name: "scores", version: "1", config: metrics.map(identityOf) };
  const inputs = {
    answers: hashOf(answered.map(({ answer }) => answerHash(answer))),
    questions: hashOf(questions),
  };
  const { value } = await context.stages.json({ component, inputs }, () => score(), { keepIf: isWhole });
  return answered.map(({ question, answer }, place) => ({ question, answer, scores: value[place] ?? {} }));

  async function score(): Promise<readonly Scores[]> {
    const rows = await scoreAnswers({ answered, metrics, ...(signal ? { signal } : {}) });
    return rows.map(({ scores }) => scores);
  }
}

type Scores = ScoredAnswer["scores"];

function isWhole(rows: readonly Scores[]): boolean {
  return rows.every((scores) => Object.values(scores).every(({ status }) => status !== "unscored"));
}

/** What a metric can see of an answer, by place instead of by text. */
function answerHash({
  text,
  outcome,
  confidence = -1,
  citations,
  hits,
  ms,
  usage,
}: AnsweredQuestion["answer"]): string {
  const cited = citations.map(({ documentId, start, end }) => [documentId, start, end]);
  const seen = hits.map(({ chunk }) => [chunk.documentId, chunk.start, chunk.end]);
  return hashOf({ text, outcome, confidence, cited, seen, ms, usage });
}

/** Embedded parts share this machine's cores: side by side they would only measure each other. */
function concurrencyOf({ config }: ProjectContext, { isTunedHere = false }: RunApproachInput["plan"]): number {
  const isLocal = isTunedHere || config.generator.startsWith("embedded/");
  return isLocal ? 1 : config.evaluation.concurrency;
}
