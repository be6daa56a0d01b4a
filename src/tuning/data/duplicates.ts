// Examples that say the same twice, and examples that contradict each other. Knows no held-out question.
import { answerOf, type ExampleRow, questionOf } from "./example-row.ts";
import { foldText } from "./fold.ts";
import { similarPairs } from "./near-duplicates.ts";

export type DuplicateReport = {
  /** Rows whose question and answer stand, folded alike, in an earlier row. */
  readonly exact: readonly DuplicatePair[];
  /** Rows nearly the same as an earlier one, with the same answer or nearly so. */
  readonly near: readonly DuplicatePair[];
  /** Questions that fold alike with answers that do not: the model can learn one at most. */
  readonly contradictions: readonly DuplicatePair[];
};

/** By line; `first` stands earlier in the file. */
export type DuplicatePair = { readonly first: number; readonly second: number; readonly similarity: number };

/** Each later row is counted once, with the earlier row most like it. `threshold`: Jaccard of 5-grams, default 0.8. */
export function findDuplicates(rows: readonly ExampleRow[], threshold = 0.8): DuplicateReport {
  const whole = rows.map((row) => `${questionOf(row)}\n${answerOf(row)}`);
  const best = new Map<number, DuplicatePair>();
  for (const { first, second, similarity } of similarPairs(whole, threshold)) {
    if (similarity > (best.get(second)?.similarity ?? 0)) {
      best.set(second, { first: rows[first]!.line, second: rows[second]!.line, similarity });
    }
  }
  const pairs = [...best.values()];
  return {
    exact: pairs.filter(({ similarity }) => similarity === 1),
    near: pairs.filter(({ similarity }) => similarity < 1),
    contradictions: contradictionsIn(rows),
  };
}

function contradictionsIn(rows: readonly ExampleRow[]): readonly DuplicatePair[] {
  const earlier = new Map<string, { line: number; answer: string }>();
  return rows.flatMap((row) => {
    const system = row.messages.filter(({ role }) => role === "system").map(({ content }) => content);
    const question = foldText([...system, questionOf(row)].join("\n"));
    const answer = foldText(answerOf(row));
    const known = earlier.get(question);
    if (known === undefined) earlier.set(question, { line: row.line, answer });
    return known && known.answer !== answer ? [{ first: known.line, second: row.line, similarity: 1 }] : [];
  });
}
