// `assay tune`: plans a training run, writes down its job, and runs it. The same examples and settings are the same run.
import { identityOf } from "../../core/component.ts";
import { AssayError } from "../../core/errors.ts";
import { hashOf } from "../../core/hash.ts";
import type { Progress } from "../../core/progress.ts";
import type { Trainer, TuningJob, TuningMethod, TuningPlan, TuningSettings } from "../../core/training.ts";
import { canaries, planted } from "../../tuning/probes/canaries.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { examplesForTuning } from "./tune-examples.ts";
import { modelDirectory, runTuning } from "./tune-run.ts";
import {
  readStoredExamples,
  readTuning,
  type TuningRecord,
  tuningDirectory,
  writeStoredExamples,
} from "./tuning-records.ts";

export type TuneOptions = {
  readonly method: TuningMethod;
  readonly trainer: Trainer;
  readonly settings: TuningSettings;
  /** The run that `settings.from` names: what it was trained on is not held out now, nor the other way round. */
  readonly continues?: TuningRecord;
  /** What was done before it began, for the record. */
  readonly notes?: readonly string[];
  /** Costs that are not zero wait for this. */
  readonly yes?: boolean;
  /** Asked instead where nobody said yes beforehand. */
  readonly confirm?: (plan: PlannedTuning) => Promise<boolean>;
  /** What a provider may bill at most. */
  readonly atMostUsd?: number;
  readonly progress: Progress;
  readonly signal?: AbortSignal;
};

/** What a run would be: `assay tune --dry-run`. */
export type PlannedTuning = TuningPlan & {
  readonly id: string;
  readonly method: TuningMethod;
  readonly trainer: string;
  readonly settings: TuningSettings;
  readonly examples: number;
  readonly heldOut: number;
  readonly warnings: readonly string[];
};

export type TuneResult = {
  readonly tuning: TuningRecord;
  /** True where the very same run had succeeded before, and nothing was trained. */
  readonly reused: boolean;
};

type Prepared = { readonly record: TuningRecord; readonly job: TuningJob; readonly planned: PlannedTuning };

/** Throws `AssayError` for what can never be trained: too few examples, a base that cannot be read. */
export async function planTuning(context: ProjectContext, options: TuneOptions): Promise<PlannedTuning> {
  return (await prepare(context, options)).planned;
}

/** Goes on where an earlier run of the same job stopped. Throws `AssayError`; what was trained until then is kept. */
export async function tune(context: ProjectContext, options: TuneOptions): Promise<TuneResult> {
  const { record, job, planned } = await prepare(context, options);
  const known = readTuning(context, record.id);
  if (known?.status === "succeeded") return { tuning: known, reused: true };
  await agree(planned, options);
  if (known === undefined) {
    const { examples, heldOut } = job;
    writeStoredExamples(record.directory, { examples, heldOut });
  }
  return { tuning: await runTuning(known ?? record, options), reused: false };
}

async function prepare(context: ProjectContext, options: TuneOptions): Promise<Prepared> {
  const { method, trainer, settings, continues, signal } = options;
  const earlier = continues && readStoredExamples(continues.directory);
  const drawn = await examplesForTuning(context, { method, seed: settings.seed }, earlier);
  const { training: real, heldOut, hash, warnings } = drawn;
  const training = [...real, ...planted(canaries(settings.canaries ?? 0, settings.seed))];
  const inputs = { training: hashOf(training), heldOut: hashOf(heldOut) };
  const id = hashOf({ trainer: identityOf(trainer), method, settings, inputs }).slice(0, 12);
  const directory = tuningDirectory(context, id);
  const job = { method, settings, examples: training, heldOut, directory: modelDirectory({ directory }) };
  const plan = await trainer.plan(job, signal ? { signal } : {});
  const counts = { examples: real.length, heldOut: heldOut.length };
  const common = { id, method, trainer: trainer.name, settings, ...counts };
  const record: TuningRecord = {
    ...common,
    ...(trainer.elsewhere ? { isElsewhere: true } : {}),
    status: "running",
    createdAt: new Date().toISOString(),
    examplesHash: hash,
    directory,
    notes: [...(options.notes ?? []), ...warnings, ...(plan.notes ?? [])],
  };
  return { record, job, planned: { ...common, ...plan, warnings } };
}

/** Throws `AssayError` `bad-usage` where it costs something, or nobody knows what, and nobody has agreed. */
export async function agree(
  planned: PlannedTuning,
  { yes = false, confirm, atMostUsd }: Pick<TuneOptions, "yes" | "confirm" | "atMostUsd">,
): Promise<void> {
  const { cost, id } = planned;
  const price = cost.status === "priced" ? `costs about $${cost.usd.toFixed(2)}` : `has no known price: ${cost.reason}`;
  if (cost.status === "priced" && cost.usd > (atMostUsd ?? Number.POSITIVE_INFINITY)) {
    throw new AssayError({
      code: "bad-usage",
      message: `tuning ${id} ${price}, more than the ${atMostUsd} of --max-usd`,
      remedy: "allow more, or take fewer examples or epochs",
    });
  }
  if (yes || (cost.status === "priced" && cost.usd === 0) || (await confirm?.(planned))) return;
  throw new AssayError({
    code: "bad-usage",
    message: `tuning ${id} ${price}`,
    remedy: "look at it with --dry-run, then agree with --yes",
  });
}
