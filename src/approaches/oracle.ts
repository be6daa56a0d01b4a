// Yardstick: the reader is given the gold passages. What it still gets wrong, no retrieval can put right.
import type { Approach } from "../core/answers.ts";
import { identityOf } from "../core/component.ts";
import { hashOf } from "../core/hash.ts";
import type { ChatModel, GenerateOptions } from "../core/models.ts";
import type { Hit } from "../core/retrieval.ts";
import { answererOf } from "./answering.ts";
import type { PageLookup } from "./citations.ts";
import { generateConfig } from "./generate-config.ts";
import { declineSentence, groundedInstructions, instructionsVersion } from "./instructions.ts";

export type OracleOptions = {
  readonly model: ChatModel;
  /** Gold passages by question id, best first. A question without any is declined. */
  readonly gold: ReadonlyMap<string, readonly Hit[]>;
  readonly instructions?: string;
  readonly generate?: GenerateOptions;
  readonly pagesOf?: PageLookup;
};

export function oracle(options: OracleOptions): Approach {
  const { model, gold } = options;
  const instructions = groundedInstructions(options.instructions);
  const identity = {
    name: "oracle",
    version: `1-${instructionsVersion}`,
    config: { model: identityOf(model), gold: goldHash(gold), instructions, ...generateConfig(options.generate) },
  };
  return {
    ...identity,
    yardstick: true,
    knowledgeFrom: "the gold passages",
    behaviourFrom: "instructions",
    prepare: async () => ({ usage: [] }),
    open: async () =>
      answererOf({
        identity,
        model,
        ...(options.generate ? { generate: options.generate } : {}),
        ...(options.pagesOf ? { pagesOf: options.pagesOf } : {}),
        draft: async (question) => {
          const hits = gold.get(question.id) ?? [];
          if (hits.length === 0) {
            const note = "no gold passage is named for this question: declined";
            return { hits, usage: [], notes: [note], text: declineSentence, outcome: "declined" };
          }
          const prompt = { instructions, examples: [], passages: hits, question: question.text };
          return { hits, usage: [], notes: [], prompt };
        },
      }),
  };
}

function goldHash(gold: ReadonlyMap<string, readonly Hit[]>): string {
  const passages = [...gold].map(([id, hits]) => ({
    id,
    passages: hits.map(({ chunk }) => [chunk.documentId, chunk.start, chunk.end]),
  }));
  return hashOf(passages);
}
