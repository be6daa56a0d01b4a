// What a comparison yields: the table that reports draw and scripts read.
import type { ApproachTraits, MoneyReport } from "./money.ts";
import type { Retirement } from "./training.ts";

/** A mean with its 95% interval. `n` answers were scored; `missing` should have been and could not. */
export type ScoreSummary = {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly n: number;
  readonly missing: number;
};

export type CostSummary = {
  readonly perQuery: number | null;
  /** Preparing: embedding, training. Once, not per query. */
  readonly upfront: number | null;
  /** At the configured number of queries; null when none is configured or a price is unknown. */
  readonly monthly: number | null;
};

export type ScoredApproach = {
  readonly name: string;
  readonly status: "scored";
  /** Yardsticks are measured beside the approaches and never recommended. */
  readonly yardstick: boolean;
  /** Keyed by metric name; a metric that means nothing here has `n` 0. */
  readonly scores: Readonly<Record<string, ScoreSummary>>;
  readonly prepareMs: number;
  readonly latencyMs: { readonly p50: number; readonly p95: number };
  /** The same by stage. */
  readonly stageMs?: {
    readonly retrieve: { readonly p50: number; readonly p95: number };
    readonly generate: { readonly p50: number; readonly p95: number };
  };
  /** Mean of what the models counted per question; null where one of them reports no count. */
  readonly tokensPerQuery?: { readonly input: number; readonly output: number } | null;
  /** One at a time: 1,000 divided by the mean latency in ms. */
  readonly throughputQps: number;
  readonly costUsd: CostSummary;
  /** Why a cost is null. */
  readonly costReason?: string;
  readonly traits?: ApproachTraits;
  /** When the provider's model behind it retires; null where nobody has said, absent where no call leaves the machine. */
  readonly retires?: Retirement | null;
  /** What its parts are, e.g. "extractive, no language model". */
  readonly labels: readonly string[];
  readonly notes: readonly string[];
};

export type NotRunApproach = {
  readonly name: string;
  readonly status: "not-run";
  readonly yardstick: boolean;
  /** Why, and the next command. */
  readonly reason: string;
};

export type ComparedApproach = ScoredApproach | NotRunApproach;

/** How an approach took a change of documents after it was prepared: `changes/` in a user's project. */
export type StalenessRow = {
  readonly name: string;
  /** Right by the answers that held before, asked before the change. */
  readonly before: ScoreSummary;
  /** Right by the answers that hold now, asked after it. */
  readonly after: ScoreSummary;
  /** Share that still gives the old answer; lower is better. */
  readonly outdated: ScoreSummary;
  /** From the edited files to an answer: ingesting and preparing, in ms. Null where no edit reaches the approach. */
  readonly freshMs: number | null;
  readonly freshReason?: string;
};

/** What asking again showed, past every cache: `assay compare --repeats K`. Quality in [0, 1]. */
export type RepeatRow = {
  readonly name: string;
  /** Questions with a score in every repeat. */
  readonly n: number;
  readonly repeats: number;
  readonly mean: number;
  /** pass^k: share right in all repeats; share right at least once. */
  readonly alwaysRight: number;
  readonly onceRight: number;
  /** Standard deviations: of one question's scores, and between questions with that taken out. */
  readonly modelNoise: number;
  readonly questionNoise: number;
};

/** Risk by coverage, surest answers first. All shares in [0, 1]. */
export type RiskCoverageRow = {
  readonly name: string;
  /** Answers given with a confidence, and scored. */
  readonly n: number;
  /** If every answer at least this sure is given: their share of `n`, and 1 − their mean quality. */
  readonly points: readonly { readonly confidence: number; readonly coverage: number; readonly risk: number }[];
};

/** `difference` = mean(a) − mean(b) over the questions that both have a score for. */
export type ComparedPair = {
  readonly a: string;
  readonly b: string;
  readonly metric: string;
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly p: number;
  /** After Holm over all pairs of this metric. */
  readonly pAdjusted: number;
  /**
   * Where every score is 0 or 1: questions that only one got right, and McNemar's exact p; null where questions share
   * clusters, which that test does not know.
   */
  readonly discordant?: { readonly onlyA: number; readonly onlyB: number; readonly p: number | null } | undefined;
};

export type Recommendation = {
  /** Null when nothing can be recommended; `because` says why. */
  readonly approach: string | null;
  readonly because: readonly string[];
  readonly unless: readonly string[];
  /** Those that the test could not tell from the recommended one; empty where it is shown to be better than all that fit. */
  readonly notToldApart?: readonly string[];
};

/** The recommendation for one kind of question. */
export type KindAdvice = {
  readonly kind: string;
  readonly questions: number;
  readonly approach: string | null;
  readonly quality: ScoreSummary | null;
  /** As in `Recommendation`. */
  readonly notToldApart: readonly string[];
  readonly because: string;
};

/** What sending each kind of question to its own approach would gain, measured on questions that did not choose. */
export type RoutingFinding = {
  /** The best single approach. */
  readonly single: string;
  readonly byKind: Readonly<Record<string, string>>;
  /** Mean quality of the router minus that of the single best. */
  readonly gain: number;
  readonly low: number;
  readonly high: number;
  readonly p: number;
  readonly n: number;
};

