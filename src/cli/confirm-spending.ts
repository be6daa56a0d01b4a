// Asks a person at a terminal whether a training run may be paid for, after telling what it is.
import { createInterface } from "node:readline/promises";
import type { PlannedTuning } from "../project/tuning/tune.ts";
import { printPlan } from "./print-tuning.ts";

/** Anything but a yes is a no. */
export async function confirmSpending(plan: PlannedTuning): Promise<boolean> {
  printPlan(plan);
  const asked = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await asked.question("Upload these examples and pay for this run? [y/N] ");
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    asked.close();
  }
}
