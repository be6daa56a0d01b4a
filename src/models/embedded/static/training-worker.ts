// The entry point of one training thread: does its share of every phase and waits for the others.
import { workerData } from "node:worker_threads";
import { contrastiveStep } from "./contrastive-step.ts";
import type { Share, TrainingMemory } from "./training-memory.ts";

const { memory, share } = workerData as { readonly memory: TrainingMemory; readonly share: Share };
const phases = contrastiveStep(memory, share);

for (let step = 0; step < memory.plan.steps; step++) {
  for (const phase of phases) {
    phase(step);
    waitForOthers(memory.barrier, share.of);
  }
  if (share.index === 0) Atomics.store(memory.barrier, 2, step + 1);
}

/** A barrier that can be used again at once: the last to arrive opens it by counting up the generation. */
function waitForOthers(barrier: Int32Array, threads: number): void {
  const generation = Atomics.load(barrier, 1);
  if (Atomics.add(barrier, 0, 1) === threads - 1) {
    Atomics.store(barrier, 0, 0);
    Atomics.add(barrier, 1, 1);
    Atomics.notify(barrier, 1);
  } else {
    while (Atomics.load(barrier, 1) === generation) Atomics.wait(barrier, 1, generation);
  }
}