/** The JSON that `assay compare --json` prints. `report` is the path of the HTML page. */
export type Comparison = {
  readonly approaches: readonly ComparedApproach[];
  readonly pairs: readonly ComparedPair[];
  readonly recommendation: Recommendation;
  /** Absent where the project has no changes to measure with. */
  readonly staleness?: readonly StalenessRow[];
  /** Absent unless asked for. */
  readonly repeats?: readonly RepeatRow[];
  readonly report: string;
};

/** One answer as a report shows it. */
export type ReportedAnswer = {
  readonly approach: string;
  readonly outcome: "answered" | "declined" | "failed";
  readonly text: string;
  /** Null where the headline could not be scored. */
  readonly quality: number | null;
  readonly citations: readonly { readonly source: string; readonly page?: number; readonly quote: string }[];
  readonly passages: readonly {
    readonly source: string;
    readonly page?: number;
    readonly text: string;
    readonly isGold: boolean;
  }[];
};

export type ReportedQuestion = {
  readonly id: string;
  readonly text: string;
  readonly kind?: string;
  readonly answerable: boolean;
  readonly references: readonly string[];
  readonly gold: readonly string[];
  readonly answers: readonly ReportedAnswer[];
};

/** Where approaches disagree; an answer counts as right from half of the points. */
export type Disagreements = {
  readonly pairs: readonly {
    readonly a: string;
    readonly b: string;
    readonly onlyA: number;
    readonly onlyB: number;
    readonly both: number;
    readonly neither: number;
  }[];
  /** Those that split the approaches most evenly. */
  readonly questions: readonly ReportedQuestion[];
};

/** One finding about a tuned model beyond its answers to the questions. */
export type TuningProbe = {
  readonly name: string;
  /** Null where it was not measured. */
  readonly value: number | null;
  /** How the value is to be read, "share" as points of 100. */
  readonly unit: "share" | "nats" | "bits";
  /** Measured on this many items. */
  readonly n: number;
  /** What it says, or why it was not measured. */
  readonly meaning: string;
};

/** How a tuned model came about and how it behaves where no question looks. */
export type TuningReport = {
  readonly id: string;
  /** The approaches that answer with it. */
  readonly approaches: readonly string[];
  /** E.g. "knows only your examples". */
  readonly label: string;
  readonly examples: number;
  readonly heldOut: number;
  /** Null where a provider does not tell, as steps and tokens are. */
  readonly parameters: number | null;
  readonly steps: number | null;
  readonly tokens: number | null;
  readonly ms: number;
  /** The kept weights are those of this step; null where nothing was held out. */
  readonly bestStep: number | null;
  /** Mean loss over answer tokens, in nats. */
  readonly trainingLoss: readonly { readonly step: number; readonly loss: number }[];
  readonly heldOutLoss: readonly { readonly step: number; readonly loss: number }[];
  readonly probes: readonly TuningProbe[];
};

/** Everything a report draws, as plain JSON: kept beside the HTML page as `report.json`. */
export type ComparisonReport = {
  readonly approaches: readonly ComparedApproach[];
  readonly pairs: readonly ComparedPair[];
  readonly recommendation: Recommendation;
  /** The project folder's name. */
  readonly project: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** What to type to make this report again. */
  readonly command: string;
  readonly corpus: { readonly documents: number; readonly chunks: number };
  readonly questions: {
    readonly count: number;
    readonly answerable: number;
    readonly clusters: number;
    readonly byKind: Readonly<Record<string, number>>;
  };
  readonly trainingExamples: number;
  /** The smallest true difference in the headline that this comparison could see; null where nothing can be said. */
  readonly detectableDifference: number | null;
  readonly metrics: readonly { readonly name: string; readonly label: string; readonly higherIsBetter: boolean }[];
  /** kind → approach → metric. */
  readonly byKind: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, ScoreSummary>>>>>>;
  readonly disagreements?: Disagreements;
  readonly adviceByKind?: readonly KindAdvice[];
  /** Null where there are not two kinds and two approaches. */
  readonly routing?: RoutingFinding | null;
  /** Where the recommended approach, or the best, did worst. */
  readonly worst: readonly ReportedQuestion[];
  /** Held-out questions that training examples resemble. */
  readonly leakage: readonly {
    readonly questionId: string;
    readonly trainingLine: number;
    readonly similarity: number;
  }[];
  /** Tuned models trained here; absent where there is none. */
  readonly tuning?: TuningReport;
  /** Costs, break-even and what changes cost; absent in reports of older versions. */
  readonly money?: MoneyReport;
  readonly staleness?: readonly StalenessRow[];
  /** Absent unless asked for. */
  readonly repeats?: readonly RepeatRow[];
  /** Of the approaches that say how sure they are; absent in reports of older versions. */
  readonly riskCoverage?: readonly RiskCoverageRow[];
  readonly assumptions: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
};
