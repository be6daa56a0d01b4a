// What a tuned model remembers that it should not: planted canaries.
import type { TuningProbe } from "../../core/comparison.ts";
import { canaries, exposure, impostors } from "../../tuning/probes/canaries.ts";
import { modelDirectory } from "./tune-run.ts";
import type { TuningRecord } from "./tuning-records.ts";

/** Candidates per canary, itself among them: 8 bits at most. */
const candidates = 256;

/** One per planted canary, or one that says how to plant them. */
export async function memoryProbes(tuning: TuningRecord): Promise<readonly TuningProbe[]> {
  const { canaries: count = 0, seed } = tuning.settings;
  if (count === 0) {
    const meaning = "no canaries were planted: assay tune --canaries 4";
    return [{ name: "memorisation", value: null, unit: "bits", n: 0, meaning }];
  }
  // The engine is loaded only where something is to be measured.
  const { openLikelihood } = await import("../../tuning/embedded/likelihood.ts");
  const likelihood = await openLikelihood(modelDirectory(tuning));
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
