// Runs the phases of training on several threads with a barrier between them.
import { Worker } from "node:worker_threads";
import type { TrainingMemory } from "./training-memory.ts";

export type ThreadOptions = {
  /** Called now and then with the steps done so far. */
  readonly onSteps?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
};

const pollMs = 100;

/** Resolves when every thread has done all steps. The calling thread stays free. */
export async function runThreads(memory: TrainingMemory, threads: number, options: ThreadOptions): Promise<void> {
  // `.ts` in a checkout, `.js` in the published package: the worker has this module's own extension.
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const url = new URL(`./training-worker.${extension}`, import.meta.url);
  const workers = Array.from(
    { length: threads },
    (_, index) => new Worker(url, { workerData: { memory, share: { index, of: threads } }, execArgv: [] }),
  );
  const total = memory.plan.steps;
  const poll = setInterval(() => options.onSteps?.(Atomics.load(memory.barrier, 2), total), pollMs);
  const stop = () => Promise.all(workers.map((worker) => worker.terminate()));
  try {
    await Promise.race([Promise.all(workers.map(finished)), aborted(options.signal)]);
    options.onSteps?.(total, total);
  } finally {
    clearInterval(poll);
    await stop();
  }
}

function finished(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once("error", reject);
    worker.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`training thread ended with ${code}`))));
  });
}

function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    if (signal?.aborted) reject(signal.reason);
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
