// Old examples mixed among new ones when a run continues an earlier one: what is not rehearsed is forgotten.
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TrainingExample } from "../../core/questions.ts";
import { random, shuffled } from "../../neural/random.ts";

type ReplayOptions = {
  readonly examples: readonly TrainingExample[];
  readonly from?: string;
  readonly seed: number;
  readonly hyperparameters?: { readonly replayShare?: number };
};

/** Old examples per new one. */
const defaultShare = 1;

const examplesFile = (directory: string): string => join(directory, "examples.jsonl");

/** `all` of the earlier run's examples that are not among the new ones, and the `picked` few to rehearse. */
export async function replayed(
  options: ReplayOptions,
): Promise<{ readonly all: readonly TrainingExample[]; readonly picked: readonly TrainingExample[] }> {
  if (options.from === undefined || !existsSync(examplesFile(options.from))) return { all: [], picked: [] };
  const lines = (await readFile(examplesFile(options.from), "utf8")).split("\n").filter((line) => line !== "");
  const known = new Set(options.examples.map((example) => JSON.stringify(example)));
  const all = lines.filter((line) => !known.has(line)).map((line) => JSON.parse(line) as TrainingExample);
  const count = Math.ceil((options.hyperparameters?.replayShare ?? defaultShare) * options.examples.length);
  return { all, picked: shuffled(all, random(options.seed)).slice(0, count) };
}

/** What a later run can rehearse. */
export async function saveExamples(directory: string, examples: readonly TrainingExample[]): Promise<void> {
  await writeFile(examplesFile(directory), examples.map((example) => `${JSON.stringify(example)}\n`).join(""));
}
