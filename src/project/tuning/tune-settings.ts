// From what a person gives to the settings of a run: what the configuration adds, and what a base's name means to each trainer.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { AssayError } from "../../core/errors.ts";
import type { Trainer, TuningSettings } from "../../core/training.ts";
import type { ProjectContext } from "../wiring/context.ts";

export type GivenSettings = Partial<TuningSettings>;

/** Who trains decides what a base is and how long a run lasts by default. */
export type Trains = Pick<Trainer, "name" | "bases">;

/** A base is adapted by LoRA, random weights are trained whole. Throws `AssayError` `bad-usage` where a base is needed and none named. */
export function settingsOf(context: ProjectContext, trainer: Trains, given: GivenSettings): TuningSettings {
  const base = given.from === undefined ? baseOf(context, trainer, given.base) : undefined;
  const start = given.from ?? base;
  const { base: _, ...rest } = given;
  return {
    weights: start === undefined ? "full" : "lora",
    ...(start === undefined ? { size: sizeOf(context) } : {}),
    ...(base === undefined ? {} : { base }),
    budget: trainer.bases === "folder" ? { minutes: 5 } : { epochs: 3 },
    seed: 1,
    ...rest,
  };
}

function sizeOf({ config: { tuning } }: ProjectContext): string {
  return tuning.embedded === false ? "1m" : tuning.embedded.size;
}

/** Undefined only where a model can start from random weights. */
function baseOf(context: ProjectContext, { name, bases }: Trains, given: string | undefined): string | undefined {
  const { tuning } = context.config;
  const own = isHosted(name, tuning.trainers) ? tuning.trainers[name].base : tuning.base;
  const named = given ?? own;
  if (named !== undefined) return bases === "name" ? named : folderOr(context, bases, named);
  if (bases === "folder") return undefined;
  const setting = isHosted(name, tuning.trainers) ? `tuning.trainers.${name}.base` : "tuning.base";
  throw new AssayError({
    code: "bad-usage",
    message: `the ${name} trainer needs a base model, and none is named`,
    remedy: `assay tune --trainer ${name} --base NAME, or set ${setting} in assay.config.ts`,
  });
}

function folderOr(context: ProjectContext, bases: Trainer["bases"], named: string): string {
  const folder = resolve(context.directory, named);
  return bases === "folder" || existsSync(folder) ? folder : named;
}

type Hosted = ProjectContext["config"]["tuning"]["trainers"];

const isHosted = (name: string, trainers: Hosted): name is keyof Hosted & string => Object.hasOwn(trainers, name);
