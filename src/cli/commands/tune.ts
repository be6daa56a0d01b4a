// assay tune, and what looks after training runs: status | list | cancel | resume | export
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Progress } from "../../core/progress.ts";
import { type TunedWeights, type TuningMethod, tunedWeights, tuningMethods } from "../../core/training.ts";
import type { PlannedTuning } from "../../project/tuning/tune.ts";
import type { FindTrainer } from "../../project/tuning/tune-jobs.ts";
import type { TuneRequest } from "../../project/tuning/tune-request.ts";
import type { TuningRecord } from "../../project/tuning/tuning-records.ts";
import type { ProjectContext } from "../../project/wiring/context.ts";
import {
  type CommonOptions,
  printJson,
  type Register,
  type SetExitCode,
  withCommonOptions,
  withProject,
} from "../common-options.ts";
import { positiveInteger } from "../numbers.ts";
import { tuneEvery } from "./tune-every.ts";
import { registerTuneExport } from "./tune-export.ts";

type TuneOptions = CommonOptions & {
  readonly method: TuningMethod;
  readonly trainer: string;
  readonly size?: string;
  readonly base?: string;
  readonly from?: string;
  readonly weights?: TunedWeights;
  readonly minutes?: number;
  readonly steps?: number;
  readonly epochs?: number;
  readonly learningRate?: number;
  readonly rank?: number;
  readonly beta?: number;
  readonly force?: boolean;
  readonly seed?: number;
  readonly canaries?: number;
  readonly ifNew?: number;
  /** Hours. */
  readonly every?: number;
  readonly learningCurve?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly maxUsd?: number;
};

export const registerTune: Register = (program: Command, setExitCode: SetExitCode) => {
  // Options before a subcommand's name are tune's own, those after it the subcommand's.
  const tune = program.command("tune").enablePositionalOptions().description("train a model on the examples");
  withSettings(tune);
  withCommonOptions(tune).action(async (options: TuneOptions) => {
    if (options.dryRun) await planned(options);
    else if (options.learningCurve) await curved(options);
    else if (options.every !== undefined) await tuneEvery(options, requestOf);
    else await trained(options, setExitCode);
  });
  registerLook(tune, "status", "how a training run stands; default: the newest", async (context, id) => {
    const { tuningStatus } = await import("../../project/tuning/tune-jobs.ts");
    return { tuning: await tuningStatus(context, id, await trainersOf(context)) };
  });
  registerLook(tune, "cancel", "stop a training run; one on this machine can be resumed", async (context, id) => {
    const { cancelTuning } = await import("../../project/tuning/tune-jobs.ts");
    return { tuning: await cancelTuning(context, id, await trainersOf(context)) };
  });
  registerList(tune);
  registerResume(tune, setExitCode);
  registerTuneExport(tune);
};

function withSettings(command: Command): void {
  command
    .addOption(new Option("--method <name>", "what is learnt").choices(tuningMethods).default("sft"))
    .option("--trainer <name>", "who trains", "embedded")
    .option("--size <size>", "1m, 6m or 30m parameters, from random weights; default 1m")
    .option("--base <dir|name>", "a model directory to tune from, or a provider's base model")
    .option("--from <id>", "learn the new examples on top of an earlier run")
    .addOption(
      new Option("--weights <kind>", "all weights, an adapter, or one over a 4-bit base").choices(tunedWeights),
    )
    .option("--minutes <n>", "at most this long; default 5", positive)
    .addOption(new Option("--steps <n>", "exactly this many steps").argParser(positiveInteger).conflicts("minutes"))
    .addOption(
      new Option("--epochs <n>", "passes over the examples; default 3 where a provider trains")
        .argParser(positiveInteger)
        .conflicts(["minutes", "steps"]),
    )
    .option("--learning-rate <n>", "highest learning rate; default by size", positive)
    .option("--rank <n>", "of the adapter; default: the trainer's own", positiveInteger)
    .option("--beta <n>", "how close --method dpo stays to its base; default: the trainer's own", positive)
    .option("--force", "train --method raft from random weights all the same: it will hardly read")
    .option("--seed <n>", "the same seed gives the same run; default 1", wholeNumber)
    .option("--canaries <n>", "plant secrets, seen 1, 2, 4, … times, to measure memorisation", fewCanaries)
    .option("--if-new <n>", "only if this many examples are new since the latest run: for schedules", positiveInteger)
    .option("--every <hours>", "stay, and look for new examples this often; with --if-new", positive)
    .option("--learning-curve", "train on an eighth, a quarter, a half and all: is more data worth labelling?")
    .option("--dry-run", "examples, tokens, minutes and price; trains nothing")
    .option("--yes", "agree to what it costs")
    .option("--max-usd <n>", "the most that a provider may bill", positive);
}

async function planned(options: TuneOptions): Promise<void> {
  const plan = await withProject(options, async (context, progress) => {
    const { requestPlan } = await import("../../project/tuning/tune-request.ts");
    return requestPlan(context, requestOf(options, progress));
  });
  if (options.json) printJson({ plan });
  else (await import("../print-tuning.ts")).printPlan(plan);
}

async function curved(options: TuneOptions): Promise<void> {
  const learningCurve = await withProject(options, (context, progress) =>
    stoppable(async (signal) => {
      const { requestCurve } = await import("../../project/tuning/tune-request.ts");
      return requestCurve(context, { ...requestOf(options, progress), signal });
    }),
  );
  if (options.json) printJson({ learningCurve });
  else (await import("../print-tuning.ts")).printCurve(learningCurve);
}

