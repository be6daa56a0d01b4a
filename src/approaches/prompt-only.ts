// Asks the model and nothing else: what a team gets without any documents.
import type { Approach } from "../core/answers.ts";
import { identityOf } from "../core/component.ts";
import type { ChatModel, GenerateOptions } from "../core/models.ts";
import { answererOf } from "./answering.ts";
import { generateConfig } from "./generate-config.ts";
import { declineFromKnowledge, instructionsVersion, ungroundedInstructions } from "./instructions.ts";

export type PromptOnlyOptions = {
  readonly model: ChatModel;
  /** Role and house style; the rule to admit not knowing is added. */
  readonly instructions?: string;
  readonly generate?: GenerateOptions;
};

/** Knowledge from the model, behaviour from instructions. A reader without a language model declines every question. */
export function promptOnly(options: PromptOnlyOptions): Approach {
  const { model } = options;
  const instructions = ungroundedInstructions(options.instructions);
  const identity = {
    name: "prompt-only",
    version: `1-${instructionsVersion}`,
    config: { model: identityOf(model), instructions, ...generateConfig(options.generate) },
  };
  return {
    ...identity,
    yardstick: false,
    knowledgeFrom: "the model",
    behaviourFrom: "instructions",
    prepare: async () => ({ usage: [] }),
    open: async () =>
      answererOf({
        identity,
        model,
        ...(options.generate ? { generate: options.generate } : {}),
        draft: async (question) => {
          if (!model.followsInstructions) {
            const note = `${model.name} is no language model: without documents it knows nothing, so it declines`;
            return { hits: [], usage: [], notes: [note], text: declineFromKnowledge, outcome: "declined" };
          }
          const prompt = { instructions, examples: [], passages: [], question: question.text };
          return { hits: [], usage: [], notes: [], prompt };
        },
      }),
  };
}
