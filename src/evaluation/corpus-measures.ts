// Measures that only a whole set of answers has: micro and macro F1, and how well confidence ranks risk. Knows no approach.
import type { ScoreSummary } from "../core/comparison.ts";
import { isEqual, type Slot, slotsOf } from "./metrics/slots.ts";
import type { Resampling } from "./resampling.ts";
import { levelsOfConfidence } from "./risk-coverage.ts";
import type { ScoredAnswer } from "./score-answers.ts";

/** How often each row counts. */
type Weights = (row: number) => number;

export type CorpusMeasure = {
  readonly name: string;
  /** Changes whenever the same answers would measure differently. */
  readonly version: string;
  readonly label: string;
  readonly higherIsBetter: boolean;
  /** Reads the rows once; the function gives the measure under any weights, null where it is not defined. */
  readonly over: (rows: readonly ScoredAnswer[]) => {
    /** Rows that take part. */
    readonly n: number;
    readonly measure: (weights: Weights) => number | null;
  };
};

/** More add little to a percentile and these measures cost more per resample than a mean. */
const mostResamples = 1000;

/**
 * The measure with its 95% clustered percentile interval, from the first 1,000 resamples. With n = 0 all NaN. `missing` is
 * 0: an answer that could not be scored takes no part, and the metrics of single answers count it.
 */
export function summariseCorpus(
  measure: CorpusMeasure,
  rows: readonly ScoredAnswer[],
  resampling: Resampling,
): ScoreSummary {
  const { n, measure: measured } = measure.over(rows);
  const value = n === 0 ? null : measured(() => 1);
  if (value === null) return { mean: Number.NaN, low: Number.NaN, high: Number.NaN, n: 0, missing: 0 };
  const { clusters, bootstrap } = resampling;
  const { multiplicities, clusterCount, resamples } = bootstrap;
  const values: number[] = [];
  for (let resample = 0; resample < Math.min(resamples, mostResamples); resample += 1) {
    const offset = resample * clusterCount;
    const one = measured((row) => multiplicities[offset + clusters.indexOf[row]!]!);
    if (one !== null) values.push(one);
  }
  values.sort((a, b) => a - b);
  const at = (share: number) => values[Math.round(share * (values.length - 1))] ?? value;
  return { mean: value, low: Math.min(value, at(0.025)), high: Math.max(value, at(0.975)), n, missing: 0 };
}

type SlotRow = { readonly row: number; readonly slots: readonly Slot[] };

function slotRows(rows: readonly ScoredAnswer[]): readonly SlotRow[] {
  return rows.flatMap(({ question, answer }, row) => {
    const slots = slotsOf(question, answer);
    return slots === undefined ? [] : [{ row, slots }];
  });
}

/** `slot-f1` v1: 2·TP / (fields said + fields of the references), counted over all answers at once (micro). */
const slotF1: CorpusMeasure = {
  name: "slot-f1",
  version: "1",
  label: "structured answers: F1 over all fields of all answers at once (micro)",
  higherIsBetter: true,
  over: (rows) => {
    const counted = slotRows(rows).map(({ row, slots }) => ({
      row,
      right: slots.filter(isEqual).length,
      all:
        slots.filter(({ said }) => said !== undefined).length + slots.filter(({ gold }) => gold !== undefined).length,
    }));
    const measure = (weights: Weights) => {
      const sum = (of: (one: (typeof counted)[number]) => number) =>
        counted.reduce((total, one) => total + weights(one.row) * of(one), 0);
      const all = sum((one) => one.all);
      return all === 0 ? null : (2 * sum(({ right }) => right)) / all;
    };
    return { n: counted.length, measure };
  },
};

type LabelCounts = { right: number; said: number; gold: number };

/**
 * `label-macro-f1` v1: F1 of each label of each field with a fixed list of values, averaged over the labels that answers or
 * references name, then over fields. Source: scikit-learn `f1_score(average="macro")`, labels seen on either side.
 */
const labelMacroF1: CorpusMeasure = {
  name: "label-macro-f1",
  version: "1",
  label: "fields with a fixed list of values: F1 per label, averaged over labels, then over fields",
  higherIsBetter: true,
  over: (rows) => {
    const labelled = slotRows(rows)
      .map(({ row, slots }) => ({ row, slots: slots.filter(({ isLabel }) => isLabel) }))
      .filter(({ slots }) => slots.length > 0);
    return { n: labelled.length, measure: (weights) => macroF1(labelled, weights) };
  },
};

function macroF1(labelled: readonly SlotRow[], weights: Weights): number | null {
  const fields = new Map<string, Map<string, LabelCounts>>();
  for (const { row, slots } of labelled) {
    const weight = weights(row);
    if (weight === 0) continue;
    for (const slot of slots) countLabel(fields, slot, weight);
  }
  const means = [...fields.values()].map((labels) => mean([...labels.values()].map(f1Of)));
  return means.length === 0 ? null : mean(means);
}

function countLabel(fields: Map<string, Map<string, LabelCounts>>, { path, said, gold }: Slot, weight: number): void {
  const labels = fields.get(path) ?? new Map<string, LabelCounts>();
  fields.set(path, labels);
  const countsOf = (label: string): LabelCounts => {
    const counts = labels.get(label) ?? { right: 0, said: 0, gold: 0 };
    labels.set(label, counts);
    return counts;
  };
  if (said !== undefined) countsOf(said).said += weight;
  if (gold !== undefined) countsOf(gold).gold += weight;
  if (gold !== undefined && said === gold) countsOf(gold).right += weight;
}

const f1Of = ({ right, said, gold }: LabelCounts): number => (2 * right) / (said + gold);

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * `risk-coverage-area` v1: answers with a confidence, surest first; risk = 1 − mean quality of those given so far; the area
 * is the mean risk over all coverages (AURC; Geifman et al., 2019). Equal confidences share their mean risk, so that the
 * order of questions changes nothing. Declined answers take no part: how often they are right is `correct-decline`.
 */
const riskCoverageArea: CorpusMeasure = {
  name: "risk-coverage-area",
  version: "1",
  label: "mean share wrong while answering the surest first (area under risk against coverage); lower is better",
  higherIsBetter: false,
  over: (rows) => {
    const levels = levelsOfConfidence(rows);
    return { n: levels.flat().length, measure: (weights) => areaUnder(levels, weights) };
  },
};

function areaUnder(levels: readonly (readonly { row: number; risk: number }[])[], weights: Weights): number | null {
  let [covered, wrong, area] = [0, 0, 0];
  for (const level of levels) {
    let [count, risk] = [0, 0];
    for (const one of level) {
      const weight = weights(one.row);
      count += weight;
      risk += weight * one.risk;
    }
    for (let step = 1; step <= count; step += 1) area += (wrong + (step * risk) / count) / (covered + step);
    covered += count;
    wrong += risk;
  }
  return covered === 0 ? null : area / covered;
}

/** In the order in which a report shows them, after the metrics of single answers. */
export const corpusMeasures: readonly CorpusMeasure[] = [slotF1, labelMacroF1, riskCoverageArea];
