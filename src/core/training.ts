// The seam to trainers: a job in, a tuned model out, in the job's folder or at a provider. A job outlives the process that runs it.
import type { CallOptions, Component } from "./component.ts";
import type { Progress } from "./progress.ts";
import type { PreferenceExample, TrainingExample } from "./questions.ts";
import type { Cost } from "./scores.ts";

/**
 * `sft`: the examples as they are; `raft`: with retrieved passages among distractors, answers quoting them; `slots`: with
 * what they quote cut out, so that a reader can fill it in; `dpo`: from pairs of answers, one preferred to the other.
 */
export type TuningMethod = (typeof tuningMethods)[number];
export const tuningMethods = ["sft", "raft", "slots", "dpo"] as const;

/** Preferences for `dpo`, conversations otherwise. */
export type TuningExample = TrainingExample | PreferenceExample;

export type TunedWeights = (typeof tunedWeights)[number];
export const tunedWeights = ["full", "lora", "qlora"] as const;

/** What changes the tuned model. Everything but the examples. */
export type TuningSettings = {
  /** The size of a model trained from random weights. Ignored with `base` or `from`. */
  readonly size?: string;
  /** A model directory, or a provider's base model. */
  readonly base?: string;
  /** An earlier run's folder, to learn more on top. */
  readonly from?: string;
  /** `qlora`: an adapter over a base held in 4 bits while it is trained. */
  readonly weights: TunedWeights;
  readonly budget: { readonly minutes: number } | { readonly steps: number } | { readonly epochs: number };
  readonly learningRate?: number;
  /** Of the adapter, with `weights: "lora"`. Default: the trainer's. */
  readonly rank?: number;
  /** How far `dpo` may leave the base: lower goes further. Default: the trainer's. */
  readonly beta?: number;
  /** Passages for a model that starts from random weights, against advice: it will hardly read them. */
  readonly force?: true;
  readonly seed: number;
  /** Planted secrets that measure memorisation; the job's examples hold them already. Default 0. */
  readonly canaries?: number;
};

export type TuningJob = {
  readonly method: TuningMethod;
  readonly settings: TuningSettings;
  readonly examples: readonly TuningExample[];
  /** Decide when to stop and which weights to keep; never trained on. */
  readonly heldOut: readonly TuningExample[];
  /** Where checkpoints, events and the tuned model go. */
  readonly directory: string;
};

/** What a run would take, told without starting it. */
export type TuningPlan = {
  /** Of one pass over the examples. */
  readonly tokensPerEpoch: number;
  /** Passes over the examples; absent where minutes or steps decide. */
  readonly epochs?: number;
  /** At most; null where only a run would tell. */
  readonly expectedMinutes: number | null;
  readonly cost: Cost;
  /** What the tuned model answers from. Absent: this machine. */
  readonly hosting?: Hosting;
  /** What must be known before anything is uploaded or spent: a model that retires, say. One sentence each. */
  readonly notes?: readonly string[];
};

/** What must run, and be paid, for a provider's tuned model to answer. */
export type Hosting =
  /** As any model of the provider: by the token. */
  | { readonly kind: "per-token" }
  /** A machine of its own by the hour; `billsWhenIdle`: also while nobody asks. */
  | { readonly kind: "endpoint"; readonly usdPerHour: number | null; readonly billsWhenIdle: boolean };

/** When a provider switches a model off, and who says so. */
export type Retirement = { readonly model: string; readonly date: string; readonly source: string };

/** How a job elsewhere stands, in one vocabulary for all providers. `unknown`: the provider's word is new to us. */
export type JobStatus =
  | "validating"
  | "queued"
  | "running"
  | "finishing"
  | "succeeded"
  | "failed"
  | "cancelling"
  | "cancelled"
  | "paused"
  | "gone"
  | "unknown";

/** One line of a run's log. Losses are means over answer tokens, in nats. */
export type TuningEvent =
  | {
      readonly type: "step";
      readonly step: number;
      readonly totalSteps: number;
      /** Passes over the examples so far, with a fraction. */
      readonly epoch: number;
      readonly loss: number;
      /** Null where a provider does not tell, as the time left is. */
      readonly tokensPerSecond: number | null;
      readonly elapsedMs: number;
      readonly etaMs: number | null;
    }
  | { readonly type: "evaluation"; readonly step: number; readonly heldOutLoss: number; readonly best: boolean }
  | { readonly type: "warning"; readonly step: number; readonly message: string }
  /** A job elsewhere: `said` is the provider's own word, `share` how much of the work is done. */
  | {
      readonly type: "status";
      readonly step: number;
      readonly status: JobStatus;
      readonly said: string;
      readonly share: number | null;
      readonly etaMs: number | null;
    }
  /** Weights that can be answered with or gone on from; `model` is a name or a path. */
  | { readonly type: "checkpoint"; readonly step: number; readonly model: string }
  | { readonly type: "end"; readonly step: number; readonly reason: StopReason };

