// `assay compare`: every approach on the same held-out questions, scored, tested against each other, and one recommended.
import { basename } from "node:path";
import { recommend } from "../advice/recommendation.ts";
import type {
  ComparedApproach,
  Comparison,
  ComparisonReport,
  NotRunApproach,
  ScoredApproach,
} from "../core/comparison.ts";
import { AssayError } from "../core/errors.ts";
import type { Progress } from "../core/progress.ts";
import type { HeldOutQuestion, TrainingExample } from "../core/questions.ts";
import { summariseCosts } from "../economics/ledger.ts";
import type { PriceBook } from "../economics/price-book.ts";
import { resamplingsByKind, summariseByKind, summariseScores } from "../evaluation/aggregate.ts";
import { latencySummary } from "../evaluation/latency.ts";
import { findLeakage } from "../evaluation/leakage.ts";
import { standardMetrics } from "../evaluation/metrics/standard-metrics.ts";
import { comparePairs, smallestDetectableDifference } from "../evaluation/pairs.ts";
import { type Resampling, resamplingOf } from "../evaluation/resampling.ts";
import { assumptionsOf, environmentOf } from "./assumptions.ts";
import { type RanApproach, runApproach } from "./compare-approach.ts";
import type { ProjectContext } from "./context.ts";
import { readHeldOutQuestions, readTrainingExamples } from "./data-files.ts";
import { goldPassages } from "./gold-passages.ts";
import { ingest } from "./ingest.ts";
import { type Knowledge, openKnowledge } from "./knowledge.ts";
import { priceBookOf } from "./prices.ts";
import { writeRecommended } from "./recommended.ts";
import { approachNames, type PlannedApproach, planApproach } from "./wire-approaches.ts";
import { worstQuestions } from "./worst-questions.ts";
import { writeReport } from "./write-report.ts";

export type CompareOptions = {
  /** Default: all. Yardsticks are always among them. */
  readonly approaches?: readonly string[];
  readonly progress: Progress;
  readonly signal?: AbortSignal;
};

type Run = {
  readonly context: ProjectContext;
  readonly knowledge: Knowledge;
  readonly questions: readonly HeldOutQuestion[];
  readonly training: readonly TrainingExample[];
  readonly resampling: Resampling;
  readonly prices: PriceBook;
};

/** Brings the index up to date first. A killed comparison goes on where it stopped, and repeats no paid call. */
export async function compare(context: ProjectContext, options: CompareOptions): Promise<Comparison> {
  const wanted = approachesWanted(options.approaches);
  const questions = await readHeldOutQuestions(context);
  const training = await readTrainingExamples(context);
  await ingest(context, { progress: options.progress });
  const knowledge = await openKnowledge(context);
  try {
    const { resamples, seed } = context.config.evaluation;
    const resampling = resamplingOf(questions, { resamples, seed });
    const run: Run = { context, knowledge, questions, training, resampling, prices: await priceBookOf(context.config) };
    const plans = await planAll(run, wanted);
    const ran: RanApproach[] = [];
    for (const plan of plans)
      if ("approach" in plan) ran.push(await runApproach({ ...run, plan, metrics: standardMetrics(), ...options }));
    const report = await assemble(run, plans, ran);
    const path = await writeReport(context, report);
    if (report.recommendation.approach) writeRecommended(context.database, report.recommendation.approach);
    const { approaches, pairs, recommendation } = report;
    return { approaches, pairs, recommendation, report: path };
  } finally {
    await knowledge.close();
  }
}

function approachesWanted(names: readonly string[] | undefined): readonly string[] {
  const unknown = names?.filter((name) => !approachNames.includes(name)) ?? [];
  if (unknown.length > 0) {
    throw new AssayError({
      code: "bad-usage",
      message: `unknown approach "${unknown.join('", "')}"`,
      remedy: `choose from ${approachNames.join(", ")}`,
    });
  }
  return names ?? approachNames;
}

