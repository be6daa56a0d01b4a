// QLoRA of a random model of over 100M parameters on the first GPU: does it run, how fast, in how much memory. Learns nothing of use.
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { silentProgress } from "../../src/core/progress.ts";
import { exportTunedModel } from "../../src/tuning/exports/export-tuned-model.ts";
import { trlTrainer } from "../../src/tuning/local/trl-trainer.ts";
import { parityExamples, trainParityBase } from "../parity/parity-models.ts";

export type GpuRun = {
  readonly engine: string;
  readonly parameters: number;
  readonly trainable: number;
  readonly tokensPerSecond: number;
  readonly peakBytes: number;
  readonly firstLoss: number;
  readonly bestLoss: number;
};

/** Throws `AssayError` `no-device` where PyTorch finds no GPU. */
export async function trainOnGpu(python: string): Promise<GpuRun> {
  const folder = await mkdtemp(join(tmpdir(), "assay-gpu-"));
  try {
    const examples = parityExamples();
    await trainParityBase(join(folder, "own"), examples);
    await exportTunedModel({ directory: join(folder, "own"), format: "huggingface", output: join(folder, "small") });
    const base = join(folder, "base");
    await promisify(execFile)(python, [join(import.meta.dirname, "random_base.py"), join(folder, "small"), base]);
    const trainer = trlTrainer({ python, device: "cuda", batchSize: 16, maxLength: 256, patience: 9 });
    const job = {
      method: "sft",
      settings: { base, weights: "qlora", budget: { steps: 100 }, learningRate: 1e-3, seed: 1 },
      examples: examples.inWords.slice(8),
      heldOut: examples.inWords.slice(0, 8),
      directory: join(folder, "run"),
    } as const;
    const result = await trainer.train(job, { progress: silentProgress });
    return {
      engine: result.engine,
      parameters: result.parameters ?? Number.NaN,
      trainable: result.trainableParameters ?? Number.NaN,
      tokensPerSecond: (result.tokens ?? 0) / (result.ms / 1000),
      peakBytes: result.peakBytes ?? Number.NaN,
      firstLoss: result.firstLoss ?? Number.NaN,
      bestLoss: result.bestLoss ?? Number.NaN,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
