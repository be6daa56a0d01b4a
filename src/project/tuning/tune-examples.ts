// The examples of a training run: read, parted into those to train on and those held out, checked for what would spoil it.
import { hashOf } from "../../core/hash.ts";
import { asConversation } from "../../core/questions.ts";
import type { TuningExample, TuningMethod } from "../../core/training.ts";
import { findLeakage } from "../../evaluation/leakage.ts";
import type { ExampleRow } from "../../tuning/data/example-row.ts";
import { splitRows } from "../../tuning/data/split.ts";
import { readHeldOutQuestionsIfAny, readTuningExamples } from "../data/data-files.ts";
import type { ProjectContext } from "../wiring/context.ts";
import type { StoredExamples } from "./tuning-records.ts";

export type ExamplesForTuning = {
  readonly training: readonly TuningExample[];
  readonly heldOut: readonly TuningExample[];
  /** Of all the project's examples for this method. */
  readonly hash: string;
  readonly warnings: readonly string[];
};

/**
 * Near duplicates and groups are never parted, so that held-out loss cannot be learnt by heart. After an earlier run only
 * what is new is trained on, and what that run held out stays held out.
 */
export async function examplesForTuning(
  context: ProjectContext,
  { method, seed }: { readonly method: TuningMethod; readonly seed: number },
  earlier: StoredExamples = { examples: [], heldOut: [] },
): Promise<ExamplesForTuning> {
  const all = await readTuningExamples(context, method);
  const known = new Set([...earlier.examples, ...earlier.heldOut].map(hashOf));
  const fresh = all.filter((example) => !known.has(hashOf(example)));
  const split = splitRows(fresh.map(toRow), { seed });
  const at = (places: readonly number[]) => places.map((place) => fresh[place]!);
  return {
    training: at(split.training),
    heldOut: [...earlier.heldOut, ...at(split.heldOut)],
    hash: hashOf(all),
    warnings: await leakageWarnings(context, all),
  };
}

function toRow(example: TuningExample, place: number): ExampleRow {
  const base = { line: place + 1, ...(example.group === undefined ? {} : { group: example.group }) };
  if (!("preferred" in example)) return { ...base, kind: "chat", messages: example.messages };
  const { messages, preferred, rejected } = example;
  return { ...base, kind: "preference", messages, preferred, rejected };
}

async function leakageWarnings(
  context: ProjectContext,
  examples: readonly TuningExample[],
): Promise<readonly string[]> {
  const leaks = findLeakage(examples.map(asConversation), (await readHeldOutQuestionsIfAny(context)) ?? []);
  const [first] = leaks;
  if (!first) return [];
  const questions = new Set(leaks.map(({ questionId }) => questionId)).size;
  return [
    `${questions} held-out questions resemble training examples (${first.questionId} and example ${first.trainingLine}, for one): scores on them say little`,
  ];
}
