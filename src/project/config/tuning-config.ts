// The `tuning` part of the configuration: what `compare` may train by itself, and tuned models that exist elsewhere.
import { z } from "zod";

const embedded = z.strictObject({
  /** Parameters of the model, trained from random weights. */
  size: z.enum(["1m", "6m", "30m"]).default("1m"),
  /** At most; held-out loss may end it sooner. */
  minutes: z.number().positive().max(1440).default(1),
  seed: z.int().min(0).default(1),
});

export const tuningSchema = z.strictObject({
  /** What `compare` trains where no tuned model of the present examples exists: it costs nothing. False: nothing. */
  embedded: z.union([z.literal(false), embedded]).prefault({}),
  /** A model directory to tune from, relative to the project: a base that reads makes `hybrid` and `raft` possible. */
  base: z.string().optional(),
  /** The tuned model of each method: `provider/model`, or `embedded/<id>` for a run of `assay tune`. Default: the latest. */
  models: z.strictObject({ sft: z.string().optional(), raft: z.string().optional() }).prefault({}),
});
