// Keeps as many passages as a prompt has room for. Knows nothing of how tokens are counted.
import type { Hit } from "../core/retrieval.ts";

export type TokenBudget = {
  /** For all passages together. */
  readonly maxTokens: number;
  /** Tokens of one passage as the prompt will hold it. */
  readonly countTokens: (text: string) => number;
};

/**
 * The hits that fit, in the order given (best first). One that is too long is passed over, so that a shorter one behind
 * it may still come in: empty only where no hit fits at all.
 */
export function withinTokenBudget(hits: readonly Hit[], { maxTokens, countTokens }: TokenBudget): readonly Hit[] {
  let left = maxTokens;
  return hits.filter(({ chunk }) => {
    const tokens = countTokens(chunk.text);
    if (tokens > left) return false;
    left -= tokens;
    return true;
  });
}
