// The one file a killed run continues from: trainable weights, both moments and where in the data training stood.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readSafetensors, writeSafetensors } from "../../neural/safetensors.ts";
import type { Weights } from "../../neural/weights.ts";

/** Everything the loop knows besides weights and moments. Plain numbers, so that saving loses none of it. */
export type TrainingState = {
  /** Steps done. */
  readonly step: number;
  readonly epoch: number;
  /** Batches of the epoch already used. */
  readonly batch: number;
  readonly totalSteps: number;
  readonly tokens: number;
  readonly elapsedMs: number;
  readonly firstLoss?: number;
  /** Exponential mean of the loss. */
  readonly smoothLoss?: number;
  readonly bestLoss?: number;
  readonly bestStep?: number;
  /** Evaluations since the best one. */
  readonly sinceBest: number;
};

export type Checkpoint = { readonly state: TrainingState; readonly weights: Weights; readonly moments: Weights };

const checkpointFile = (directory: string): string => join(directory, "checkpoint.safetensors");

/** `plan` names what is being trained; a checkpoint of another plan is not continued. */
export async function writeCheckpoint(directory: string, plan: string, checkpoint: Checkpoint): Promise<void> {
  const { state, weights, moments } = checkpoint;
  await writeSafetensors(checkpointFile(directory), new Map([...weights, ...moments]), {
    plan,
    state: JSON.stringify(state),
  });
}

export async function readCheckpoint(directory: string, plan: string): Promise<Checkpoint | undefined> {
  if (!existsSync(checkpointFile(directory))) return undefined;
  const { weights: all, metadata } = await readSafetensors(checkpointFile(directory));
  if (metadata["plan"] !== plan) return undefined;
  const state = JSON.parse(metadata["state"]!) as TrainingState;
  const isMoment = (name: string) => name.includes("/");
  return {
    state,
    weights: new Map([...all].filter(([name]) => !isMoment(name))),
    moments: new Map([...all].filter(([name]) => isMoment(name))),
  };
}
