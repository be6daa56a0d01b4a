// Retrieved passages before a tuned generator: `rag` with another model. One tuned on passages among distractors makes it `raft`.
import type { Approach } from "../core/answers.ts";
import { type RagOptions, rag } from "./rag.ts";
import { type Training, withTraining } from "./trained-weights.ts";

export type HybridOptions = Omit<RagOptions, "name" | "yardstick"> & { readonly training: Training };

/** The generator was tuned on examples as they are; it may never have seen a passage. */
export function hybrid({ training, ...options }: HybridOptions): Approach {
  return withTraining({ ...rag({ ...options, name: "hybrid" }), behaviourFrom: "a fine-tuned generator" }, training);
}

/** The generator was tuned with retrieved passages and distractors, and learnt to quote. */
export function raft({ training, ...options }: HybridOptions): Approach {
  const behaviourFrom = "a generator tuned with passages and distractors";
  return withTraining({ ...rag({ ...options, name: "raft" }), behaviourFrom }, training);
}

/** The tuned generator writes the envelope and has never seen a passage; a reader fills its slot. `model` is `slotFilling(…)`. */
export function slotHybrid({ training, ...options }: HybridOptions): Approach {
  const behaviourFrom = "a fine-tuned envelope with a slot for quotes";
  return withTraining({ ...rag({ ...options, name: "hybrid" }), behaviourFrom }, training);
}
