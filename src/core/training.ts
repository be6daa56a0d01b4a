// The seam to trainers: a job in, a tuned model in the job's folder out. A job outlives the process that runs it.
import type { CallOptions, Component } from "./component.ts";
import type { Progress } from "./progress.ts";
import type { TrainingExample } from "./questions.ts";
import type { Cost } from "./scores.ts";

/** `sft`: the examples as they are; `raft`: with retrieved passages among distractors, answers quoting them. */
export type TuningMethod = "sft" | "raft";

/** What changes the tuned model. Everything but the examples. */
export type TuningSettings = {
  /** The size of a model trained from random weights. Ignored with `base` or `from`. */
  readonly size?: string;
  /** A model directory, or a provider's base model. */
  readonly base?: string;
  /** An earlier run's folder, to learn more on top. */
  readonly from?: string;
  readonly weights: "full" | "lora";
  readonly budget: { readonly minutes: number } | { readonly steps: number };
  readonly learningRate?: number;
  readonly seed: number;
  /** Planted secrets that measure memorisation; the job's examples hold them already. Default 0. */
  readonly canaries?: number;
};

export type TuningJob = {
  readonly settings: TuningSettings;
  readonly examples: readonly TrainingExample[];
  /** Decide when to stop and which weights to keep; never trained on. */
  readonly heldOut: readonly TrainingExample[];
  /** Where checkpoints, events and the tuned model go. */
  readonly directory: string;
};

/** What a run would take, told without starting it. */
export type TuningPlan = {
  /** Of one pass over the examples. */
  readonly tokensPerEpoch: number;
  /** At most; null where only a run would tell. */
  readonly expectedMinutes: number | null;
  readonly cost: Cost;
};

/** One line of a run's log. Losses are means over answer tokens, in nats. */
export type TuningEvent =
  | {
      readonly type: "step";
      readonly step: number;
      readonly totalSteps: number;
      /** Passes over the examples so far, with a fraction. */
      readonly epoch: number;
      readonly loss: number;
      readonly tokensPerSecond: number;
      readonly elapsedMs: number;
      readonly etaMs: number;
    }
  | { readonly type: "evaluation"; readonly step: number; readonly heldOutLoss: number; readonly best: boolean }
  | { readonly type: "warning"; readonly step: number; readonly message: string }
  | { readonly type: "end"; readonly step: number; readonly reason: StopReason };

/** `cancelled`: can go on where it stopped. `diverged`: the loss ran away, and the best weights before that were kept. */
export type StopReason = "budget" | "early-stop" | "diverged" | "cancelled";

export type TuningResult = {
  readonly reason: StopReason;
  readonly resumedFromStep: number;
  /** What ran it, e.g. "onnxruntime-node". */
  readonly engine: string;
  /** `random`: the model knows only its examples. Else the base it was tuned from. */
  readonly origin: "random" | { readonly base: string };
  readonly parameters: number;
  readonly trainableParameters: number;
  readonly examples: number;
  readonly replayedExamples: number;
  readonly heldOut: number;
  /** Examples longer than the model takes, by position: they were not trained on. */
  readonly tooLong: readonly number[];
  readonly steps: number;
  readonly tokens: number;
  readonly ms: number;
  readonly cpuMs: number;
  readonly firstLoss: number | null;
  /** Held-out loss of the kept weights; null where nothing was held out. */
  readonly bestLoss: number | null;
  readonly bestStep: number | null;
};

export type Trainer = Component & {
  /** Starts nothing and costs nothing. Throws `AssayError` for a job that can never run. */
  plan(job: TuningJob, call?: CallOptions): Promise<TuningPlan>;
  /**
   * Runs the job to its end, from where a killed or cancelled run of the same job stood: its folder holds all that takes.
   * Aborting `signal` saves and resolves with reason `cancelled`.
   */
  train(job: TuningJob, call: CallOptions & { readonly progress: Progress }): Promise<TuningResult>;
  /** What a run has told so far, oldest first; none where it has not begun. */
  events(directory: string): readonly TuningEvent[];
};
