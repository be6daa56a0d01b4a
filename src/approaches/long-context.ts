// Puts whole documents before the model, in document order, as many as fit, and says how many did.
import type { AnswerCall, Approach, PrepareInput } from "../core/answers.ts";
import { type Component, identityOf } from "../core/component.ts";
import type { ChatModel, GenerateOptions } from "../core/models.ts";
import type { Question } from "../core/questions.ts";
import { tokenCounterName } from "../text/tokens.ts";
import { answererOf, type Draft } from "./answering.ts";
import { type FittedDocuments, fitDocuments } from "./document-fitting.ts";
import { generateConfig } from "./generate-config.ts";
import { declineSentence, groundedInstructions, instructionsVersion } from "./instructions.ts";
import { gatherDocuments, openDocuments, type StoredDocuments, writeDocuments } from "./stored-documents.ts";

export type LongContextOptions = {
  readonly model: ChatModel;
  /** Budget for documents. Default 32,000. */
  readonly contextTokens?: number;
  readonly instructions?: string;
  readonly generate?: GenerateOptions;
};

/** Knowledge from all documents in the prompt. The last one that fits is cut at a boundary. */
export function longContext(options: LongContextOptions): Approach {
  const { model, contextTokens = 32_000 } = options;
  const instructions = groundedInstructions(options.instructions);
  const config = { model: identityOf(model), tokens: tokenCounterName, contextTokens, instructions };
  const identity: Component = {
    name: "long-context",
    version: `1-${instructionsVersion}`,
    config: { ...config, ...generateConfig(options.generate) },
  };
  return {
    ...identity,
    yardstick: false,
    knowledgeFrom: "all documents in the prompt, as many as fit",
    behaviourFrom: "instructions",
    async prepare(input: PrepareInput) {
      await writeDocuments(input.directory, await gatherDocuments(input.documents(), contextTokens));
      return { usage: [] };
    },
    async open(directory) {
      const stored = await openDocuments(directory);
      const fitted = memoized((call) => fitDocuments(stored, call, contextTokens));
      return answererOf({
        identity,
        model,
        ...(options.generate ? { generate: options.generate } : {}),
        pagesOf: (documentId) => stored.pages.get(documentId),
        draft: async (question, call) => draftOf(instructions, question, fitted(call), stored, call, contextTokens),
      });
    },
  };
}

function draftOf(
  instructions: string,
  question: Question,
  fitted: FittedDocuments,
  stored: StoredDocuments,
  call: AnswerCall,
  contextTokens: number,
): Draft {
  const notes = notesOf(fitted, stored, call, contextTokens);
  if (fitted.hits.length === 0) return { hits: [], usage: [], notes, text: declineSentence, outcome: "declined" };
  const prompt = { instructions, examples: [], passages: fitted.hits, question: question.text };
  return { hits: fitted.hits, usage: [], notes, prompt };
}

function notesOf(
  fitted: FittedDocuments,
  stored: StoredDocuments,
  call: AnswerCall,
  contextTokens: number,
): readonly string[] {
  const budget = `${contextTokens.toLocaleString("en-US")} tokens`;
  const count = `${fitted.complete} of ${fitted.visible} documents fit into ${budget}`;
  const cut = fitted.cut ? `; of ${fitted.cut} only the beginning` : "";
  const beyond = stored.isPartial ? `the filter was applied to the documents that fit into ${budget} only` : undefined;
  return [
    ...(fitted.complete < fitted.visible ? [`${count}${cut}`] : []),
    ...(call.filter && beyond ? [beyond] : []),
    ...(fitted.visible === 0 ? ["no document is visible to this question: declined"] : []),
  ];
}

/** Fitting counts tokens of every document, and most questions ask with the same rights. */
function memoized(choose: (call: AnswerCall) => FittedDocuments): (call: AnswerCall) => FittedDocuments {
  const known = new Map<string, FittedDocuments>();
  return (call) => {
    const key = JSON.stringify([call.groups ?? null, call.filter ?? null]);
    const fitted = known.get(key) ?? choose(call);
    known.set(key, fitted);
    return fitted;
  };
}
