// From trainer names to trainers: the one place that knows which there are.
import { AssayError } from "../../core/errors.ts";
import type { Trainer } from "../../core/training.ts";
import { embeddedTrainer } from "../../tuning/embedded-trainer.ts";

const trainers: Readonly<Record<string, () => Trainer>> = { embedded: () => embeddedTrainer() };

/** Throws `AssayError` `unknown-model`. */
export function findTrainer(name: string): Trainer {
  const make = trainers[name];
  if (make) return make();
  throw new AssayError({
    code: "unknown-model",
    message: `unknown trainer "${name}"`,
    remedy: `choose one of ${Object.keys(trainers).join(", ")}`,
  });
}