async function planAll(run: Run, wanted: readonly string[]): Promise<readonly PlannedApproach[]> {
  const { context, knowledge, questions } = run;
  const generator = await context.models.generator(knowledge.parts);
  const gold = await goldPassages(knowledge.index, questions);
  const parts = { context, knowledge, generator, ...(gold ? { gold } : {}) };
  const plans = approachNames.map((name) => planApproach(name, parts)).filter((plan) => plan !== undefined);
  return plans.filter((plan) => plan.yardstick || wanted.includes(plan.name));
}

async function assemble(
  run: Run,
  plans: readonly PlannedApproach[],
  ran: readonly RanApproach[],
): Promise<ComparisonReport> {
  const { context, resampling, questions, training, prices } = run;
  const scored = new Map(ran.map((approach) => [approach.name, toRow(approach, run)]));
  const approaches = plans.map((plan): ComparedApproach => scored.get(plan.name) ?? notRun(plan));
  const pairs = comparePairs(ran, resampling);
  const candidates = ran.filter(({ yardstick }) => !yardstick);
  const detectableDifference = smallestDetectableDifference(candidates, resampling);
  const { constraints } = context.config;
  const recommendation = recommend({
    approaches,
    pairs,
    questionCount: questions.length,
    detectableDifference,
    constraints,
  });
  const kinds = resamplingsByKind(resampling);
  const { chunks, documents } = await run.knowledge.index.stats();
  return {
    approaches,
    pairs,
    recommendation,
    project: basename(context.directory),
    createdAt: new Date().toISOString(),
    command: `assay compare --project ${basename(context.directory)}`,
    corpus: { documents, chunks },
    questions: questionCounts(questions, resampling),
    trainingExamples: training.length,
    detectableDifference,
    metrics: standardMetrics().map(({ name, label, higherIsBetter }) => ({ name, label, higherIsBetter })),
    byKind: byKind(ran, kinds),
    worst: worstQuestions(ran, recommendation.approach),
    leakage: findLeakage(training, questions),
    assumptions: assumptionsOf(context, ran, prices),
    environment: environmentOf(context),
  };
}

function toRow(approach: RanApproach, { resampling, prices, context }: Run): ScoredApproach {
  const { queriesPerMonth } = context.config;
  const answers = approach.rows.map(({ answer }) => answer);
  const volume = queriesPerMonth === undefined ? {} : { queriesPerMonth };
  return {
    name: approach.name,
    status: "scored",
    yardstick: approach.yardstick,
    scores: summariseScores(approach.rows, resampling),
    prepareMs: approach.prepareMs,
    ...latencySummary(answers),
    ...summariseCosts({ answers, preparing: approach.preparing, costModel: prices, ...volume }),
    labels: approach.labels,
    notes: commonNotes(answers),
  };
}

function notRun(plan: PlannedApproach): NotRunApproach {
  const reason = "reason" in plan ? plan.reason : "was not run";
  return { name: plan.name, status: "not-run", yardstick: plan.yardstick, reason };
}

/** Notes that at least half of the answers carry: they describe the approach, not a question. */
function commonNotes(answers: readonly { readonly notes: readonly string[] }[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { notes } of answers) for (const note of notes) counts.set(note, (counts.get(note) ?? 0) + 1);
  return [...counts].filter(([, count]) => count * 2 >= answers.length).map(([note]) => note);
}

/** Turns scores per kind and approach around: kind → approach → metric. */
function byKind(ran: readonly RanApproach[], kinds: ReturnType<typeof resamplingsByKind>): ComparisonReport["byKind"] {
  const summaries = ran.map((approach) => [approach.name, summariseByKind(approach.rows, kinds)] as const);
  return Object.fromEntries(
    kinds.map(({ kind }) => [kind, Object.fromEntries(summaries.map(([name, scores]) => [name, scores[kind] ?? {}]))]),
  );
}

function questionCounts(questions: readonly HeldOutQuestion[], resampling: Resampling): ComparisonReport["questions"] {
  const byKind: Record<string, number> = {};
  for (const { kind = "unlabelled" } of questions) byKind[kind] = (byKind[kind] ?? 0) + 1;
  const answerable = questions.filter((question) => question.answerable).length;
  return { count: questions.length, answerable, clusters: resampling.clusters.count, byKind };
}
