// The same conversations answered by transformers with PEFT and by llama.cpp on what Assay exported: tokens and logits side by side.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TuningJob, TuningResult } from "../../src/core/training.ts";
import { exportTunedModel } from "../../src/tuning/exports/export-tuned-model.ts";

export type Answering = {
  readonly python: string;
  readonly llamaCpp: string;
  readonly base: string;
  readonly conversations: string;
};

export type Compared = {
  /** Conversations rendered and tokenized alike. */
  readonly prompts: number;
  /** Greedy answers alike, token for token. */
  readonly answers: number;
  /** Largest difference of a logit, against the likeliest token's, among the five likeliest at every place of the answers. */
  readonly logits: number;
};

export type ComparedAnswers = {
  readonly merged: Compared;
  readonly separate?: Compared;
  readonly byDefault?: Compared;
};

type Answer = {
  readonly prompt: readonly number[];
  readonly answer: readonly number[];
  readonly likeliest: readonly (readonly (readonly [token: number, logProbability: number])[])[];
};

const run = promisify(execFile);

async function answersOf(command: string, ...args: readonly string[]): Promise<readonly Answer[]> {
  const { stdout } = await run(command, args, { maxBuffer: 2 ** 27 });
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as Answer[];
}

/** Whatever trained, what transformers answers is what llama.cpp must. */
export async function compareAnswers(
  job: TuningJob,
  { weights }: TuningResult,
  { python, llamaCpp, base, conversations }: Answering,
): Promise<ComparedAnswers> {
  const script = (name: string) => join(import.meta.dirname, name);
  const trained = join(job.directory, weights!.path);
  const expected = await answersOf(python, script("tuned_answers.py"), base, trained, conversations);
  const llama = async (arithmetic: "exact" | "default", ...files: readonly string[]) =>
    compared(
      expected,
      await answersOf(process.execPath, script("llama-answers.mjs"), llamaCpp, conversations, arithmetic, ...files),
    );
  const output = join(job.directory, "exported");
  await exportTunedModel({ directory: job.directory, format: "gguf", output });
  const merged = await llama("exact", join(output, "model.gguf"));
  if (weights!.kind === "whole") return { merged, byDefault: await llama("default", join(output, "model.gguf")) };
  await exportTunedModel({ directory: job.directory, format: "gguf-lora", output });
  const pair = [join(output, "base.gguf"), join(output, "adapter.gguf")];
  return { merged, separate: await llama("exact", ...pair), byDefault: await llama("default", ...pair) };
}

function compared(expected: readonly Answer[], found: readonly Answer[]): Compared {
  const alike = (part: "prompt" | "answer") => expected.filter((one, at) => `${one[part]}` === `${found[at]?.[part]}`);
  const differences = expected.flatMap(({ likeliest }, at) =>
    likeliest.flatMap((places, place) => logitDifferences(places, found[at]?.likeliest[place] ?? [])),
  );
  return { prompts: alike("prompt").length, answers: alike("answer").length, logits: Math.max(...differences) };
}

type Place = Answer["likeliest"][number];

/** Log-probabilities differ from logits by a number common to all, which the difference to the likeliest takes away. */
function logitDifferences(expected: Place, found: Place): readonly number[] {
  const logits = new Map(found);
  const [top, highest] = expected[0]!;
  return expected.flatMap(([token, value]) => {
    const other = logits.get(token);
    return other === undefined ? [] : [Math.abs(value - highest - (other - (logits.get(top) ?? Number.NaN)))];
  });
}
