// From trainer names to trainers: the one place that knows which there are.
import { AssayError } from "../../core/errors.ts";
import type { Trainer } from "../../core/training.ts";
import { embeddedTrainer } from "../../tuning/embedded-trainer.ts";
import { mlxTrainer } from "../../tuning/local/mlx-trainer.ts";
import { trlTrainer } from "../../tuning/local/trl-trainer.ts";
import type { ResolvedConfig } from "../config/config-schema.ts";
import { trainerAt } from "./hosted-trainers.ts";

/** Reads the configuration's `tuning.trainers` and `tuning.local` alone. */
type MakeTrainer = (config: ResolvedConfig) => Trainer;

const trainers: Readonly<Record<string, MakeTrainer>> = {
  embedded: () => embeddedTrainer(),
  trl: ({ tuning }) => trlTrainer(tuning.local),
  mlx: ({ tuning }) => mlxTrainer(tuning.local),
  together: (config) => trainerAt("together", config),
  fireworks: (config) => trainerAt("fireworks", config),
  openai: (config) => trainerAt("openai", config),
};

/** Throws `AssayError` `unknown-model`. */
export function findTrainer(config: ResolvedConfig, name: string): Trainer {
  const make = Object.hasOwn(trainers, name) ? trainers[name] : undefined;
  if (make) return make(config);
  throw new AssayError({
    code: "unknown-model",
    message: `unknown trainer "${name}"`,
    remedy: `choose one of ${Object.keys(trainers).join(", ")}`,
  });
}
