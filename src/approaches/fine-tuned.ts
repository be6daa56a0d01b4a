// Asks a model that was tuned on the examples, and nothing else. No document is read: what it knows is in its weights.
import type { Approach } from "../core/answers.ts";
import { identityOf } from "../core/component.ts";
import type { ChatModel, GenerateOptions } from "../core/models.ts";
import { answererOf } from "./answering.ts";
import { generateConfig } from "./generate-config.ts";
import { type Training, withTraining } from "./trained-weights.ts";

export type FineTunedOptions = {
  readonly model: ChatModel;
  readonly training: Training;
  /** Only what the examples began with as well: any other words are news to the model. Default: none. */
  readonly instructions?: string;
  readonly generate?: GenerateOptions;
};

/** Knowledge and behaviour from the weights. */
export function fineTuned(options: FineTunedOptions): Approach {
  const { model, training, instructions = "" } = options;
  const identity = {
    name: "fine-tuned",
    version: "1",
    config: { model: identityOf(model), instructions, ...generateConfig(options.generate) },
  };
  const approach: Approach = {
    ...identity,
    yardstick: false,
    knowledgeFrom: "the weights",
    behaviourFrom: "the weights",
    prepare: async () => ({ usage: [] }),
    open: async () =>
      answererOf({
        identity,
        model,
        ...(options.generate ? { generate: options.generate } : {}),
        draft: async ({ text }) => ({
          hits: [],
          usage: [],
          notes: [],
          prompt: { instructions, examples: [], passages: [], question: text },
        }),
      }),
  };
  return withTraining(approach, training);
}
