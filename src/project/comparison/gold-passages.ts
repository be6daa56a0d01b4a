// The passages that hold the gold evidence of each question: what the oracle yardstick is given, and nobody else.
import type { HeldOutQuestion } from "../../core/questions.ts";
import type { ChunkIndex, Hit } from "../../core/retrieval.ts";
import { liesIn } from "../../evaluation/metrics/gold-matching.ts";

/** A gold document that names no page or span gives this many of its first chunks at most: the oracle reads, it does not search. */
const mostPassages = 20;

/** By question id, in document order. Undefined where no question names any relevant document. */
export async function goldPassages(
  index: ChunkIndex,
  questions: readonly HeldOutQuestion[],
): Promise<ReadonlyMap<string, readonly Hit[]> | undefined> {
  const asking = questions.filter((question) => question.relevant.length > 0);
  if (asking.length === 0) return undefined;
  const gold = new Map<string, Hit[]>(asking.map((question) => [question.id, []]));
  for await (const chunks of index.scan()) {
    for (const chunk of chunks) {
      for (const question of asking) {
        const passages = gold.get(question.id) as Hit[];
        if (passages.length >= mostPassages || !question.relevant.some((item) => liesIn(chunk, item))) continue;
        passages.push({ chunk, score: 1, legs: { gold: { rank: passages.length + 1, score: 1 } } });
      }
    }
  }
  return gold;
}
