// Where answers are kept between runs, so that a killed comparison goes on where it stopped.
import type { Answer } from "../core/answers.ts";

/** `set` returns once the answer would survive a kill. */
export type AnswerStore = {
  get(key: string): Promise<Answer | undefined>;
  set(key: string, answer: Answer): Promise<void>;
};

/**
 * True where asking again could not change the answer without a change of config: answered, declined, or refused by the
 * model. Every other failure (rate limit, time-out, missing key) is asked again by the next run.
 */
export function isFinal(answer: Answer): boolean {
  return answer.outcome !== "failed" || answer.error?.code === "model-refused";
}
