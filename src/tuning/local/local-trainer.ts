// What the trainers of this machine's own engines share: a job becomes files, a worker does it, its last word becomes the result.
import { isAbsolute, relative } from "node:path";
import { AssayError } from "../../core/errors.ts";
import { asConversation } from "../../core/questions.ts";
import type { Trainer, TuningJob, TuningPlan, TuningResult } from "../../core/training.ts";
import { countTokens } from "../../text/tokens.ts";
import { commonSystem } from "../embedded/common-system.ts";
import { writeHubTuned } from "../embedded/hub-tuned-model.ts";
import { type Engine, type EngineCommand, engineCommand } from "./engine-command.ts";
import { rankOf, writeJobFiles } from "./job-files.ts";
import { trainingMachine } from "./machine.ts";
import { baseShape, estimatedBytes, isModelFolder } from "./memory-estimate.ts";
import { runWorker, type WorkerEnd } from "./run-worker.ts";
import { readWorkerLog } from "./worker-log.ts";
import { livingWorker } from "./worker-process.ts";
import { eventsOf } from "./worker-story.ts";

/** What the configuration says of training on this machine. */
export type LocalSettings = {
  /** A Python that has the engine's packages. Default: uv, which brings them. */
  readonly python?: string | undefined;
  readonly device: "auto" | "cpu" | "cuda" | "mps";
  /** Examples of one step. */
  readonly batchSize: number;
  /** Examples held in memory at once; a step adds up as many such parts as it takes. Changes memory, and not what is learnt. */
  readonly microBatchSize?: number | undefined;
  /** Tokens; longer examples are left out. */
  readonly maxLength: number;
  /** Held-out losses in a row without a new best before it stops. */
  readonly patience: number;
};

export type LocalEngine = Engine & {
  readonly name: string;
  readonly version: string;
  /** Throws `AssayError` for what this engine cannot do. */
  readonly check: (job: TuningJob) => void;
};

/** Fewer than this teach nothing. */
const fewestExamples = 10;
/** Chat marks around a turn. */
const tokensPerTurn = 2;

/** `start` is how tests put a worker of their own in the engine's place. */
export function localTrainer(
  engine: LocalEngine,
  local: LocalSettings,
  start: () => Promise<EngineCommand> = () =>
    engineCommand(engine, local.python === undefined ? {} : { python: local.python }),
): Trainer {
  const { batchSize, maxLength, patience } = local;
  return {
    name: engine.name,
    version: engine.version,
    config: { batchSize, maxLength, patience },
    bases: "folder-or-name",
    plan: async (job) => {
      check(engine, job);
      const { label } = await start();
      return planOf(job, local, label);
    },
    async train(job, call) {
      check(engine, job);
      writeJobFiles(job, local, (await memoryOf(job, local)).needed);
      const result = resultOf(job, await runWorker(job.directory, start, call));
      await describe(job, result);
      return result;
    },
    events: (directory) => eventsOf(readWorkerLog(directory)),
    stopLeftover: async (directory) => livingWorker(readWorkerLog(directory))?.stop(),
  };
}

function check(engine: LocalEngine, job: TuningJob): void {
  const { examples, settings } = job;
  engine.check(job);
  if (examples.length < fewestExamples) {
    throw new AssayError({
      code: "bad-examples",
      message: `${examples.length} examples are too few to train on; at least ${fewestExamples} are needed, 50 to 100 usually show an effect`,
      remedy: "add examples, or have some drafted: assay data synthesize",
    });
  }
  if (settings.from !== undefined) {
    throw new AssayError({
      code: "bad-usage",
      message: `the ${engine.name} trainer begins at a base and cannot go on from an earlier run`,
      remedy: `assay tune --trainer ${engine.name} --base DIR`,
    });
  }
  if (settings.base !== undefined && isAbsolute(settings.base) && !isModelFolder(settings.base)) {
    throw new AssayError({
      code: "bad-input",
      message: `${settings.base} is no Hugging Face model directory: it has no config.json`,
      remedy: "name one with --base DIR, or a model of the hub: --base OWNER/NAME",
    });
  }
}

async function memoryOf({ settings }: TuningJob, { device, batchSize, microBatchSize, maxLength }: LocalSettings) {
  const machine = await trainingMachine(device);
  const shape = settings.base === undefined ? undefined : baseShape(settings.base);
  const options = {
    weights: settings.weights,
    rank: rankOf({ settings }),
    batchSize: microBatchSize ?? batchSize,
    maxLength,
    onGpu: machine.isGpu,
  };
  return { machine, needed: shape ? estimatedBytes(shape, options) : null };
}

async function planOf(job: TuningJob, local: LocalSettings, label: string): Promise<TuningPlan> {
  const { machine, needed } = await memoryOf(job, local);
  const { budget } = job.settings;
  const room = `${machine.name} has ${gibibytes(machine.totalBytes)}, ${gibibytes(machine.freeBytes)} of it free`;
  const memory =
    needed === null ? `memory: unknown until the base is here; ${room}` : `memory: about ${gibibytes(needed)}; ${room}`;
  const tooMuch = needed !== null && needed > machine.totalBytes;
  return {
    tokensPerEpoch: tokensOf(job),
    ...("epochs" in budget ? { epochs: budget.epochs } : {}),
    expectedMinutes: "minutes" in budget ? budget.minutes : null,
    cost: { status: "priced", usd: 0 },
    notes: [
      `engine: ${label}`,
      memory,
      ...(tooMuch ? ["this will not fit: halve tuning.local.microBatchSize or maxLength, or --weights qlora"] : []),
      ...(machine.isGpu || local.device === "mps"
        ? []
        : ["no NVIDIA GPU was found: on the processor this may take long"]),
    ],
  };
}

const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

/** Of one pass, by the fixed counter: the base's own tokenizer is the worker's to open. */
function tokensOf({ examples }: TuningJob): number {
  return examples
    .map(asConversation)
    .flatMap(({ messages }) => messages)
    .reduce((sum, { content }) => sum + countTokens(content) + tokensPerTurn, 0);
}

/** So that whoever opens the folder later knows what stands there. */
async function describe({ directory, settings, examples }: TuningJob, { weights }: TuningResult): Promise<void> {
  if (!weights) return;
  const system = commonSystem(examples.map(asConversation));
  await writeHubTuned(directory, { base: settings.base!, weights, ...(system === undefined ? {} : { system }) });
}

function resultOf(job: TuningJob, { hello, done }: WorkerEnd): TuningResult {
  const { reason, resumedFromStep, parameters, trainableParameters, tooLong, tokens, ms, cpuMs } = done;
  const { firstLoss, bestLoss, bestStep, step, artefact, peakBytes } = done;
  const versions = Object.entries(hello.versions).map(([name, version]) => `${name} ${version}`);
  return {
    ...{ reason, resumedFromStep, parameters, trainableParameters, tooLong, tokens, ms, cpuMs },
    ...{ firstLoss, bestLoss, bestStep },
    engine: `${hello.engine}: ${versions.join(", ")}`,
    origin: { base: job.settings.base! },
    examples: job.examples.length,
    replayedExamples: 0,
    heldOut: job.heldOut.length,
    steps: step,
    ...(peakBytes === null ? {} : { peakBytes }),
    ...(artefact
      ? {
          weights: { kind: artefact.kind, path: relative(job.directory, artefact.path), sha256: artefact.sha256 },
        }
      : {}),
  };
}
