// Fits how sure the extractive reader is and when it declines, and tabulates whether its confidence can be believed.
import {
  type ConfidenceWeights,
  confidenceFeatures,
  featuresOfAnswer,
  probabilityOf,
} from "../../src/models/embedded/answer-confidence.ts";
import { fitLogistic } from "../../src/models/embedded/logistic-regression.ts";
import { isRightAt, type ReadQuestion } from "./reader-training.ts";

/** Questions on missing documents, per question whose documents are there, that the weights expect in use. */
const missingShare = 0.25;

/** The probability that the first sentence is right; missing documents count as wrong. */
export function fitConfidence(read: readonly ReadQuestion[]): ConfidenceWeights {
  return fitProbability(read, (reading) => isRightAt(reading, 0));
}

/** The probability that the documents which answer are not there. */
export function fitMissing(read: readonly ReadQuestion[]): ConfidenceWeights {
  return fitProbability(read, ({ isMissing }) => isMissing);
}

function fitProbability(read: readonly ReadQuestion[], label: (reading: ReadQuestion) => boolean): ConfidenceWeights {
  const present = read.filter(({ isMissing }) => !isMissing).length;
  const missingWeight = (missingShare * present) / Math.max(1, read.length - present);
  const rows = read.map((reading) => ({
    features: featuresOfAnswer(reading.ranking),
    label: label(reading) ? 1 : 0,
    weight: reading.isMissing ? missingWeight : 1,
  }));
  const vector = fitLogistic(rows, { ridge: 5, intercept: true });
  const names = [...confidenceFeatures, "intercept" as const];
  return Object.fromEntries(names.map((name, at) => [name, Number((vector[at] ?? 0).toFixed(4))])) as ConfidenceWeights;
}

export type Judged = { readonly probability: number; readonly isTrue: boolean };

export function judge(
  read: readonly ReadQuestion[],
  weights: ConfidenceWeights,
  isTrue: (reading: ReadQuestion) => boolean,
): readonly Judged[] {
  return read.map((reading) => ({
    probability: probabilityOf(featuresOfAnswer(reading.ranking), weights),
    isTrue: isTrue(reading),
  }));
}

/** Share of pairs of a true and a false case in which the true one has the higher probability; ties count half. */
export function areaUnderCurve(judged: readonly Judged[]): number {
  const sorted = [...judged].sort((a, b) => a.probability - b.probability);
  let rankSum = 0;
  for (let from = 0; from < sorted.length; ) {
    let to = from;
    while (to < sorted.length && sorted[to]?.probability === sorted[from]?.probability) to++;
    for (let at = from; at < to; at++) if (sorted[at]?.isTrue) rankSum += (from + to + 1) / 2;
    from = to;
  }
  const positives = sorted.filter(({ isTrue }) => isTrue).length;
  const negatives = sorted.length - positives;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/** Tenths of confidence with the share that was right: the two should agree. */
export function reliabilityTable(judged: readonly Judged[]): string {
  const lines = Array.from({ length: 10 }, (_, tenth) => {
    const inside = judged.filter(({ probability }) => Math.min(9, Math.floor(probability * 10)) === tenth);
    if (inside.length === 0) return "";
    const expected = inside.reduce((sum, { probability }) => sum + probability, 0) / inside.length;
    const found = inside.filter(({ isTrue }) => isTrue).length / inside.length;
    return `    said ${expected.toFixed(2)}   was ${found.toFixed(2)}   n ${inside.length}`;
  });
  return lines.filter((line) => line !== "").join("\n");
}

/** Share right among the most confident 20, 40, 60, 80 and 100%. */
export function riskCoverage(judged: readonly Judged[]): string {
  const sorted = [...judged].sort((a, b) => b.probability - a.probability);
  return [0.2, 0.4, 0.6, 0.8, 1]
    .map((coverage) => {
      const kept = sorted.slice(0, Math.round(sorted.length * coverage));
      return `${100 * coverage}%: ${((100 * kept.filter(({ isTrue }) => isTrue).length) / kept.length).toFixed(1)}`;
    })
    .join("   ");
}