async function trained(options: TuneOptions, setExitCode: SetExitCode): Promise<void> {
  const result = await withProject(options, (context, progress) =>
    stoppable(async (signal) => {
      const { requestTuning } = await import("../../project/tuning/tune-request.ts");
      return requestTuning(context, { ...requestOf(options, progress), ...asking(options), signal });
    }),
  );
  if (options.json) printJson(result);
  else (await import("../print-tuning.ts")).printTuned(result);
  exitOf(result.tuning, setExitCode);
}

function requestOf(options: TuneOptions, progress: Progress): TuneRequest {
  const {
    project: _,
    json: __,
    verbose: ___,
    dryRun: ____,
    learningCurve: _____,
    every: ______,
    minutes,
    steps,
    epochs,
    maxUsd,
    ...request
  } = options;
  const budgets = [minutes && { minutes }, steps && { steps }, epochs && { epochs }];
  const budget = budgets.find((one) => one !== undefined && one !== 0);
  return { ...request, ...(budget ? { budget } : {}), ...limitOf({ maxUsd }), progress };
}

const limitOf = ({ maxUsd }: { readonly maxUsd?: number | undefined }) =>
  maxUsd === undefined ? {} : { atMostUsd: maxUsd };

/** A person at a terminal is asked; a script has to say yes beforehand. */
function asking({ json = false }: CommonOptions): { readonly confirm?: (plan: PlannedTuning) => Promise<boolean> } {
  if (json || !process.stdin.isTTY || !process.stderr.isTTY) return {};
  return { confirm: async (plan) => (await import("../confirm-spending.ts")).confirmSpending(plan) };
}

type Looked = { readonly tuning: TuningRecord };

function registerLook(
  tune: Command,
  name: string,
  description: string,
  look: (context: ProjectContext, id: string | undefined) => Promise<Looked>,
): void {
  const command = tune.command(name).description(description).argument("[id]", "as `assay tune list` gives it");
  withCommonOptions(command).action(async (id: string | undefined, options: CommonOptions) => {
    const result = await withProject(options, (context) => look(context, id));
    if (options.json) printJson(result);
    else (await import("../print-tuning.ts")).printTuning(result.tuning);
  });
}

function registerList(tune: Command): void {
  const command = tune
    .command("list")
    .description("all training runs, newest first")
    .option("--at <trainer>", "all jobs of the account at a provider, whoever made them");
  withCommonOptions(command).action(async (options: CommonOptions & { readonly at?: string }) => {
    if (options.at !== undefined) return listAt(options, options.at);
    const tunings = await withProject(options, async (context) => {
      const { listTunings } = await import("../../project/tuning/tuning-records.ts");
      return listTunings(context);
    });
    if (options.json) printJson({ tunings });
    else (await import("../print-tuning.ts")).printTunings(tunings);
  });
}

async function listAt(options: CommonOptions, name: string): Promise<void> {
  const jobs = await withProject(options, async (context) => {
    const { jobsElsewhere } = await import("../../project/tuning/tune-jobs.ts");
    return jobsElsewhere((await trainersOf(context))(name));
  });
  if (options.json) printJson({ jobs });
  else (await import("../print-tuning.ts")).printJobs(jobs);
}

type ResumeOptions = CommonOptions & { readonly yes?: boolean; readonly maxUsd?: number };

function registerResume(tune: Command, setExitCode: SetExitCode): void {
  const command = tune
    .command("resume")
    .description("go on with a run that was cancelled, killed or failed, or follow its job again")
    .argument("[id]", "default: the newest that did not succeed")
    .option("--yes", "agree to paying for a new job, where its provider has ended the last one")
    .option("--max-usd <n>", "the most that a provider may bill", positive);
  withCommonOptions(command).action(async (id: string | undefined, options: ResumeOptions) => {
    const tuning = await withProject(options, (context, progress) =>
      stoppable(async (signal) => {
        const { resumeTuning } = await import("../../project/tuning/tune-jobs.ts");
        const common = { trainers: await trainersOf(context), progress, signal, ...asking(options) };
        const { yes = false } = options;
        return resumeTuning(context, { ...common, yes, ...limitOf(options), ...(id === undefined ? {} : { id }) });
      }),
    );
    if (options.json) printJson({ tuning });
    else (await import("../print-tuning.ts")).printTuning(tuning);
    exitOf(tuning, setExitCode);
  });
}

async function trainersOf({ config }: ProjectContext): Promise<FindTrainer> {
  const { findTrainer } = await import("../../project/wiring/wire-trainers.ts");
  return (name) => findTrainer(config, name);
}

function exitOf({ status, error, id }: TuningRecord, setExitCode: SetExitCode): void {
  if (status === "succeeded") return;
  setExitCode(1);
  const remedy = error?.remedy ?? `assay tune resume ${id}`;
  const what = status === "detached" ? "goes on elsewhere" : `has ${status}`;
  process.stderr.write(`assay: tuning ${id} ${what}${error ? `: ${error.message}` : ""} → ${remedy}\n`);
}

/** The first Ctrl-C lets the run save, or lets go of a job elsewhere; the second one ends the process. */
async function stoppable<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const onInterrupt = () => stop.abort();
  process.once("SIGINT", onInterrupt);
  try {
    return await work(stop.signal);
  } finally {
    process.off("SIGINT", onInterrupt);
  }
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError("expected a number above 0.");
  return value;
}

/** The last of them stands 2^(n − 1) times among the examples. */
function fewCanaries(text: string): number {
  const value = wholeNumber(text);
  if (value > 6) throw new InvalidArgumentError("expected at most 6.");
  return value;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError("expected a whole number, 0 or more.");
  return value;
}
