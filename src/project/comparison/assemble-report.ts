// Puts a comparison's findings together: rows, recommendation, and everything a report draws.
import { basename } from "node:path";
import type { Answer } from "../../core/answers.ts";
import type {
  ComparedApproach,
  ComparisonReport,
  NotRunApproach,
  RepeatRow,
  RiskCoverageRow,
  ScoredApproach,
  StalenessRow,
  TuningReport,
} from "../../core/comparison.ts";
import type { HeldOutQuestion, TrainingExample } from "../../core/questions.ts";
import type { Metric } from "../../core/scores.ts";
import { costSummary } from "../../economics/cost-summary.ts";
import type { ComparisonLedger } from "../../economics/ledger.ts";
import type { PriceBook } from "../../economics/price-book.ts";
import { corpusMeasures } from "../../evaluation/corpus-measures.ts";
import { latencySummary } from "../../evaluation/latency.ts";
import { findLeakage } from "../../evaluation/leakage.ts";
import { riskCoverageCurve } from "../../evaluation/risk-coverage.ts";
import { clustersOf } from "../../evaluation/statistics/clusters.ts";
import { adviceOf, countKinds } from "../decision/decide-comparison.ts";
import type { Knowledge } from "../knowledge/knowledge.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { moneyInputs } from "../wiring/prices.ts";
import type { PlannedApproach } from "../wiring/wire-approaches.ts";
import { assumptionsOf, environmentOf } from "./assumptions.ts";
import type { RanApproach } from "./compare-approach.ts";
import { type ComparisonStatistics, comparisonStatistics } from "./comparison-statistics.ts";
import { disagreementsOf } from "./disagreements.ts";
import { correctedRates } from "./judge-check.ts";
import { missingGoldWarning, questionsWithMissingGold } from "./missing-gold.ts";
import { retirementOf } from "./retirement-of.ts";
import { type Look, lookSentence, statisticsAtLook } from "./sequential-looks.ts";
import { statisticalCaveats } from "./statistical-caveats.ts";
import { worstQuestions } from "./worst-questions.ts";

export type Findings = {
  readonly context: ProjectContext;
  readonly knowledge: Knowledge;
  readonly questions: readonly HeldOutQuestion[];
  readonly training: readonly TrainingExample[];
  readonly prices: PriceBook;
  readonly metrics: readonly Metric[];
  /** Every approach in reporting order, run or not. */
  readonly plans: readonly PlannedApproach[];
  readonly ran: readonly RanApproach[];
  readonly staleness?: readonly StalenessRow[];
  readonly repeats?: readonly RepeatRow[];
  readonly tuning: TuningReport | undefined;
  /** Set where asking could stop early. */
  readonly look?: Look;
  readonly ledger: ComparisonLedger;
};

export async function assembleReport(findings: Findings): Promise<ComparisonReport> {
  const { context, questions, training, prices, plans, ran } = findings;
  const statistics = statisticsAtLook(
    await comparisonStatistics(context.stages, ran, questions, context.config.evaluation),
    findings.look,
  );
  const rows = new Map(ran.map((approach) => [approach.name, toRow(approach, statistics, findings)]));
  const approaches = plans.map((plan): ComparedApproach => rows.get(plan.name) ?? notRun(plan));
  const warnings = missingGoldWarning(questionsWithMissingGold(context.documents, questions));
  const advice = adviceOf({ ...findings, config: context.config, warnings }, approaches, statistics);
  const { chunks, documents } = await findings.knowledge.index.stats();
  return {
    approaches,
    pairs: statistics.pairs,
    ...advice,
    project: basename(context.directory),
    createdAt: new Date().toISOString(),
    command: `assay compare --project ${basename(context.directory)}`,
    corpus: { documents, chunks },
    questions: questionCounts(questions),
    trainingExamples: training.length,
    detectableDifference: statistics.detectableDifference,
    metrics: [...findings.metrics, ...corpusMeasures].map(({ name, version, label, higherIsBetter }) => ({
      name,
      label: `${label} (version ${version})`,
      higherIsBetter,
    })),
    byKind: statistics.byKind,
    ...disagreementsIn(ran),
    worst: worstQuestions(ran, advice.recommendation.approach),
    leakage: findLeakage(training, questions),
    ...(findings.staleness ? { staleness: findings.staleness } : {}),
    riskCoverage: riskCoverageOf(ran),
    ...(findings.repeats ? { repeats: findings.repeats } : {}),
    ...(findings.tuning ? { tuning: findings.tuning } : {}),
    assumptions: [
      ...assumptionsOf(context, ran, prices),
      ...correctedRates(context, faithfulnessRates(statistics)),
      ...(findings.look ? [lookSentence(findings.look)] : []),
      ...statisticalCaveats(ran, questions, context.config.evaluation),
    ],
    environment: environmentOf(context),
  };
}

function riskCoverageOf(ran: readonly RanApproach[]): readonly RiskCoverageRow[] {
  return ran.map(({ name, rows }) => ({ name, ...riskCoverageCurve(rows) })).filter(({ n }) => n > 0);
}

/** The judged rate that people quote. */
function faithfulnessRates({ scores }: ComparisonStatistics) {
  const metric = "faithfulness";
  return Object.entries(scores).flatMap(([approach, summaries]) => {
    const { mean: value, n } = summaries[metric] ?? { mean: 0, n: 0 };
    return n === 0 ? [] : [{ approach, metric, value, n }];
  });
}

function toRow(approach: RanApproach, statistics: ComparisonStatistics, findings: Findings): ScoredApproach {
  const answers = approach.rows.map(({ answer }) => answer);
  const booked = findings.ledger.approaches.find(({ approach: name }) => name === approach.name)!;
  return {
    name: approach.name,
    status: "scored",
    yardstick: approach.yardstick,
    scores: statistics.scores[approach.name] ?? {},
    prepareMs: approach.prepareMs,
    ...latencySummary(answers),
    ...costSummary(booked, moneyInputs(findings.context.config, findings.prices)),
    traits: booked.traits,
    ...(booked.traits.offline && !approach.provided
      ? {}
      : { retires: retirementOf(approach, findings.context.config) }),
    labels: approach.labels,
    notes: commonNotes(answers),
  };
}

function disagreementsIn(ran: readonly RanApproach[]): Pick<ComparisonReport, "disagreements"> {
  const disagreements = disagreementsOf(ran);
  return disagreements === undefined ? {} : { disagreements };
}

function notRun(plan: PlannedApproach): NotRunApproach {
  const reason = "reason" in plan ? plan.reason : "was not run";
  return { name: plan.name, status: "not-run", yardstick: plan.yardstick, reason };
}

/** Notes that at least half of the answers carry: they describe the approach, not a question. */
function commonNotes(answers: readonly Answer[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { notes } of answers) for (const note of notes) counts.set(note, (counts.get(note) ?? 0) + 1);
  return [...counts].filter(([, count]) => count * 2 >= answers.length).map(([note]) => note);
}

function questionCounts(questions: readonly HeldOutQuestion[]): ComparisonReport["questions"] {
  const byKind = countKinds(questions);
  const answerable = questions.filter((question) => question.answerable).length;
  return { count: questions.length, answerable, clusters: clustersOf(questions).count, byKind };
}
