// The rank and text measures over plain run files, as other tools write and read them, so that each figure can be checked
// against an independent program. Knows no approach.
import { ndcgAt, recallAt, reciprocalRankAt } from "./metrics/ranking.ts";
import { squadExactMatch, squadF1 } from "./metrics/squad.ts";

/** Scored documents by query; order does not matter. */
export type RunFile = Readonly<Record<string, readonly { readonly id: string; readonly score: number }[]>>;

/** Grades by document by query; grades of 0 and below are not relevant. */
export type Qrels = Readonly<Record<string, Readonly<Record<string, number>>>>;

export type RankMeasures = { readonly ndcg: number; readonly recall: number; readonly reciprocalRank: number };

/** Best score first; equal scores by descending document id, as trec_eval breaks ties (whatever order the run had). */
export function rankedIds(entries: RunFile[string]): readonly string[] {
  return entries.toSorted((a, b) => b.score - a.score || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0)).map(({ id }) => id);
}

/**
 * nDCG@k, recall@k and reciprocal rank@k of every judged query that has a relevant document. A query without results
 * scores 0; queries that nobody judged are left out.
 */
export function measureRun(run: RunFile, qrels: Qrels, k: number): Readonly<Record<string, RankMeasures>> {
  const judged = Object.entries(qrels).map(([query, grades]) => [query, new Map(Object.entries(grades))] as const);
  const answerable = judged.filter(([, grades]) => [...grades.values()].some((grade) => grade > 0));
  return Object.fromEntries(answerable.map(([query, grades]) => [query, measureQuery(run[query] ?? [], grades, k)]));
}

function measureQuery(entries: RunFile[string], grades: ReadonlyMap<string, number>, k: number): RankMeasures {
  const gains = rankedIds(entries).map((id) => Math.max(0, grades.get(id) ?? 0));
  const relevant = [...grades.values()].filter((grade) => grade > 0);
  return {
    ndcg: ndcgAt(gains, relevant, k),
    recall: recallAt(gains, relevant.length, k),
    reciprocalRank: reciprocalRankAt(gains, k),
  };
}

/** Mean over queries; NaN without any. */
export function meanMeasures(measures: Readonly<Record<string, RankMeasures>>): RankMeasures {
  const all = Object.values(measures);
  const mean = (of: (one: RankMeasures) => number) => all.reduce((sum, one) => sum + of(one), 0) / all.length;
  return {
    ndcg: mean(({ ndcg }) => ndcg),
    recall: mean(({ recall }) => recall),
    reciprocalRank: mean(({ reciprocalRank }) => reciprocalRank),
  };
}

export type TextMeasures = { readonly exactMatch: number; readonly f1: number };

/** SQuAD 2.0 exact match and F1 by question; no reference means unanswerable, a missing prediction is the empty one. */
export function measureTexts(
  predictions: Readonly<Record<string, string>>,
  references: Readonly<Record<string, readonly string[]>>,
): Readonly<Record<string, TextMeasures>> {
  return Object.fromEntries(
    Object.entries(references).map(([id, golds]) => {
      const said = predictions[id] ?? "";
      return [id, { exactMatch: squadExactMatch(said, golds), f1: squadF1(said, golds) }];
    }),
  );
}
