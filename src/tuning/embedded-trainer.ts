// The embedded trainer behind the seam that all trainers share: settings in, plan, run and events out.
import { AssayError } from "../core/errors.ts";
import { asConversation } from "../core/questions.ts";
import type { Trainer, TuningJob, TuningResult, TuningSettings } from "../core/training.ts";
import { countTokens } from "../text/tokens.ts";
import type { StartingOptions } from "./embedded/starting-point.ts";
import type { EmbeddedTrainingOptions, TrainingReport } from "./embedded/train-embedded.ts";
import { readEvents } from "./embedded/training-events.ts";

type DecoderSize = NonNullable<StartingOptions["size"]>;

/** Sizes of models that can be trained from random weights, smallest first. */
export const embeddedSizes: readonly DecoderSize[] = ["1m", "6m", "30m"];

export type EmbeddedTrainerOptions = {
  /** A folder whose `node_modules` may hold the native engine. */
  readonly enginesDirectory?: string;
};

/** Fewer than this teach nothing. */
const fewestExamples = 10;
/** Chat marks around a turn. */
const tokensPerTurn = 2;

export function embeddedTrainer(options: EmbeddedTrainerOptions = {}): Trainer {
  return {
    name: "embedded",
    version: "1",
    config: {},
    bases: "folder",
    async plan(job) {
      checkMethod(job);
      checkExamples(job);
      await checkStart(job.settings);
      const budget = budgetOf(job.settings);
      return {
        tokensPerEpoch: tokensOf(job),
        // Held-out loss may end it sooner; nobody knows how long a step takes on this machine before the first.
        expectedMinutes: "minutes" in budget ? budget.minutes : null,
        cost: { status: "priced", usd: 0 },
      };
    },
    async train(job, { progress, signal }) {
      const { trainEmbedded } = await import("./embedded/train-embedded.ts");
      const engine = options.enginesDirectory ? { engine: { enginesDirectory: options.enginesDirectory } } : {};
      const report = await trainEmbedded({
        ...trainingOptions(job),
        ...engine,
        progress,
        ...(signal ? { signal } : {}),
      });
      return resultOf(report);
    },
    events: readEvents,
  };
}

function checkMethod({ method }: TuningJob): void {
  if (method !== "dpo") return;
  throw new AssayError({
    code: "bad-usage",
    message: "the embedded trainer does not learn from preferences",
    remedy: "assay tune --method dpo --trainer together, for one",
  });
}

function weightsOf({ weights }: TuningSettings): EmbeddedTrainingOptions["method"] {
  if (weights !== "qlora") return weights;
  throw new AssayError({
    code: "bad-usage",
    message: "the embedded trainer holds its base in 32 bits",
    remedy: "assay tune --weights lora, or --trainer trl for a 4-bit base",
  });
}

function budgetOf({ budget }: TuningSettings): EmbeddedTrainingOptions["budget"] {
  if (!("epochs" in budget)) return budget;
  throw new AssayError({
    code: "bad-usage",
    message: "the embedded trainer does not count epochs",
    remedy: "give it --minutes or --steps instead",
  });
}

function checkExamples({ examples }: TuningJob): void {
  if (examples.length >= fewestExamples) return;
  throw new AssayError({
    code: "bad-examples",
    message: `${examples.length} examples are too few to train on; at least ${fewestExamples} are needed, 50 to 100 usually show an effect`,
    remedy: "add examples, or have some drafted: assay data synthesize",
  });
}

/** A base that cannot be tuned is told before anything is written. */
async function checkStart(settings: TuningSettings): Promise<void> {
  const { base, from, size } = settings;
  const weights = weightsOf(settings);
  const directory = from ?? base;
  if (directory !== undefined) {
    const { readBase } = await import("./embedded/base-model.ts");
    await readBase(directory);
    return;
  }
  sizeOf(size);
  if (weights === "full") return;
  throw new AssayError({
    code: "bad-usage",
    message: "LoRA adapts a base model, and none is given",
    remedy: "assay tune --base DIR --weights lora, or train all weights: --weights full",
  });
}

function sizeOf(size: string | undefined): DecoderSize {
  const known = embeddedSizes.find((name) => name === (size ?? "1m"));
  if (known) return known;
  throw new AssayError({
    code: "bad-usage",
    message: `unknown size "${size}"`,
    remedy: `choose one of ${embeddedSizes.join(", ")}`,
  });
}

/** Of a fresh model that is to read passages; others take what `startingPoint` gives them. */
const lengthWithPassages = 2048;

function trainingOptions({ method, settings, examples, heldOut, directory }: TuningJob): EmbeddedTrainingOptions {
  const { size, base, from, learningRate, seed } = settings;
  return {
    directory,
    examples: examples.map(asConversation),
    heldOut: heldOut.map(asConversation),
    seed,
    budget: budgetOf(settings),
    method: weightsOf(settings),
    size: sizeOf(size),
    ...(method === "raft" ? { maximumLength: lengthWithPassages } : {}),
    ...(base === undefined ? {} : { base }),
    ...(from === undefined ? {} : { from }),
    ...(learningRate === undefined ? {} : { hyperparameters: { learningRate } }),
  };
}

/** Of one pass, by the fixed counter: the model's own tokenizer does not exist yet. */
function tokensOf({ examples }: TuningJob): number {
  return examples
    .map(asConversation)
    .flatMap(({ messages }) => messages)
    .reduce((sum, { content }) => sum + countTokens(content) + tokensPerTurn, 0);
}

function resultOf({ vocabulary: _, directory: __, ...result }: TrainingReport): TuningResult {
  return result;
}
