// A job as workers read it: settings in `job.json`, one row a line in `train.jsonl` and `held-out.jsonl`.
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TuningExample, TuningJob } from "../../core/training.ts";
import type { LocalSettings } from "./local-trainer.ts";

const defaultRank = 16;
/** Where minutes alone bound a run. */
const mostEpochs = 20;

/** All that a worker is told. Written anew at every start: paths may have moved, and memory settings may have changed. */
export function writeJobFiles(job: TuningJob, local: LocalSettings, estimatedBytes: number | null): void {
  const { method, settings, directory } = job;
  mkdirSync(directory, { recursive: true });
  const rank = settings.rank ?? defaultRank;
  writeWhole(join(directory, "train.jsonl"), rowLines(job.examples));
  writeWhole(join(directory, "held-out.jsonl"), rowLines(job.heldOut));
  const description = {
    v: 1,
    method: method === "dpo" ? "dpo" : "sft",
    base: settings.base,
    weights: settings.weights,
    train: join(directory, "train.jsonl"),
    heldOut: join(directory, "held-out.jsonl"),
    budget: settings.budget,
    mostEpochs,
    learningRate: settings.learningRate ?? null,
    beta: settings.beta ?? null,
    seed: settings.seed,
    // Twice the rank, so that what a step does depends little on the rank.
    lora: { rank, alpha: 2 * rank, dropout: 0 },
    batchSize: local.batchSize,
    microBatchSize: local.microBatchSize ?? null,
    maxLength: local.maxLength,
    patience: local.patience,
    device: local.device,
    estimatedBytes,
  };
  writeWhole(join(directory, "job.json"), `${JSON.stringify(description, null, 2)}\n`);
}

export const rankOf = ({ settings }: Pick<TuningJob, "settings">): number => settings.rank ?? defaultRank;

const rowLines = (examples: readonly TuningExample[]): string =>
  examples
    .flatMap((example, place) => rowsOf(example).map((row) => `${JSON.stringify({ ...row, example: place })}\n`))
    .join("");

/** One row for each answer of a conversation: all of them are learnt, each after what was said before it. */
function rowsOf(example: TuningExample): readonly object[] {
  const answer = (content: string) => [{ role: "assistant", content }];
  if ("preferred" in example) {
    const { messages, preferred, rejected } = example;
    return [{ prompt: messages, chosen: answer(preferred), rejected: answer(rejected) }];
  }
  return example.messages.flatMap(({ role, content }, at) =>
    role === "assistant" ? [{ prompt: example.messages.slice(0, at), completion: answer(content) }] : [],
  );
}

function writeWhole(path: string, text: string): void {
  writeFileSync(`${path}.partial`, text);
  renameSync(`${path}.partial`, path);
}
