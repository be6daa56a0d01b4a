// Retrieves passages for the question and puts them before the model. `hybrid` and the BM25 yardstick are this with other parts.
import type { AnswerCall, Approach } from "../core/answers.ts";
import { type Component, identityOf } from "../core/component.ts";
import type { ChatModel, GenerateOptions } from "../core/models.ts";
import type { Question } from "../core/questions.ts";
import type { Retriever } from "../core/retrieval.ts";
import { orderPassages, type PassageOrdering } from "../retrieval/ordering.ts";
import { withinTokenBudget } from "../retrieval/token-budget.ts";
import { countTokens, tokenCounterName } from "../text/tokens.ts";
import { answererOf, type Draft } from "./answering.ts";
import type { PageLookup } from "./citations.ts";
import { generateConfig } from "./generate-config.ts";
import { declineSentence, groundedInstructions, instructionsVersion } from "./instructions.ts";

export type RagOptions = {
  readonly retriever: Retriever;
  readonly model: ChatModel;
  /** Passages asked for. Default 8. */
  readonly topK?: number;
  /** Budget for passages. Default 4,000. */
  readonly contextTokens?: number;
  /** Default `rank`. */
  readonly ordering?: PassageOrdering;
  readonly instructions?: string;
  readonly generate?: GenerateOptions;
  readonly pagesOf?: PageLookup;
  /** What reports call it. Default `rag`. */
  readonly name?: string;
  /** Default false. */
  readonly yardstick?: boolean;
};

/** Knowledge from retrieved passages, behaviour from instructions. No passage found means declining without a call. */
export function rag(options: RagOptions): Approach {
  const identity = ragIdentity(options);
  const instructions = groundedInstructions(options.instructions);
  return {
    ...identity,
    yardstick: options.yardstick ?? false,
    knowledgeFrom: "retrieved passages",
    behaviourFrom: "instructions",
    prepare: async () => ({ usage: [] }),
    open: async () =>
      answererOf({
        identity,
        model: options.model,
        ...(options.generate ? { generate: options.generate } : {}),
        ...(options.pagesOf ? { pagesOf: options.pagesOf } : {}),
        draft: (question, call) => retrieved(options, instructions, question, call),
      }),
  };
}

const defaults = { topK: 8, contextTokens: 4000, ordering: "rank" } as const;

function ragIdentity(options: RagOptions): Component {
  const { retriever, model } = options;
  return {
    name: options.name ?? "rag",
    version: `1-${instructionsVersion}`,
    config: {
      retriever: identityOf(retriever),
      model: identityOf(model),
      tokens: tokenCounterName,
      topK: options.topK ?? defaults.topK,
      contextTokens: options.contextTokens ?? defaults.contextTokens,
      ordering: options.ordering ?? defaults.ordering,
      instructions: groundedInstructions(options.instructions),
      ...generateConfig(options.generate),
    },
  };
}

async function retrieved(
  options: RagOptions,
  instructions: string,
  question: Question,
  call: AnswerCall,
): Promise<Draft> {
  const { topK = defaults.topK, contextTokens = defaults.contextTokens, ordering = defaults.ordering } = options;
  const access = { ...(call.groups ? { groups: call.groups } : {}), ...(call.filter ? { filter: call.filter } : {}) };
  const signal = call.signal ? { signal: call.signal } : {};
  const query = { text: question.text, topK, ...access };
  const { hits: found, usage, notes: told = [] } = await options.retriever.retrieve(query, signal);
  const hits = withinTokenBudget(found, { maxTokens: contextTokens, countTokens });
  if (hits.length === 0) {
    const note =
      found.length === 0 ? "no passage was found: declined" : `no passage fits into ${contextTokens} tokens: declined`;
    return { hits, usage, notes: [...told, note], text: declineSentence, outcome: "declined" };
  }
  const left = found.length - hits.length;
  const cut = left > 0 ? [`${left} of ${found.length} passages did not fit into ${contextTokens} tokens`] : [];
  const prompt = { instructions, examples: [], passages: orderPassages(hits, ordering), question: question.text };
  return { hits, usage, notes: [...told, ...cut], prompt };
}
