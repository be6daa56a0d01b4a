// What a run begins with: fresh random weights, a base model, or an earlier run that is to learn more.
import { AssayError } from "../../core/errors.ts";
import type { TrainingExample } from "../../core/questions.ts";
import { type DecoderConfig, type DecoderSize, decoderConfig, projections } from "../../neural/decoder-config.ts";
import type { TrainingModel } from "../../neural/training-session.ts";
import { initialAdapter, initialWeights, type LoraConfig } from "../../neural/weights.ts";
import { readBase } from "./base-model.ts";
import type { ChatTokenizer } from "./chat-tokenizer.ts";
import { effectiveWeights, type ModelDescription, type ModelOnDisk } from "./model-files.ts";
import { ownChat } from "./own-chat.ts";
import { trainTokenizer } from "./tokenizer.ts";

export type StartingPoint = {
  readonly model: TrainingModel;
  readonly words: ChatTokenizer;
  readonly origin: ModelDescription["origin"];
};

export type StartingOptions = {
  /** The size of a fresh model. Default `1m`. Ignored with `base` or `from`. */
  readonly size?: DecoderSize;
  /** A model directory to tune from: one of ours, or a Llama of Hugging Face. */
  readonly base?: string;
  /** An earlier run's directory to continue on new examples. */
  readonly from?: string;
  /** Longest conversation in tokens that a fresh model takes. Default 512. Ignored with `base` or `from`. */
  readonly maximumLength?: number;
  readonly method: "full" | "lora";
  readonly lora?: Partial<LoraConfig>;
  readonly seed: number;
};

const vocabularySize: Readonly<Record<DecoderSize, number>> = { "1m": 1024, "6m": 2048, "30m": 8192 };

const defaultLength = 512;

/** Sites of a fresh adapter: all matrices, as "LoRA Without Regret" (2025) found best. */
const defaultLora: LoraConfig = { rank: 8, alpha: 16, targets: projections };

export async function startingPoint(
  options: StartingOptions,
  examples: readonly TrainingExample[],
): Promise<StartingPoint> {
  const directory = options.from ?? options.base;
  if (directory === undefined) return freshModel(options, examples);
  const found = await readBase(directory);
  const origin = found.origin === "random" ? "random" : found.origin;
  return { model: continued(found, options), words: found.words, origin };
}

function freshModel(options: StartingOptions, examples: readonly TrainingExample[]): StartingPoint {
  if (options.method === "lora") {
    throw new AssayError({
      code: "bad-usage",
      message: "LoRA adapts a base model, and none is given",
      remedy: "assay tune --base DIR, or train all weights with method: full",
    });
  }
  const { size = "1m", maximumLength = defaultLength, seed } = options;
  const texts = examples.flatMap(({ messages }) => messages.map(({ content }) => content));
  const words = ownChat(trainTokenizer(texts, vocabularySize[size]));
  const config = decoderConfig(size, { vocabulary: words.size, maximumLength });
  return { model: { config, trainable: initialWeights(config, seed), frozen: new Map() }, words, origin: "random" };
}

function continued(found: ModelOnDisk, options: StartingOptions): TrainingModel {
  const { config } = found;
  if (options.method === "full") return { config, trainable: effectiveWeights(found), frozen: new Map() };
  if (options.from !== undefined && found.adapter && found.lora && !options.lora) {
    return { config, trainable: found.adapter, frozen: found.weights, lora: found.lora };
  }
  const lora = checked({ ...defaultLora, ...options.lora }, config);
  return {
    config,
    trainable: initialAdapter(config, lora, options.seed),
    frozen: effectiveWeights(found),
    lora,
  };
}

function checked(lora: LoraConfig, { width }: DecoderConfig): LoraConfig {
  const isRank = Number.isInteger(lora.rank) && lora.rank >= 1 && lora.rank <= width;
  if (isRank && lora.targets.length > 0) return lora;
  throw new AssayError({
    code: "bad-config",
    message: `LoRA wants a rank between 1 and ${width} and at least one target of ${projections.join(", ")}`,
    remedy: `rank: ${defaultLora.rank}, targets: all of them`,
  });
}
