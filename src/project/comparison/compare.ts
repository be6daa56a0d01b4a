// `assay compare`: every approach on the same held-out questions, scored, tested against each other, and one recommended.
import type { Comparison, RepeatRow } from "../../core/comparison.ts";
import { AssayError } from "../../core/errors.ts";
import type { Progress } from "../../core/progress.ts";
import type { HeldOutQuestion } from "../../core/questions.ts";
import type { Metric } from "../../core/scores.ts";
import { corpusMeasures } from "../../evaluation/corpus-measures.ts";
import { quality } from "../../evaluation/metrics/quality.ts";
import { readHeldOutQuestions, readTrainingExamples } from "../data/data-files.ts";
import { ingest } from "../knowledge/ingest.ts";
import { openKnowledge } from "../knowledge/knowledge.ts";
import { writeLastComparison } from "../state/last-comparison.ts";
import { writeRecommended } from "../state/recommended.ts";
import { tunedModels } from "../tuning/tune-missing.ts";
import { tuningReport } from "../tuning/tuning-probes.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { priceBookOf } from "../wiring/prices.ts";
import { type ApproachParts, approachNames, type PlannedApproach, planApproach } from "../wiring/wire-approaches.ts";
import { assembleReport } from "./assemble-report.ts";
import { type RanApproach, runApproach } from "./compare-approach.ts";
import { type Gate, refuseUnknownMetrics } from "./compare-gates.ts";
import { ledgerOf } from "./cost-ledger.ts";
import { goldPassages } from "./gold-passages.ts";
import { metricsOf } from "./judge.ts";
import { measureRepeats, type RepeatsInput } from "./repeats.ts";
import { type Look, lookUntilDecided } from "./sequential-looks.ts";
import { measureStaleness } from "./staleness.ts";
import { writeReport } from "./write-report.ts";

export type CompareOptions = {
  /** Default: all. Yardsticks are always among them. */
  readonly approaches?: readonly string[];
  /** Asks every question this many times more, past every cache, to measure the model's own noise. */
  readonly repeats?: number;
  /** Asks in this many portions and stops as soon as the best approach is decided. */
  readonly looks?: number;
  /** Thresholds that the caller will hold the outcome against. */
  readonly gates?: readonly Gate[];
  readonly progress: Progress;
  readonly signal?: AbortSignal;
};

/** Brings the index up to date first. A killed comparison goes on where it stopped, and repeats no paid call. */
export async function compare(context: ProjectContext, options: CompareOptions): Promise<Comparison> {
  const wanted = approachesWanted(options.approaches);
  const allQuestions = await readHeldOutQuestions(context);
  const training = await readTrainingExamples(context);
  await ingest(context, { progress: options.progress });
  const knowledge = await openKnowledge(context, { inMemory: true });
  try {
    const prices = await priceBookOf(context.config);
    const metrics = gatedBy(options.gates ?? [], await metricsOf(context, knowledge, prices));
    const tuned = await tunedModels(context, { ...options, training, wanted });
    const planned = await planAll({ context, knowledge, tuned }, allQuestions, wanted);
    const ask = (asked: readonly HeldOutQuestion[], by: readonly Metric[]) =>
      runAll(planned, (plan) =>
        runApproach({ context, knowledge, plan, questions: asked, training, metrics: by, ...options }),
      );
    const look = await lookOf(context, options, allQuestions, async (asked) => (await ask(asked, [quality()])).ran);
    const questions = look?.questions ?? allQuestions;
    const { plans, ran } = await ask(questions, metrics);
    const staleness = await measureStaleness({ context, knowledge, plans, training, ...options });
    const repeats = await repeatsOf(options, { parts: { context, knowledge, tuned }, plans, questions, training });
    const asked = { ...(staleness ? { staleness } : {}), ...(repeats ? { repeats } : {}) };
    const ledger = await ledgerOf({ context, knowledge, ran, examples: training.length });
    const report = await assembleReport({
      context,
      knowledge,
      questions,
      training,
      prices,
      metrics,
      plans,
      ran,
      ledger,
      ...(look ? { look } : {}),
      ...asked,
      tuning: await tuningReport(context, { tuned, ran, progress: options.progress }),
    });
    const path = await writeReport(context, report, ledger);
    writeLastComparison(context, path);
    if (report.recommendation.approach) writeRecommended(context.database, report.recommendation.approach);
    const { approaches, pairs, recommendation } = report;
    return { approaches, pairs, recommendation, ...asked, report: path };
  } finally {
    await knowledge.close();
  }
}

function gatedBy(gates: readonly Gate[], metrics: readonly Metric[]): readonly Metric[] {
  refuseUnknownMetrics(gates, [...metrics, ...corpusMeasures]);
  return metrics;
}

async function lookOf(
  { config }: ProjectContext,
  { looks }: CompareOptions,
  questions: readonly HeldOutQuestion[],
  run: (asked: readonly HeldOutQuestion[]) => Promise<readonly RanApproach[]>,
): Promise<Look | undefined> {
  return looks === undefined ? undefined : lookUntilDecided(questions, looks, config.evaluation, run);
}

async function repeatsOf(
  { repeats, progress }: CompareOptions,
  input: Omit<RepeatsInput, "repeats" | "progress">,
): Promise<readonly RepeatRow[] | undefined> {
  return repeats === undefined ? undefined : measureRepeats({ ...input, repeats, progress });
}

type RunnablePlan = Extract<PlannedApproach, { approach: unknown }>;

/** An approach whose every answer failed (a server that is down) was not measured: it becomes one that was not run. */
async function runAll(
  planned: readonly PlannedApproach[],
  run: (plan: RunnablePlan) => Promise<RanApproach>,
): Promise<{ readonly plans: readonly PlannedApproach[]; readonly ran: readonly RanApproach[] }> {
  const plans: PlannedApproach[] = [];
  const ran: RanApproach[] = [];
  for (const plan of planned) {
    const outcome = "approach" in plan ? await run(plan) : undefined;
    const failure = outcome && failureOfAll(outcome);
    if (outcome && failure === undefined) ran.push(outcome);
    const { name, yardstick } = plan;
    plans.push(failure === undefined ? plan : { name, yardstick, reason: `every answer failed: ${failure}` });
  }
  return { plans, ran };
}

/** The first error, where no answer came about. */
function failureOfAll({ rows }: RanApproach): string | undefined {
  if (rows.some(({ answer }) => answer.outcome !== "failed")) return undefined;
  return rows[0]?.answer.error?.message;
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

async function planAll(
  { context, knowledge, tuned }: Omit<ApproachParts, "generator" | "gold">,
  questions: readonly HeldOutQuestion[],
  wanted: readonly string[],
): Promise<readonly PlannedApproach[]> {
  const generator = await context.models.generator(knowledge.parts);
  const gold = await goldPassages(knowledge.index, questions);
  const parts = { context, knowledge, generator, tuned, ...(gold ? { gold } : {}) };
  const plans = approachNames.map((name) => planApproach(name, parts)).filter((plan) => plan !== undefined);
  return plans.filter((plan) => plan.yardstick || wanted.includes(plan.name));
}
