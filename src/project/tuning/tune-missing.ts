// What `compare` trains by itself: a tuned model of the present examples, where there is none and it costs nothing.
import { AssayError } from "../../core/errors.ts";
import { hashOf } from "../../core/hash.ts";
import type { Progress } from "../../core/progress.ts";
import type { TrainingExample } from "../../core/questions.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { findTrainer } from "../wiring/wire-trainers.ts";
import { tune } from "./tune.ts";
import { settingsOf } from "./tune-settings.ts";
import { isTunedOn, openTunedModels, type TunedModels, whyNoneYet } from "./tuned-models.ts";

export type TuneMissingOptions = {
  readonly training: readonly TrainingExample[];
  /** Approaches that are compared. */
  readonly wanted: readonly string[];
  readonly progress: Progress;
  readonly signal?: AbortSignal;
};

/** Opens the tuned models, after training what was missing. A training that fails leaves its approaches not run. */
export async function tunedModels(context: ProjectContext, options: TuneMissingOptions): Promise<TunedModels> {
  // Without a base the model would read nothing, and `hybrid` could not use it.
  const usedBy = context.config.tuning.base === undefined ? ["fine-tuned"] : ["fine-tuned", "hybrid"];
  const isWanted = usedBy.some((name) => options.wanted.includes(name));
  return openTunedModels(context, isWanted ? await tuneMissing(context, options) : undefined);
}

/** Why there is no tuned model of these examples, where that is so. Only a cancelled call throws. */
async function tuneMissing(
  context: ProjectContext,
  { training, progress, signal }: TuneMissingOptions,
): Promise<string | undefined> {
  const { models, embedded } = context.config.tuning;
  if (models.sft !== undefined || isTunedOn(context, "sft", hashOf(training))) return undefined;
  if (embedded === false) return whyNoneYet(context);
  const trainer = findTrainer(context.config, "embedded");
  const settings = settingsOf(context, trainer, { budget: { minutes: embedded.minutes }, seed: embedded.seed });
  try {
    const { tuning } = await tune(context, {
      method: "sft",
      trainer,
      settings,
      progress,
      ...(signal ? { signal } : {}),
    });
    if (tuning.status === "succeeded") return undefined;
    return `training ${tuning.id} has ${tuning.status}: ${tuning.error?.message ?? `assay tune resume ${tuning.id}`}`;
  } catch (error) {
    if (!AssayError.isInstance(error) || error.code === "cancelled") throw error;
    return [error.message, error.remedy].filter(Boolean).join(": ");
  }
}
