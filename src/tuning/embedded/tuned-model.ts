// Opens a trained directory as a chat model like any other. Knows how it was trained to be asked: its own template and system text.
import { readFile } from "node:fs/promises";
import { AssayError } from "../../core/errors.ts";
import { contentHash } from "../../core/hash.ts";
import type { Json } from "../../core/json.ts";
import type { ChatModel, GenerateOptions, Generation, GenerationEvent, PromptParts } from "../../core/models.ts";
import type { Message } from "../../core/questions.ts";
import { type Generator, openGenerator } from "../../neural/generator.ts";
import { type EngineOptions, openEngine } from "../../neural/onnx-engine.ts";
import { random } from "../../neural/random.ts";
import { generateTokens, type TokenRequest } from "./generate-tokens.ts";
import { readHubTuned, readTuned } from "./hub-tuned-model.ts";
import { adapterFile, effectiveWeights, type ModelOnDisk, weightsFile } from "./model-files.ts";
import { schemaPattern } from "./schema-pattern.ts";
import { type TokenConstraint, tokenConstraint } from "./token-constraint.ts";

export type TunedModelOptions = {
  readonly engine?: EngineOptions;
  /** Seeds sampling at temperatures above 0. Default 0. */
  readonly seed?: number;
  /** How a prompt with passages becomes the conversation of a model that reads. Default: passages are left out. */
  readonly renderPassages?: (prompt: PromptParts) => readonly Message[];
};

const version = "1";
const defaultMostTokens = 256;

export type TunedModel = ChatModel & { close(): Promise<void> };

type Opened = {
  readonly found: ModelOnDisk;
  readonly generator: Generator;
  readonly render: (prompt: PromptParts) => readonly Message[];
  readonly constraintOf: (schema: Json) => TokenConstraint;
  readonly sampling: { chance: ReturnType<typeof random> };
};

/** Throws `not-found` or `corrupt-state` where the directory holds no whole model. */
export async function openTunedModel(directory: string, options: TunedModelOptions = {}): Promise<TunedModel> {
  const found = await readTuned(directory);
  const generator = await openGenerator(await openEngine(options.engine), found.config, effectiveWeights(found));
  const constraints = new Map<string, TokenConstraint>();
  const opened: Opened = {
    found,
    generator,
    render: (prompt) =>
      options.renderPassages && prompt.passages.length > 0 ? options.renderPassages(prompt) : asTrained(found, prompt),
    sampling: { chance: random(options.seed ?? 0) },
    constraintOf(schema) {
      const key = JSON.stringify(schema);
      const constraint = constraints.get(key) ?? tokenConstraint(found.words, schemaPattern(schema));
      constraints.set(key, constraint);
      return constraint;
    },
  };
  return {
    name: "embedded/tuned",
    version,
    config: await recordOf(directory, found),
    label: labelOf(found),
    followsInstructions: found.origin !== "random",
    generate: (prompt, settings, call) => lastOf(generation(opened, prompt, settings, call?.signal)),
    stream: (prompt, settings, call) => generation(opened, prompt, settings, call?.signal),
    close: () => generator.close(),
  };
}

/** What stands in the identity of every answer. */
async function recordOf(directory: string, { lora }: ModelOnDisk): Promise<Json> {
  const tuned = readHubTuned(directory);
  if (!tuned) return { weights: contentHash(await readFile(lora ? adapterFile(directory) : weightsFile(directory))) };
  const { base, weights } = tuned;
  return weights.kind === "adapter" ? { base, adapter: weights.sha256, scale: 1 } : { base, weights: weights.sha256 };
}

function labelOf({ origin }: ModelOnDisk): string {
  return origin === "random"
    ? "trained from random weights: knows only your examples"
    : `tuned from ${origin.base} on your examples`;
}

/** Its system text, earlier turns, the question: a model trained on examples alone has never met anything else. */
function asTrained({ system }: ModelOnDisk, { history = [], question }: PromptParts): readonly Message[] {
  const turns = history.flatMap(({ role, content }) =>
    role === "user" || role === "assistant" ? [{ role, content }] : [],
  );
  return [
    ...(system === undefined ? [] : [{ role: "system" as const, content: system }]),
    ...turns,
    { role: "user", content: question },
  ];
}

async function lastOf(events: AsyncIterable<GenerationEvent>): Promise<Generation> {
  for await (const event of events) if (event.type === "generation-end") return event.generation;
  throw new AssayError({ code: "internal", message: "the tuned model ended without an answer" });
}

async function* generation(
  opened: Opened,
  prompt: PromptParts,
  settings: GenerateOptions = {},
  signal?: AbortSignal,
): AsyncGenerator<GenerationEvent> {
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  const request = tokenRequest(opened, prompt, settings, signal);
  const tokens = generateTokens(opened.generator, request);
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let text = "";
  let count = 0;
  let step = await tokens.next();
  for (; !step.done; step = await tokens.next()) {
    count += 1;
    const delta = decoder.decode(opened.found.words.bytes(step.value), { stream: true });
    text += delta;
    if (delta !== "") yield { type: "text-delta", text: delta };
  }
  const rest = decoder.decode();
  if (rest !== "") yield { type: "text-delta", text: rest };
  const cpu = process.cpuUsage(cpuBefore);
  const usage = {
    modelId: "embedded/tuned",
    inputTokens: request.prompt.length,
    cachedInputTokens: 0,
    outputTokens: count,
    durationMs: performance.now() - startedAt,
    cpuMs: (cpu.user + cpu.system) / 1000,
  };
  yield { type: "generation-end", generation: { text: text + rest, finish: step.value, usage: [usage] } };
}

function tokenRequest(
  { found, render, constraintOf, sampling }: Opened,
  prompt: PromptParts,
  { temperature = 0, maxOutputTokens = defaultMostTokens }: GenerateOptions,
  signal?: AbortSignal,
): TokenRequest {
  const ids = found.words.encodePrompt(render(prompt));
  const room = found.config.maximumLength - ids.length;
  const constraint = prompt.schema === undefined ? undefined : constraintOf(prompt.schema);
  const mostTokens = Math.min(room, maxOutputTokens);
  const least = constraint?.start.shortest ?? 1;
  if (mostTokens < least) throw noRoom(ids.length, found.config.maximumLength, least);
  return {
    prompt: ids,
    isEnd: found.words.isEnd,
    mostTokens,
    sampling: { temperature, ...sampling },
    ...(constraint && { constraint }),
    ...(signal && { signal }),
  };
}

const noRoom = (prompt: number, maximum: number, least: number): AssayError =>
  new AssayError({
    code: "bad-input",
    message: `the question takes ${prompt} of the tuned model's ${maximum} tokens and leaves fewer than the ${least} an answer needs`,
    remedy: "shorten the question",
  });
