// `assay compare --dry-run`: what this many questions can show, and what asking them would cost, said before anything is spent.
import type { HeldOutQuestion, TrainingExample } from "../../core/questions.ts";
import { clustersOf } from "../../evaluation/statistics/clusters.ts";
import { detectableShareDifference, questionsNeeded } from "../../evaluation/statistics/power.ts";
import { countTokens } from "../../text/tokens.ts";
import { readHeldOutQuestions, readTrainingExamples } from "../data/data-files.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { priceBookOf } from "../wiring/prices.ts";
import { approachNames } from "../wiring/wire-approaches.ts";
import { isLocalJudge } from "./judge.ts";

export type ApproachPlan = {
  readonly approach: string;
  /** At most: answers and calls kept from an earlier run are not paid again. */
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
};

export type ComparePlan = {
  readonly questions: number;
  readonly clusters: number;
  /** Smallest difference in the share of right answers seen with 80% power, by how often just one of two is right; null: none. */
  readonly detectable: readonly { readonly discordance: number; readonly difference: number | null }[];
  /** Questions needed for a true difference, at a discordance of 20%. */
  readonly needed: readonly { readonly difference: number; readonly questions: number }[];
  /** Empty where the generator is embedded: then only this machine's time is spent. */
  readonly calls: readonly ApproachPlan[];
  readonly costUsd: number | null;
  readonly costReason?: string;
  /** Most that a judge of a provider may spend beside it. */
  readonly judgeUsd: number;
};

/** Makes no call, reads no document anew, writes nothing. */
export async function comparePlan(
  context: ProjectContext,
  options: { readonly approaches?: readonly string[]; readonly repeats?: number },
): Promise<ComparePlan> {
  const questions = await readHeldOutQuestions(context);
  const training = await readTrainingExamples(context);
  const { generator, evaluation } = context.config;
  const wanted = approachNames.filter(
    (name) => name === "oracle" || (options.approaches ?? approachNames).includes(name),
  );
  const rounds = 1 + (options.repeats ?? 0);
  const isEmbedded = generator.startsWith("embedded/");
  const calls = isEmbedded ? [] : wanted.flatMap((name) => planOf(context, name, questions, training, rounds));
  const clusters = clustersOf(questions).count;
  return {
    questions: questions.length,
    clusters,
    ...power(questions.length, clusters),
    calls,
    ...(isEmbedded ? { costUsd: 0 } : await priceOf(context, calls)),
    judgeUsd: isLocalJudge(evaluation.judge) ? 0 : evaluation.judgeBudgetUsd,
  };
}

/** Questions of one cluster tell less than as many apart: half way between both counts is what is reckoned with. */
function power(questions: number, clusters: number): Pick<ComparePlan, "detectable" | "needed"> {
  const effective = Math.round((questions + clusters) / 2);
  return {
    detectable: [0.1, 0.2, 0.3].map((discordance) => ({
      discordance,
      difference: detectableShareDifference(effective, discordance),
    })),
    needed: [0.1, 0.05, 0.03].map((difference) => ({ difference, questions: questionsNeeded(difference, 0.2) })),
  };
}

/** Tokens of the instructions and of an answer, where the configuration does not say. */
const instructionTokens = 150;
const answerTokens = 200;

function planOf(
  context: ProjectContext,
  approach: string,
  questions: readonly HeldOutQuestion[],
  training: readonly TrainingExample[],
  rounds: number,
): readonly ApproachPlan[] {
  const shown = contextTokens(context, approach, training);
  if (shown === undefined) return [];
  const asked = questions.reduce((sum, { text }) => sum + countTokens(text), 0);
  const calls = questions.length * (approach === "oracle" ? 1 : rounds);
  const perQuestion = instructionTokens + shown + asked / questions.length;
  const output = context.config.generation.maxOutputTokens ?? answerTokens;
  return [{ approach, calls, inputTokens: Math.round(calls * perQuestion), outputTokens: calls * output }];
}

/** What stands in the prompt beside the question; undefined for approaches that ask no configured model. */
function contextTokens(
  { config, documents }: ProjectContext,
  approach: string,
  training: readonly TrainingExample[],
): number | undefined {
  const { retrieval, longContext, fewShot, chunking } = config;
  const passage = chunking.method === "structure" ? chunking.maxTokens : Math.min(chunking.chunkSize, 400);
  const passages = Math.min(retrieval.contextTokens, retrieval.topK * passage);
  if (approach === "prompt-only") return 0;
  if (approach === "rag" || approach === "oracle") return passages;
  if (approach === "long-context") {
    let corpus = 0;
    for (const { text } of documents.all()) corpus += countTokens(text);
    return Math.min(longContext.contextTokens, corpus === 0 ? longContext.contextTokens : corpus);
  }
  if (approach !== "few-shot" || training.length === 0) return undefined;
  const tokens = training.flatMap(({ messages }) => messages.map(({ content }) => countTokens(content)));
  return (tokens.reduce((sum, one) => sum + one, 0) / training.length) * fewShot.examples;
}

async function priceOf(
  { config }: ProjectContext,
  calls: readonly ApproachPlan[],
): Promise<Pick<ComparePlan, "costUsd" | "costReason">> {
  // Tiers depend on the size of one call, so each approach's mean call is priced and multiplied.
  const prices = await priceBookOf(config);
  let total = 0;
  for (const { calls: count, inputTokens, outputTokens } of calls) {
    const usage = {
      modelId: config.generator,
      inputTokens: inputTokens / count,
      outputTokens: outputTokens / count,
      cachedInputTokens: 0,
      durationMs: 0,
    };
    const cost = prices.cost([usage]);
    if (cost.status === "unpriced") return { costUsd: null, costReason: cost.reason };
    total += cost.usd * count;
  }
  return { costUsd: total };
}
