// How varied examples are: repeated answers and repeated phrasing. Knows no label.
import { answerOf, type ExampleRow } from "./example-row.ts";
import { foldText } from "./fold.ts";

export type Diversity = {
  readonly distinctAnswers: number;
  /** Share of rows with the most frequent answer: what always giving that answer would score. */
  readonly mostFrequentShare: number;
  readonly mostFrequentAnswer: string;
  /** Rows whose answer another row gives as well. */
  readonly repeatedAnswers: number;
  /** Distinct words, and distinct pairs of neighbouring words, over all of them in the answers (Li et al., 2016). */
  readonly distinct1: number;
  readonly distinct2: number;
};

export function diversityOf(rows: readonly ExampleRow[]): Diversity {
  const answers = rows.map(answerOf);
  const counts = new Map<string, number>();
  for (const answer of answers) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  const [mostFrequentAnswer, most] = [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best), ["", 0]);
  return {
    distinctAnswers: counts.size,
    mostFrequentShare: share(most, rows.length),
    mostFrequentAnswer,
    repeatedAnswers: [...counts.values()].filter((count) => count > 1).reduce((sum, count) => sum + count, 0),
    ...distinctShares(answers),
  };
}

function distinctShares(answers: readonly string[]): Pick<Diversity, "distinct1" | "distinct2"> {
  const seen = [new Set<string>(), new Set<string>()] as const;
  const totals = [0, 0];
  for (const answer of answers) {
    const words = foldText(answer).split(" ").filter(Boolean);
    for (const [at, word] of words.entries()) {
      seen[0].add(word);
      totals[0]! += 1;
      if (at === 0) continue;
      seen[1].add(`${words[at - 1]} ${word}`);
      totals[1]! += 1;
    }
  }
  return { distinct1: share(seen[0].size, totals[0]!), distinct2: share(seen[1].size, totals[1]!) };
}

/** Four decimals; 0 of nothing. */
function share(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 10_000;
}
