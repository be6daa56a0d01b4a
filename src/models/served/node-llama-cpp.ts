// llama.cpp in this process, through the optional package node-llama-cpp: a GGUF file, with an adapter or without. Conversations are
// rendered by the template in the file, and what users write is never read as a mark.
import { availableParallelism, loadavg } from "node:os";
import { AssayError } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import type { ChatModel, GenerateOptions, Generation, GenerationEvent, PromptParts } from "../../core/models.ts";
import { promptRenderingVersion, renderPrompt } from "../render-prompt.ts";
import {
  type ChatTurn,
  type Llama,
  type LlamaCppLibrary,
  type LlamaModel,
  type LlamaSequence,
  type LlamaToken,
  loadLlamaCpp,
} from "./llama-cpp-library.ts";

export type LlamaCppOptions = {
  /** `node-llama-cpp/…`, as reports call it. */
  readonly name: string;
  readonly label: string;
  readonly modelFile: string;
  readonly adapter?: { readonly file: string; readonly scale: number };
  /** A folder whose `node_modules` hold the package. Default: where Assay itself finds it. */
  readonly installedIn?: string;
  /** Default: the processors that stand idle now. Threads that wait for each other on a busy machine cost seconds a token. */
  readonly threads?: number;
  /** Default: what the model was made for, at most 8,192. */
  readonly contextTokens?: number;
};

const mostContextTokens = 8192;
const defaultMostTokens = 512;

/** Answers one question at a time: the package shares one context. */
export function llamaCppModel(options: LlamaCppOptions): ChatModel {
  let opened: Promise<Opened> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  async function* answer(prompt: PromptParts, settings: GenerateOptions = {}, signal?: AbortSignal) {
    const before = last;
    let release = (): void => {};
    last = new Promise<void>((resolve) => {
      release = resolve;
    });
    try {
      await before;
      opened ??= open(options).catch((error: unknown) => {
        opened = undefined;
        throw error;
      });
      yield* generated(await opened, prompt, settings, signal);
    } finally {
      release();
    }
  }
  return {
    name: options.name,
    version: `1-${promptRenderingVersion}`,
    config: { file: options.modelFile, ...(options.adapter ? { ...options.adapter } : {}) },
    label: options.label,
    followsInstructions: true,
    async generate(prompt, settings, call) {
      for await (const event of answer(prompt, settings, call?.signal)) {
        if (event.type === "generation-end") return event.generation;
      }
      throw new AssayError({ code: "internal", message: `${options.name} ended without an answer` });
    },
    stream: (prompt, settings, call) => answer(prompt, settings, call?.signal),
  };
}

type Opened = {
  readonly name: string;
  readonly library: LlamaCppLibrary;
  readonly llama: Llama;
  readonly model: LlamaModel;
  readonly sequence: LlamaSequence;
  readonly contextTokens: number;
};

async function open(options: LlamaCppOptions): Promise<Opened> {
  const { name, modelFile, adapter } = options;
  const library = await loadLlamaCpp(options.installedIn);
  const threads = options.threads ?? idleProcessors();
  try {
    const llama = await library.getLlama({
      gpu: "auto",
      build: "never",
      maxThreads: threads,
      logLevel: "error",
    });
    const model = await llama.loadModel({ modelPath: modelFile });
    const contextTokens = options.contextTokens ?? Math.min(model.trainContextSize, mostContextTokens);
    const context = await model.createContext({
      contextSize: contextTokens,
      threads,
      ...(adapter ? { lora: { adapters: [{ filePath: adapter.file, scale: adapter.scale }] } } : {}),
    });
    return { name, library, llama, model, sequence: context.getSequence(), contextTokens };
  } catch (cause) {
    throw new AssayError({
      code: "model-failed",
      message: `${name}: llama.cpp cannot open ${modelFile}: ${cause instanceof Error ? cause.message : String(cause)}`,
      remedy: "check the file, and that an adapter belongs to its base",
      cause,
    });
  }
}

const idleProcessors = (): number => Math.max(1, availableParallelism() - Math.round(loadavg()[0] ?? 0));

async function* generated(
  opened: Opened,
  prompt: PromptParts,
  settings: GenerateOptions,
  signal?: AbortSignal,
): AsyncGenerator<GenerationEvent> {
  const { model, sequence } = opened;
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  const ids = tokensOf(opened, prompt);
  const most = mostTokens(opened, ids.length, settings);
  const grammar = prompt.schema === undefined ? undefined : await grammarFor(opened, prompt.schema);
  const options = {
    temperature: settings.temperature ?? 0,
    ...(grammar ? { grammarEvaluationState: grammar } : {}),
  };
  await sequence.clearHistory();
  const answer: LlamaToken[] = [];
  let text = "";
  for await (const token of sequence.evaluate(ids, options)) {
    signal?.throwIfAborted();
    answer.push(token);
    // A character may take several tokens: what is not whole yet waits.
    const whole = model.detokenize(answer);
    if (!whole.endsWith("�") && whole.length > text.length) {
      yield { type: "text-delta", text: whole.slice(text.length) };
      text = whole;
    }
    if (answer.length >= most) break;
  }
  const whole = model.detokenize(answer);
  if (whole.length > text.length) yield { type: "text-delta", text: whole.slice(text.length) };
  const cpu = process.cpuUsage(cpuBefore);
  const generation: Generation = {
    text: whole,
    finish: answer.length >= most ? "length" : "stop",
    usage: [
      {
        modelId: "embedded/node-llama-cpp",
        inputTokens: ids.length,
        cachedInputTokens: 0,
        outputTokens: answer.length,
        durationMs: performance.now() - startedAt,
        cpuMs: (cpu.user + cpu.system) / 1000,
      },
    ],
  };
  yield { type: "generation-end", generation };
}

function tokensOf({ library, model }: Opened, prompt: PromptParts) {
  const { instructions, messages } = renderPrompt(prompt);
  const chatHistory: ChatTurn[] = instructions.trim() === "" ? [] : [{ type: "system", text: instructions }];
  for (const { role, content } of messages) {
    chatHistory.push(role === "user" ? { type: "user", text: content } : { type: "model", response: [content] });
  }
  chatHistory.push({ type: "model", response: [] });
  const { contextText } = library.resolveChatWrapper(model).generateContextState({ chatHistory });
  return contextText.tokenize(model.tokenizer);
}

function mostTokens({ name, contextTokens }: Opened, prompt: number, settings: GenerateOptions): number {
  const room = contextTokens - prompt;
  if (room < 1) {
    throw new AssayError({
      code: "bad-input",
      message: `${name}: the question takes ${prompt} of the model's ${contextTokens} tokens and leaves none for an answer`,
      remedy: "shorten the question, or fewer passages: retrieval.contextTokens",
    });
  }
  return Math.min(room, settings.maxOutputTokens ?? defaultMostTokens);
}

async function grammarFor({ llama, library, model }: Opened, schema: Json) {
  // It knows a part of the keywords and ignores the others; the answer is validated again where it is scored.
  const grammar = await llama.createGrammarForJsonSchema(schema);
  return new library.LlamaGrammarEvaluationState({ model, grammar });
}
