// What a tuned model knew before and forgot: the loss on fixed texts, after tuning minus before. Above 0 something was forgotten.
import { dirname } from "node:path";
import type { TuningProbe } from "../../core/comparison.ts";
import { AssayError } from "../../core/errors.ts";
import { asConversation } from "../../core/questions.ts";
import type { TuningExample } from "../../core/training.ts";
import { generalText } from "../../tuning/probes/general-text.ts";
import { modelDirectory } from "./tune-run.ts";
import { readStoredExamples, type TuningRecord } from "./tuning-records.ts";

const mostExamples = 30;

export const forgettingProbes = async (tuning: TuningRecord): Promise<readonly TuningProbe[]> => [
  await ofTheEarlierRun(tuning),
  await ofTheWorld(tuning),
];

async function ofTheEarlierRun(tuning: TuningRecord): Promise<TuningProbe> {
  const name = "forgetting of an earlier run";
  const { from } = tuning.settings;
  if (from === undefined) return nothing(name, "it continues no earlier run, so it had nothing to forget");
  const fixed = readStoredExamples(dirname(from)).heldOut.slice(0, mostExamples);
  const change = await changeOfLoss(from, modelDirectory(tuning), fixed);
  return change === null
    ? nothing(name, "the earlier run held nothing out to compare by")
    : { name, ...change, meaning: `loss on the earlier run's own held-out examples: ${change.meaning}` };
}

/** A fixed set that comes with Assay: 24 plain questions about the world at large, with their answers. */
async function ofTheWorld(tuning: TuningRecord): Promise<TuningProbe> {
  const name = "forgetting of general knowledge";
  const { base, from } = tuning.settings;
  const before = from ?? base;
  if (before === undefined) return nothing(name, "it was trained from random weights and knew nothing before");
  try {
    const change = await changeOfLoss(before, modelDirectory(tuning), generalText);
    if (change === null) return nothing(name, "the general texts are longer than the model takes");
    return { name, ...change, meaning: `loss on a fixed set of general questions and answers: ${change.meaning}` };
  } catch (error) {
    // A base may have gone since, or be of a format that only its trainer reads.
    if (!AssayError.isInstance(error)) throw error;
    return nothing(name, `the model before tuning cannot be read here: ${error.message}`);
  }
}

const nothing = (name: string, meaning: string): TuningProbe => ({ name, value: null, unit: "nats", n: 0, meaning });

async function changeOfLoss(before: string, after: string, examples: readonly TuningExample[]) {
  const [was, is] = [await meanLoss(before, examples), await meanLoss(after, examples)];
  if (was === null || is === null) return null;
  const meaning = `${was.toFixed(3)} before, ${is.toFixed(3)} after; above 0 something was forgotten`;
  return { value: is - was, unit: "nats", n: examples.length, meaning } as const;
}

async function meanLoss(directory: string, examples: readonly TuningExample[]): Promise<number | null> {
  const { openLikelihood } = await import("../../tuning/embedded/likelihood.ts");
  const likelihood = await openLikelihood(directory);
  const losses: number[] = [];
  for (const { messages } of examples.map(asConversation)) {
    const loss = await likelihood.loss(messages);
    if (loss !== null) losses.push(loss);
  }
  await likelihood.close();
  return losses.length === 0 ? null : losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}
