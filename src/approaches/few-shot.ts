// Shows the model the training examples nearest to the question. No document is read.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Approach, PrepareInput } from "../core/answers.ts";
import { type CallOptions, type Component, identityOf } from "../core/component.ts";
import { AssayError } from "../core/errors.ts";
import type { ChatModel, Embedder, GenerateOptions, PromptParts, Usage } from "../core/models.ts";
import type { Question, TrainingExample } from "../core/questions.ts";
import { answererOf, type Draft } from "./answering.ts";
import { isDecline } from "./decline.ts";
import { generateConfig } from "./generate-config.ts";
import { declineFromKnowledge, instructionsVersion, ungroundedInstructions } from "./instructions.ts";
import { lastAssistantText, lastUserText } from "./training-turns.ts";

export type FewShotOptions = {
  readonly model: ChatModel;
  /** Decides which examples are near. */
  readonly embedder: Embedder;
  /** Examples put before the model. Default 5. */
  readonly exampleCount?: number;
  readonly instructions?: string;
  readonly generate?: GenerateOptions;
};

type EmbeddedExamples = {
  readonly examples: readonly TrainingExample[];
  /** One row of `dimensions` numbers per example. */
  readonly vectors: Float32Array;
};

/** Knowledge from the model, behaviour from examples. A reader without a language model repeats the nearest example's answer. */
export function fewShot(options: FewShotOptions): Approach {
  const { model, embedder, exampleCount = 5 } = options;
  const instructions = ungroundedInstructions(options.instructions);
  const config = { model: identityOf(model), embedder: identityOf(embedder), exampleCount, instructions };
  const identity: Component = {
    name: "few-shot",
    version: `1-${instructionsVersion}`,
    config: { ...config, ...generateConfig(options.generate) },
  };
  return {
    ...identity,
    yardstick: false,
    knowledgeFrom: "the model",
    behaviourFrom: "examples in the prompt, nearest first",
    prepare: (input, call) => prepareExamples(embedder, input, call),
    async open(directory) {
      const stored = await openExamples(directory, embedder);
      return answererOf({
        identity,
        model,
        ...(options.generate ? { generate: options.generate } : {}),
        draft: async (question, call) => {
          const { examples, usage } = await nearestExamples(stored, embedder, question, exampleCount, call);
          return model.followsInstructions
            ? promptDraft({ instructions, examples, passages: [], question: question.text }, usage)
            : verbatimDraft(model, examples[0], usage);
        },
      });
    },
  };
}

function promptDraft(prompt: PromptParts, usage: readonly Usage[]): Draft {
  const notes = prompt.examples.length === 0 ? ["there are no training examples: asked without any"] : [];
  return { hits: [], usage, notes, prompt };
}

function verbatimDraft(model: ChatModel, nearest: TrainingExample | undefined, usage: readonly Usage[]): Draft {
  const text = nearest && lastAssistantText(nearest);
  if (text === undefined) {
    const note = `there are no training examples, and ${model.name} is no language model: declined`;
    return { hits: [], usage, notes: [note], text: declineFromKnowledge, outcome: "declined" };
  }
  const note = `${model.name} is no language model: this is the answer of the nearest training example, word for word`;
  return { hits: [], usage, notes: [note], text, outcome: isDecline(text) ? "declined" : "answered" };
}

async function prepareExamples(embedder: Embedder, input: PrepareInput, call?: CallOptions) {
  const examples = input.training.filter((example) => lastUserText(example) !== "");
  const values = examples.map(lastUserText);
  // Questions are compared with questions, so both sides have the same role.
  const { vectors, usage } = await embedder.embed({ values, role: "query" }, call);
  const rows = new Float32Array(examples.length * embedder.dimensions);
  vectors.forEach((vector, row) => {
    rows.set(vector, row * embedder.dimensions);
  });
  await writeFile(join(input.directory, "vectors.f32"), new Uint8Array(rows.buffer));
  await writeFile(join(input.directory, "examples.json"), JSON.stringify({ embedder: identityOf(embedder), examples }));
  return { usage };
}

async function openExamples(directory: string, embedder: Embedder): Promise<EmbeddedExamples> {
  const stored: { embedder: string; examples: TrainingExample[] } = JSON.parse(
    await readFile(join(directory, "examples.json"), "utf8"),
  );
  const bytes = await readFile(join(directory, "vectors.f32"));
  const vectors = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  if (stored.embedder !== identityOf(embedder) || vectors.length !== stored.examples.length * embedder.dimensions) {
    throw new AssayError({
      code: "index-mismatch",
      message: `few-shot: the examples in ${directory} were embedded by another embedder than ${embedder.name}`,
      remedy: "run `assay compare --approaches few-shot`, which prepares them again",
    });
  }
  return { examples: stored.examples, vectors };
}

/** The `count` examples with the highest cosine, nearest first; ties keep the order of the file. */
async function nearestExamples(
  stored: EmbeddedExamples,
  embedder: Embedder,
  question: Question,
  count: number,
  call: CallOptions,
) {
  if (stored.examples.length === 0) return { examples: [], usage: [] };
  const { vectors, usage } = await embedder.embed({ values: [question.text], role: "query" }, call);
  const query = vectors[0] ?? new Float32Array(embedder.dimensions);
  const scored = stored.examples.map((example, row) => ({ example, score: dot(stored.vectors, row, query) }));
  const nearest = scored.sort((a, b) => b.score - a.score).slice(0, count);
  return { examples: nearest.map(({ example }) => example), usage };
}

function dot(rows: Float32Array, row: number, query: Float32Array): number {
  const offset = row * query.length;
  let sum = 0;
  for (let at = 0; at < query.length; at++) sum += (rows[offset + at] ?? 0) * (query[at] ?? 0);
  return sum;
}