/**
 * `cancelled`: stopped before its end. `detached`: we stopped following a job that goes on elsewhere. `diverged`: the loss ran
 * away, and the best weights before that were kept.
 */
export type StopReason = "budget" | "early-stop" | "diverged" | "cancelled" | "detached";

export type TuningResult = {
  readonly reason: StopReason;
  readonly resumedFromStep: number;
  /** What ran it, e.g. "onnxruntime-node". */
  readonly engine: string;
  /** `random`: the model knows only its examples. Else the base it was tuned from. */
  readonly origin: "random" | { readonly base: string };
  /** Absent: the tuned model lies in the job's folder. */
  readonly model?: ProviderModel;
  /** Weights in the job's folder that the engine of `tuning.serve` answers with. Absent: the embedded engine's, or a provider's. */
  readonly weights?: WeightsOnDisk;
  /** The most memory that training took. */
  readonly peakBytes?: number;
  /** What training cost, as billed or as last estimated by whoever bills. Absent: this machine's time. */
  readonly cost?: Cost;
  /** Null where a provider does not tell, as are the other counts below. */
  readonly parameters: number | null;
  readonly trainableParameters: number | null;
  readonly examples: number;
  readonly replayedExamples: number;
  readonly heldOut: number;
  /** Examples longer than the model takes, by position: they were not trained on. */
  readonly tooLong: readonly number[];
  readonly steps: number | null;
  readonly tokens: number | null;
  readonly ms: number;
  readonly cpuMs: number;
  readonly firstLoss: number | null;
  /** Held-out loss of the kept weights; null where nothing was held out. */
  readonly bestLoss: number | null;
  readonly bestStep: number | null;
};

/** In the layout of Hugging Face: `adapter` as PEFT writes it, over the base it was tuned from; `whole` a model of its own. */
export type WeightsOnDisk = {
  readonly kind: "adapter" | "whole";
  /** From the job's folder. */
  readonly path: string;
  readonly sha256: string;
};

/** A tuned model that answers elsewhere. */
export type ProviderModel = {
  /** `provider/model`, opened through the model registry and nowhere else. */
  readonly name: string;
  readonly hosting: Hosting;
  /** Null where nobody has said when it ends. */
  readonly retires: Retirement | null;
  /** What has to be done before it answers, e.g. deploying it; empty where nothing has. */
  readonly toDo: readonly string[];
};

export type Trainer = Component & {
  /** What `settings.base` names: a model directory, a name that the trainer knows, or either. */
  readonly bases: "folder" | "name" | "folder-or-name";
  /** Starts nothing and costs nothing. Throws `AssayError` for a job that can never run. */
  plan(job: TuningJob, call?: CallOptions): Promise<TuningPlan>;
  /**
   * Runs the job to its end, from where a killed or cancelled run of the same job stood: its folder holds all that takes.
   * Aborting `signal` saves and resolves with reason `cancelled`, or `detached` where the job goes on elsewhere.
   */
  train(job: TuningJob, call: TrainCall): Promise<TuningResult>;
  /** What a run has told so far, oldest first; none where it has not begun. */
  events(directory: string): readonly TuningEvent[];
  /** Has a worker that outlived its parent save and stop. Absent: nothing outlives the process that trains. */
  stopLeftover?(directory: string): Promise<void>;
  /** Absent: jobs live and stop with the process that runs them. */
  readonly elsewhere?: JobsElsewhere;
};

export type TrainCall = CallOptions & {
  readonly progress: Progress;
  /** A provider that wants more is told no before the job is created. Absent: what was agreed to has no limit. */
  readonly atMostUsd?: number;
};

/** What can be done to jobs that live at a provider and outlast this process. */
export type JobsElsewhere = {
  /** Asks once how the job stands and writes down what it is told. */
  look(directory: string, call?: CallOptions): Promise<void>;
  /** Stops the job for good; what was done until then is billed. */
  cancel(directory: string, call?: CallOptions): Promise<void>;
  /** True where going on means a new job, paid anew: the last one failed or was cancelled. */
  startsAnew(directory: string): boolean;
  /** All jobs of the account, newest first, whoever made them. */
  list(call?: CallOptions): Promise<readonly JobElsewhere[]>;
};

export type JobElsewhere = {
  readonly id: string;
  readonly status: JobStatus;
  /** The provider's own word for it. */
  readonly said: string;
  readonly base: string | null;
  /** The tuned model's name at the provider. */
  readonly model: string | null;
  /** ISO 8601. */
  readonly createdAt: string | null;
};
