// `assay tune --learning-curve`: the same training on nested parts of the examples, judged on the same held-out ones. Tells whether
// more examples are worth labelling.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { identityOf } from "../../core/component.ts";
import { AssayError } from "../../core/errors.ts";
import { contentHash, hashOf } from "../../core/hash.ts";
import type { TuningExample, TuningJob } from "../../core/training.ts";
import type { ProjectContext } from "../wiring/context.ts";
import type { TuneOptions } from "./tune.ts";
import { examplesForTuning } from "./tune-examples.ts";

export type LearningPoint = {
  readonly examples: number;
  /** In nats per answer token; null where nothing could be held out. */
  readonly heldOutLoss: number | null;
  readonly steps: number;
  readonly ms: number;
};

export type LearningCurve = {
  readonly heldOut: number;
  /** Each part holds all of the one before. */
  readonly points: readonly LearningPoint[];
  /** Held-out loss that the last doubling of the examples took away; null where it was not measured. */
  readonly lastGain: number | null;
  readonly verdict: string;
};

const shares = [1 / 8, 1 / 4, 1 / 2, 1];
/** Trainers refuse fewer. */
const fewestExamples = 10;
/** Repeated runs of one training differ by about this much. */
const noticeable = 0.02;

/** Every part is a stage: what was trained is not trained again, and a killed part goes on. */
export async function learningCurve(context: ProjectContext, options: TuneOptions): Promise<LearningCurve> {
  const { settings, method } = options;
  const { training, heldOut } = await examplesForTuning(context, { method, seed: settings.seed });
  const order = shuffledBySeed(training, settings.seed);
  const counts = shares.map((share) => Math.round(order.length * share)).filter((count) => count >= fewestExamples);
  const points: LearningPoint[] = [];
  for (const count of counts) points.push(await trainedOn(context, options, order.slice(0, count), heldOut));
  const [last, before] = [points.at(-1)?.heldOutLoss ?? null, points.at(-2)?.heldOutLoss ?? null];
  const lastGain = last === null || before === null ? null : before - last;
  return { heldOut: heldOut.length, points, lastGain, verdict: verdictOn(lastGain) };
}

function verdictOn(lastGain: number | null): string {
  if (lastGain === null) return "too few examples for a curve: at least 20 to train on are needed";
  const gain = lastGain.toFixed(3);
  return lastGain > noticeable
    ? `doubling the examples last took ${gain} nats off the held-out loss: more examples are likely to help`
    : `doubling the examples last changed the held-out loss by ${gain} nats: more of the same will hardly help`;
}

/** An order that does not depend on where an example stands in the file. */
function shuffledBySeed(examples: readonly TuningExample[], seed: number): readonly TuningExample[] {
  return examples
    .map((example) => ({ example, key: contentHash(`${seed}:${hashOf(example)}`) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ example }) => example);
}

async function trainedOn(
  context: ProjectContext,
  { trainer, method, settings, progress, signal }: TuneOptions,
  examples: readonly TuningExample[],
  heldOut: readonly TuningExample[],
): Promise<LearningPoint> {
  const component = { name: "learning-curve", version: "1", config: { trainer: identityOf(trainer), settings } };
  const inputs = { examples: hashOf(examples), heldOut: hashOf(heldOut) };
  const directory = join(context.state.tunings, `curve-${hashOf({ component, inputs }).slice(0, 12)}`);
  const { value } = await context.stages.json({ component, inputs }, async (): Promise<LearningPoint> => {
    const job: TuningJob = { method, settings, examples, heldOut, directory };
    const result = await trainer.train(job, { progress, ...(signal ? { signal } : {}) });
    if (result.reason === "cancelled") throw stopped(examples.length);
    rmSync(directory, { recursive: true, force: true });
    return { examples: examples.length, heldOutLoss: result.bestLoss, steps: result.steps ?? 0, ms: result.ms };
  });
  return value;
}

const stopped = (examples: number): AssayError =>
  new AssayError({
    code: "cancelled",
    message: `the learning curve was stopped while training on ${examples} examples`,
    remedy: "type the same command again: it goes on from there",
  });
