// What needs no training of a language model: the majority answer, the nearest example's answer, and a linear classifier.
import { random, shuffled } from "../../src/neural/random.ts";
import type { Given, Pair } from "./behaviour-set.ts";
import { type SparseVector, textFeatures } from "./text-features.ts";

type Baseline = (training: readonly Pair[], questions: readonly string[]) => Given;

const givenBy = (pairs: readonly Pair[]): Given => ({
  texts: pairs.map(({ answer }) => answer),
  labels: pairs.map(({ label }) => label),
});

export const majority: Baseline = (training, questions) => {
  const counts = new Map<string, number>();
  for (const { answer } of training) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  const [common] = [...counts].reduce((best, one) => (one[1] > best[1] ? one : best));
  const pair = training.find(({ answer }) => answer === common)!;
  return givenBy(questions.map(() => pair));
};

/** Cosine of TF-IDF vectors over lower-case words. */
export const nearestExample: Baseline = (training, questions) => {
  const features = textFeatures(
    training.map(({ question }) => question),
    { pairs: false },
  );
  const postings = Array.from({ length: features.count }, () => [] as [number, number][]);
  training.forEach(({ question }, at) => {
    const { indices, values } = features.vector(question);
    indices.forEach((term, place) => {
      postings[term]!.push([at, values[place]!]);
    });
  });
  return givenBy(
    questions.map((question) => {
      const scores = new Float64Array(training.length);
      const { indices, values } = features.vector(question);
      indices.forEach((term, place) => {
        for (const [at, other] of postings[term]!) scores[at]! += values[place]! * other;
      });
      return training[scores.reduce((best, score, at) => (score > scores[best]! ? at : best), 0)]!;
    }),
  );
};

const passes = 30;
const rate = 0.5;
const seed = 1;

/** Multinomial logistic regression over words and pairs of words; each label answers as its first training example does. */
export const linearClassifier: Baseline = (training, questions) => {
  const features = textFeatures(
    training.map(({ question }) => question),
    { pairs: true },
  );
  const labels = [...new Set(training.map(({ label }) => label!))];
  const rows = training.map(({ question, label }) => ({ x: features.vector(question), label: labels.indexOf(label!) }));
  const weights = fitSoftmax(rows, { features: features.count, labels: labels.length });
  const chosen = questions.map((question) => {
    const scores = scoresOf(weights, labels.length, features.vector(question));
    return labels[scores.reduce((best, score, at) => (score > scores[best]! ? at : best), 0)]!;
  });
  const answerOf = new Map(training.toReversed().map(({ label, answer }) => [label!, answer]));
  const isWhole = new Set(training.map(({ answer }) => answer)).size === labels.length;
  return { labels: chosen, ...(isWhole && { texts: chosen.map((label) => answerOf.get(label)!) }) };
};

type Row = { readonly x: SparseVector; readonly label: number };

/** Stochastic gradient descent with a rate that falls to nothing: `[feature][label]`, the last row is the intercept. */
function fitSoftmax(
  rows: readonly Row[],
  { features, labels }: { readonly features: number; readonly labels: number },
): Float64Array {
  const weights = new Float64Array((features + 1) * labels);
  const chance = random(seed);
  for (let pass = 0; pass < passes; pass++) {
    const step = rate * (1 - pass / passes);
    for (const { x, label } of shuffled(rows, chance)) {
      const slopes = softmax(scoresOf(weights, labels, x));
      slopes[label]! -= 1;
      const add = (feature: number, value: number) => {
        for (let at = 0; at < labels; at++) weights[feature * labels + at]! -= step * value * slopes[at]!;
      };
      x.indices.forEach((feature, place) => {
        add(feature, x.values[place]!);
      });
      add(features, 0.1);
    }
  }
  return weights;
}

function scoresOf(weights: Float64Array, labels: number, { indices, values }: SparseVector): Float64Array {
  const last = weights.length - labels;
  const scores = weights.slice(last).map((weight) => 0.1 * weight);
  indices.forEach((feature, place) => {
    for (let at = 0; at < labels; at++) scores[at]! += values[place]! * weights[feature * labels + at]!;
  });
  return scores;
}

function softmax(scores: Float64Array): Float64Array {
  const top = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - top));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}
