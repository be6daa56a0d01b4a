// Which questions hang together, and per-cluster sums of their scores: what every interval and test here works on.
import type { HeldOutQuestion } from "../../core/questions.ts";

/** Questions of one cluster are resampled together. `indexOf[i]` is the cluster of question i, from 0. */
export type Clusters = { readonly count: number; readonly indexOf: Int32Array };

/** By `group`, else by the first relevant document, else each question alone. */
export function clustersOf(questions: readonly HeldOutQuestion[]): Clusters {
  const numbers = new Map<string, number>();
  const indexOf = Int32Array.from(questions, (question) => {
    const name = clusterName(question);
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    return number;
  });
  return { count: numbers.size, indexOf };
}

function clusterName(question: HeldOutQuestion): string {
  if (question.group !== undefined) return `group ${question.group}`;
  const [first] = question.relevant;
  const document = first?.documentId ?? first?.source;
  return document === undefined ? `question ${question.id}` : `document ${document}`;
}

/** Scores summed by cluster. `n` values went in; `filled` clusters hold at least one. */
export type ClusteredScores = {
  readonly sums: Float64Array;
  readonly counts: Float64Array;
  readonly mean: number;
  readonly n: number;
  readonly filled: number;
};

/** `values[i]` is the score of question i; null where it has none. The mean of nothing is NaN. */
export function clusterScores(values: readonly (number | null)[], clusters: Clusters): ClusteredScores {
  const sums = new Float64Array(clusters.count);
  const counts = new Float64Array(clusters.count);
  let total = 0;
  let n = 0;
  for (const [index, value] of values.entries()) {
    if (value === null) continue;
    const cluster = clusters.indexOf[index]!;
    sums[cluster] = sums[cluster]! + value;
    counts[cluster] = counts[cluster]! + 1;
    total += value;
    n += 1;
  }
  return {
    sums,
    counts,
    mean: n === 0 ? Number.NaN : total / n,
    n,
    filled: counts.filter((count) => count > 0).length,
  };
}
