// Trains with each engine that is named, once unbroken and once killed on the way, exports the result, and lets llama.cpp answer
// beside transformers and PEFT.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { silentProgress } from "../../src/core/progress.ts";
import { asConversation } from "../../src/core/questions.ts";
import type { Trainer, TuningJob, TuningResult, TuningSettings } from "../../src/core/training.ts";
import { exportTunedModel } from "../../src/tuning/exports/export-tuned-model.ts";
import { mlxTrainer } from "../../src/tuning/local/mlx-trainer.ts";
import { trlTrainer } from "../../src/tuning/local/trl-trainer.ts";
import { readWorkerLog } from "../../src/tuning/local/worker-log.ts";
import { lastSession } from "../../src/tuning/local/worker-story.ts";
import { type ParityExamples, parityExamples, trainParityBase } from "../parity/parity-models.ts";
import { type Answering, type Compared, compareAnswers } from "./compare-answers.ts";

export type NamedEngines = { readonly python?: string; readonly mlx?: string; readonly llamaCpp?: string };

/** `ASSAY_PARITY_PYTHON`, `ASSAY_PARITY_MLX` and `ASSAY_PARITY_LLAMA_CPP`. */
export function enginesNamed(environment: NodeJS.ProcessEnv): NamedEngines {
  const { ASSAY_PARITY_PYTHON: python, ASSAY_PARITY_MLX: mlx, ASSAY_PARITY_LLAMA_CPP: llamaCpp } = environment;
  return { ...(python && { python }), ...(mlx && { mlx }), ...(llamaCpp && { llamaCpp }) };
}

export type EngineRun = {
  readonly name: string;
  readonly engine: string;
  readonly tokensPerSecond: number;
  readonly peakBytes: number;
  readonly firstLoss: number;
  readonly bestLoss: number;
  readonly resumed: { readonly from: number; readonly largestDifference: number };
  readonly merged?: Compared;
  readonly separate?: Compared;
  /** Base and adapter as people run them: 16-bit keys and values, flash attention. */
  readonly byDefault?: Compared;
};

type Case = {
  /** As `--sets` calls it. */
  readonly key: string;
  readonly name: string;
  readonly trainer: Trainer;
  readonly method: TuningJob["method"];
  readonly weights: TuningSettings["weights"];
  readonly learningRate: number;
};

const steps = 42;
/** Held-out losses, and with them checkpoints, come after every pass of 14 steps. */
const killAfterStep = 20;
const local = { device: "cpu", batchSize: 8, maxLength: 256, patience: 9 } as const;

function cases({ python, mlx }: NamedEngines): readonly Case[] {
  const made: Case[] = [];
  const add = (trainer: Trainer, key: string, name: string, more: Pick<Case, "method" | "weights" | "learningRate">) =>
    made.push({ trainer, key, name, ...more });
  if (python) {
    const trl = trlTrainer({ ...local, python });
    add(trl, "trl-lora", "TRL, LoRA", { method: "sft", weights: "lora", learningRate: 5e-3 });
    add(trl, "trl-qlora", "TRL, QLoRA (NF4 on the processor)", { method: "sft", weights: "qlora", learningRate: 5e-3 });
    add(trl, "trl-full", "TRL, all weights", { method: "sft", weights: "full", learningRate: 1e-3 });
    add(trl, "trl-dpo", "TRL, DPO, LoRA", { method: "dpo", weights: "lora", learningRate: 1e-3 });
  }
  if (mlx) {
    const trainer = mlxTrainer({ ...local, python: mlx });
    add(trainer, "mlx-lora", "MLX, LoRA", { method: "sft", weights: "lora", learningRate: 5e-3 });
    add(trainer, "mlx-qlora", "MLX, LoRA on 4 bits", { method: "sft", weights: "qlora", learningRate: 5e-3 });
  }
  return made;
}

/** `only`: the keys of these cases; default all. */
export async function engineRuns(engines: NamedEngines, only?: readonly string[]): Promise<readonly EngineRun[]> {
  const folder = await mkdtemp(join(tmpdir(), "assay-engines-"));
  try {
    const examples = parityExamples();
    const base = join(folder, "base");
    await trainParityBase(join(folder, "own"), examples);
    await exportTunedModel({ directory: join(folder, "own"), format: "huggingface", output: base });
    const conversations = join(folder, "conversations.json");
    await writeFile(conversations, JSON.stringify(examples.unseen));
    const runs: EngineRun[] = [];
    const chosen = cases(engines).filter(({ key }) => only?.includes(key) ?? true);
    for (const [at, one] of chosen.entries()) {
      const directory = join(folder, `${at}`);
      const { python, llamaCpp } = engines;
      const answering = python && llamaCpp ? { python, llamaCpp, base, conversations } : undefined;
      runs.push(await runOf(one, jobOf(one, base, examples, directory), answering));
      process.stderr.write(`${one.name}: done\n`);
    }
    return runs;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function jobOf(one: Case, base: string, { inJson, inWords }: ParityExamples, directory: string): TuningJob {
  const { method, weights, learningRate } = one;
  const pairs = inWords.map((example, at) => ({
    messages: example.messages.slice(0, -1),
    preferred: example.messages.at(-1)!.content,
    rejected: inJson[at]!.messages.at(-1)!.content,
  }));
  const examples = method === "dpo" ? pairs : inWords.map(asConversation);
  return {
    method,
    settings: { base, weights, learningRate, budget: { steps }, seed: 1 },
    examples: examples.slice(8),
    heldOut: examples.slice(0, 8),
    directory,
  };
}

async function runOf({ name, trainer }: Case, job: TuningJob, answering: Answering | undefined): Promise<EngineRun> {
  const result = await trainer.train(job, { progress: silentProgress });
  const resumed = await resumedAfterKill(trainer, { ...job, directory: `${job.directory}-killed` });
  const curve = lossesOf(trainer, job.directory);
  const resumedCurve = lossesOf(trainer, resumed.directory);
  const differences = curve.map((loss, at) => Math.abs(loss - (resumedCurve[at] ?? Number.NaN)));
  return {
    name,
    engine: result.engine,
    tokensPerSecond: (result.tokens ?? 0) / (result.ms / 1000),
    peakBytes: result.peakBytes ?? Number.NaN,
    firstLoss: result.firstLoss ?? Number.NaN,
    bestLoss: result.bestLoss ?? Number.NaN,
    resumed: { from: resumed.result.resumedFromStep, largestDifference: Math.max(...differences) },
    ...(answering ? await compareAnswers(job, result, answering) : {}),
  };
}

/** The worker is killed in the middle of an epoch, and the job given to the trainer again. */
async function resumedAfterKill(
  trainer: Trainer,
  job: TuningJob,
): Promise<{ readonly directory: string; readonly result: TuningResult }> {
  const first = trainer.train(job, { progress: silentProgress }).catch((error: unknown) => error);
  while (lossesOf(trainer, job.directory).length < killAfterStep) await wait(20);
  process.kill(lastSession(readWorkerLog(job.directory))!.hello.pid, "SIGKILL");
  await first;
  return { directory: job.directory, result: await trainer.train(job, { progress: silentProgress }) };
}

const lossesOf = (trainer: Trainer, directory: string): readonly number[] =>
  trainer.events(directory).flatMap((event) => (event.type === "step" ? [event.loss] : []));
