// `assay questions`: drafts questions from the documents, by rule or with a model, and filters those that measure nothing.
import type { ChatModel, Usage } from "../../core/models.ts";
import type { Progress } from "../../core/progress.ts";
import type { Hit } from "../../core/retrieval.ts";
import type { Draft, Dropped } from "../../evaluation/synthesis/draft.ts";
import { type Filtered, filterDrafts } from "../../evaluation/synthesis/filters.ts";
import { modelVerdict } from "../../evaluation/synthesis/model-filters.ts";
import { modelQuestions } from "../../evaluation/synthesis/model-questions.ts";
import { type QuestionTask, questionTasks } from "../../evaluation/synthesis/question-tasks.ts";
import { ruleQuestions } from "../../evaluation/synthesis/rule-questions.ts";
import { cachedChatModel } from "../../models/call-cache.ts";
import { countTokens } from "../../text/tokens.ts";
import { readHeldOutQuestionsIfAny } from "../data/data-files.ts";
import { ingest } from "../knowledge/ingest.ts";
import { type Knowledge, openKnowledge } from "../knowledge/knowledge.ts";
import { callStore } from "../state/call-store.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { priceBookOf } from "../wiring/prices.ts";
import { questionDrafts } from "./question-drafts.ts";

export type QuestionsOptions = {
  /** Drafts to make. */
  readonly count: number;
  /** `provider/model`; default: the configured generator where it is a language model, else rules. */
  readonly model?: string;
  /** Says what a model would be asked and what that costs, and makes nothing. */
  readonly dryRun?: boolean;
  readonly progress: Progress;
};

export type QuestionsResult = {
  readonly madeBy: string;
  /** New drafts that wait for a verdict. */
  readonly drafted: number;
  /** How many were dropped before anybody saw them, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
  readonly costUsd: number | null;
  readonly costReason?: string;
  readonly dryRun?: { readonly calls: number; readonly inputTokens: number; readonly outputTokens: number };
};

/** Brings the index up to date first: gold spans point into it. Throws `AssayError` `no-documents`. */
export async function draftQuestions(context: ProjectContext, options: QuestionsOptions): Promise<QuestionsResult> {
  const { progress, count, dryRun } = options;
  await ingest(context, { progress });
  const knowledge = await openKnowledge(context);
  try {
    const model = await modelFor(context, knowledge, options.model);
    if (dryRun) return await estimate(context, knowledge, model, count);
    const made = model ? await askModel(context, knowledge, model, options) : byRule(context, count);
    const filtered = await filter(context, knowledge, made.drafts);
    const judged = model
      ? await byModel(knowledge, model, filtered.kept)
      : { ...filtered, usage: [] as readonly Usage[] };
    const drafted = questionDrafts(context).add(judged.kept.slice(0, count));
    const dropped = [...made.dropped, ...filtered.dropped, ...(model ? judged.dropped : [])];
    const cost = (await priceBookOf(context.config)).cost([...made.usage, ...judged.usage]);
    const priced = cost.status === "priced" ? { costUsd: cost.usd } : { costUsd: null, costReason: cost.reason };
    return { madeBy: model?.name ?? "documents", drafted, dropped: reasonCounts(dropped), ...priced };
  } finally {
    await knowledge.close();
  }
}

async function modelFor(
  context: ProjectContext,
  knowledge: Knowledge,
  name = context.config.generator,
): Promise<ChatModel | undefined> {
  const model = await context.models.uncached(name, knowledge.parts);
  return model.followsInstructions ? cachedChatModel(model, callStore(context.database)) : undefined;
}

type MadeDrafts = {
  readonly drafts: readonly Draft[];
  readonly dropped: readonly Dropped[];
  readonly usage: readonly Usage[];
};

function byRule(context: ProjectContext, count: number): MadeDrafts {
  const documents = [...context.documents.all()];
  // Filters drop some: a few more are made than asked for, and cut after.
  return {
    drafts: ruleQuestions(documents, { count: count * 2, seed: context.config.evaluation.seed }),
    dropped: [],
    usage: [],
  };
}

async function tasksFor(
  context: ProjectContext,
  knowledge: Knowledge,
  count: number,
): Promise<readonly QuestionTask[]> {
  const chunks = [];
  for await (const some of knowledge.index.scan()) chunks.push(...some);
  return questionTasks(chunks, { count, seed: context.config.evaluation.seed });
}

async function askModel(
  context: ProjectContext,
  knowledge: Knowledge,
  model: ChatModel,
  { count, progress }: QuestionsOptions,
): Promise<MadeDrafts> {
  const tasks = await tasksFor(context, knowledge, count);
  const stage = progress.start(`Drafting questions with ${model.name}`, tasks.length);
  const made: Awaited<ReturnType<typeof modelQuestions>>[] = [];
  for (const task of tasks) {
    made.push(await modelQuestions(model, task));
    stage.advance();
  }
  stage.end();
  return {
    drafts: made.flatMap(({ drafts }) => drafts),
    dropped: made.flatMap(({ dropped }) => dropped),
    usage: made.flatMap(({ usage }) => usage),
  };
}

function searchIn(knowledge: Knowledge) {
  return async (question: string): Promise<readonly Hit[]> =>
    (await knowledge.retriever.retrieve({ text: question, topK: 5 })).hits;
}

async function filter(context: ProjectContext, knowledge: Knowledge, drafts: readonly Draft[]): Promise<Filtered> {
  const asked = (await readHeldOutQuestionsIfAny(context)) ?? [];
  const search = searchIn(knowledge);
  return filterDrafts(drafts, {
    asked: asked.map(({ text }) => text),
    search: async (question) => (await search(question)).map(({ chunk }) => chunk),
  });
}

async function byModel(
  knowledge: Knowledge,
  model: ChatModel,
  drafts: readonly Draft[],
): Promise<Filtered & { readonly usage: readonly Usage[] }> {
  const verdicts = [];
  for (const draft of drafts) verdicts.push({ draft, ...(await modelVerdict(model, draft, searchIn(knowledge))) });
  return {
    kept: verdicts.flatMap(({ draft, reason }) => (reason === undefined ? [draft] : [])),
    dropped: verdicts.flatMap(({ draft, reason }) =>
      reason === undefined ? [] : [{ question: draft.question, reason }],
    ),
    usage: verdicts.flatMap(({ usage }) => usage),
  };
}

/** What a question and its answer take to write, in tokens. */
const replyTokens = 120;
const promptTokens = 250;

async function estimate(
  context: ProjectContext,
  knowledge: Knowledge,
  model: ChatModel | undefined,
  count: number,
): Promise<QuestionsResult> {
  if (model === undefined) return { madeBy: "documents", drafted: 0, dropped: {}, costUsd: 0 };
  const tasks = await tasksFor(context, knowledge, count);
  const passages = tasks.flatMap((task) => task.passages.map(({ text }) => countTokens(text)));
  // Each draft is asked once more, without passages or with those found for it.
  const calls = tasks.length * 2;
  const inputTokens = passages.reduce((sum, tokens) => sum + tokens, 0) + calls * promptTokens;
  const outputTokens = calls * replyTokens;
  const usage = { modelId: model.name, inputTokens, outputTokens, cachedInputTokens: 0, durationMs: 0 };
  const cost = (await priceBookOf(context.config)).cost([usage]);
  const priced = cost.status === "priced" ? { costUsd: cost.usd } : { costUsd: null, costReason: cost.reason };
  return { madeBy: model.name, drafted: 0, dropped: {}, ...priced, dryRun: { calls, inputTokens, outputTokens } };
}

function reasonCounts(dropped: readonly Dropped[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { reason } of dropped) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}
