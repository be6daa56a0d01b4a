// Answers to exact repeats, in memory. Keys name everything that an answer depends on, rights included; the oldest use goes first.
import type { ServedAnswer } from "./answer.ts";

export type AnswerCache = {
  get(key: string): ServedAnswer | undefined;
  set(key: string, answer: ServedAnswer): void;
};

/** `most` 0 keeps nothing. */
export function answerCache(most: number): AnswerCache {
  const kept = new Map<string, ServedAnswer>();
  return {
    get(key) {
      const found = kept.get(key);
      if (found === undefined) return undefined;
      kept.delete(key);
      kept.set(key, found);
      return found;
    },
    set(key, answer) {
      if (most === 0) return;
      kept.set(key, { ...answer, answer: { ...answer.answer, hits: [] } });
      const oldest = kept.keys().next().value;
      if (kept.size > most && oldest !== undefined) kept.delete(oldest);
    },
  };
}
