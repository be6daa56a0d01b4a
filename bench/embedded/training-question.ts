// One question of the corpora that the embedded models are trained on.
import type { TextSpan } from "../../src/text/sentences.ts";

export type TrainingQuestion = {
  readonly text: string;
  /** Ids of the chunks that answer. */
  readonly relevant: readonly string[];
  /** Stretches of those chunks that hold the answer, where known. */
  readonly spans: ReadonlyMap<string, readonly TextSpan[]>;
};
