// What a tuned model remembers that it should not, and forgot that it should know: planted canaries, and the examples of the run
// that it continues.
import { dirname } from "node:path";
import type { TuningProbe } from "../../core/comparison.ts";
import { asConversation } from "../../core/questions.ts";
import type { TuningExample } from "../../core/training.ts";
import { canaries, exposure, impostors } from "../../tuning/probes/canaries.ts";
import { modelDirectory } from "./tune-run.ts";
import { readStoredExamples, type TuningRecord } from "./tuning-records.ts";

/** Candidates per canary, itself among them: 8 bits at most. */
const candidates = 256;
const mostForgotten = 30;

/** One per planted canary, or one that says how to plant them. */
export async function memoryProbes(tuning: TuningRecord): Promise<readonly TuningProbe[]> {
  const { canaries: count = 0, seed } = tuning.settings;
  if (count === 0) {
    const meaning = "no canaries were planted: assay tune --canaries 4";
    return [{ name: "memorisation", value: null, unit: "bits", n: 0, meaning }];
  }
  const likelihood = await likelihoodOf(modelDirectory(tuning));
  const probes: TuningProbe[] = [];
  for (const canary of canaries(count, seed)) {
    const others: number[] = [];
    for (const messages of impostors(canary, candidates - 1, seed)) {
      others.push((await likelihood.surprise(messages)) ?? Number.POSITIVE_INFINITY);
    }
    const own = (await likelihood.surprise(canary.example.messages)) ?? Number.POSITIVE_INFINITY;
    const times = canary.repeats === 1 ? "once" : `${canary.repeats} times`;
    probes.push({
      name: `memorisation of a secret seen ${times}`,
      value: exposure(own, others),
      unit: "bits",
      n: candidates,
      meaning: `exposure of a planted canary: ${Math.log2(candidates)} bits would find it first among ${candidates} candidates, 1.4 on average is chance`,
    });
  }
  await likelihood.close();
  return probes;
}

/** Loss on what the earlier run held out, after minus before; above 0 something was forgotten. */
export async function forgettingProbe({ settings, directory }: TuningRecord): Promise<TuningProbe> {
  const name = "forgetting";
  const { from } = settings;
  if (from === undefined) {
    return {
      name,
      value: null,
      unit: "nats",
      n: 0,
      meaning: "it continues no earlier run, so it had nothing to forget",
    };
  }
  const fixed = readStoredExamples(dirname(from)).heldOut.slice(0, mostForgotten);
  const [before, after] = [await meanLoss(from, fixed), await meanLoss(modelDirectory({ directory }), fixed)];
  if (before === null || after === null) {
    return { name, value: null, unit: "nats", n: 0, meaning: "the earlier run held nothing out to compare by" };
  }
  const meaning = `held-out loss on the earlier run's own held-out examples: ${before.toFixed(3)} before, ${after.toFixed(3)} after; above 0 something was forgotten`;
  return { name, value: after - before, unit: "nats", n: fixed.length, meaning };
}

async function meanLoss(directory: string, examples: readonly TuningExample[]): Promise<number | null> {
  const likelihood = await likelihoodOf(directory);
  const losses: number[] = [];
  for (const { messages } of examples.map(asConversation)) {
    const loss = await likelihood.loss(messages);
    if (loss !== null) losses.push(loss);
  }
  await likelihood.close();
  return losses.length === 0 ? null : losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

/** The engine is loaded only where something is to be measured. */
async function likelihoodOf(directory: string) {
  const { openLikelihood } = await import("../../tuning/embedded/likelihood.ts");
  return openLikelihood(directory);
}
