// Turns a budget and a set of examples into a plan: batch size, steps, schedule, how often to look at the held-out loss.
import type { EncodedExample } from "./chat-template.ts";
import type { Schedule } from "./schedule.ts";
import type { StartingPoint } from "./starting-point.ts";
import type { TrainingPlan } from "./training-loop.ts";

/** Every one has a default that fits the model's size and the number of examples. */
export type Hyperparameters = {
  readonly learningRate?: number;
  readonly schedule?: Schedule["kind"];
  readonly warmUpSteps?: number;
  /** AdamW's, on matrices only. Default 0.1, for adapters 0. */
  readonly weightDecay?: number;
  /** Global gradient norm. Default 1. */
  readonly clipNorm?: number;
  /** Tokens that run through the graph together. */
  readonly batchTokens?: number;
  /** Such runs per step. Default 1. */
  readonly accumulation?: number;
  readonly evaluateEvery?: number;
  /** Evaluations without a better held-out loss before training stops. Default 6. */
  readonly patience?: number;
  /** Old examples per new one when continuing. Default 1. */
  readonly replayShare?: number;
};

type PlanInputs = {
  readonly identity: string;
  readonly training: readonly EncodedExample[];
  readonly heldOut: readonly EncodedExample[];
};

type PlanOptions = {
  readonly directory: string;
  readonly seed: number;
  readonly budget: { readonly minutes: number } | { readonly steps: number };
  readonly hyperparameters?: Hyperparameters;
};

/** Held-out loss is looked at this often per run. */
const evaluations = 25;
const mostEpochs = 40;
/** A fresh model needs this many steps before it says anything, however few its examples. */
const fewestSteps = 1000;
const fewestBatchesPerEpoch = 16;
/** A longer look at the held-out loss costs time and changes no decision. */
const mostHeldOut = 256;

/** Wider models want smaller steps: about width^−0.75, found on this decoder; adapters start from nothing and want more. */
function defaultRate(width: number, isAdapter: boolean): number {
  return 3e-3 * (width / 128) ** -0.75 * (isAdapter ? 2 : 1);
}

export function planOf(options: PlanOptions, { model }: StartingPoint, inputs: PlanInputs): TrainingPlan {
  const chosen = options.hyperparameters ?? {};
  const isAdapter = model.lora !== undefined;
  const tokens = inputs.training.reduce((sum, { ids }) => sum + ids.length, 0);
  const batchTokens = chosen.batchTokens ?? Math.min(2048, Math.max(256, Math.round(tokens / fewestBatchesPerEpoch)));
  const accumulation = chosen.accumulation ?? 1;
  const stepsPerEpoch = Math.max(1, Math.ceil(tokens / (batchTokens * accumulation)));
  const mostSteps = Math.max(fewestSteps, mostEpochs * stepsPerEpoch);
  const steps = "steps" in options.budget ? options.budget.steps : mostSteps;
  return {
    identity: inputs.identity,
    directory: options.directory,
    examples: inputs.training,
    heldOut: spread(inputs.heldOut, mostHeldOut),
    seed: options.seed,
    isAdapter,
    batchTokens,
    accumulation,
    schedule: {
      kind: chosen.schedule ?? "cosine",
      peak: chosen.learningRate ?? defaultRate(model.config.width, isAdapter),
      warmUpSteps: chosen.warmUpSteps ?? Math.max(1, Math.min(50, Math.round(steps / 10))),
      floor: 0.05,
    },
    evaluateEvery:
      chosen.evaluateEvery ?? Math.max(1, Math.min(Math.round(steps / evaluations), 4 * stepsPerEpoch, 100)),
    patience: chosen.patience ?? 6,
    budget: "steps" in options.budget ? options.budget : { ...options.budget, mostSteps },
  };
}

/** At most `count` of them, from all over the list: it may be sorted by what the examples are about. */
function spread<Item>(items: readonly Item[], count: number): readonly Item[] {
  if (items.length <= count) return items;
  return Array.from({ length: count }, (_, at) => items[Math.floor((at * items.length) / count)]!);
}
