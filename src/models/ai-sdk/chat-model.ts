// Any language model that the AI SDK speaks to, as Assay's chat model. Knows no provider and no prompt wording.
import type { JSONSchema7, LanguageModelV4, LanguageModelV4CallOptions } from "@ai-sdk/provider";
import type { FinishReason, LanguageModelUsage } from "ai";
import type { CallOptions } from "../../core/component.ts";
import { AssayError } from "../../core/errors.ts";
import type { ChatModel, GenerateOptions, Generation, GenerationEvent, PromptParts } from "../../core/models.ts";
import type { ToolCall } from "../../core/tools.ts";
import { promptRenderingVersion, renderPrompt } from "../render-prompt.ts";
import { deadlineOf, type Endpoint } from "./endpoint.ts";
import { languageModel, loadSdk, telemetry } from "./load-sdk.ts";
import { modelError } from "./model-errors.ts";
import { tokenUsage } from "./token-usage.ts";
import { modelMessages, parallelOptions, streamedCalls, toolCallOf, toolSettings } from "./tools.ts";

/** `open` gives the SDK's model; by default the one that the endpoint names. It is called once, with the first prompt. */
export function aiSdkChatModel(
  endpoint: Endpoint,
  open: () => Promise<LanguageModelV4> = () => languageModel(endpoint),
): ChatModel {
  let opened: Promise<LanguageModelV4> | undefined;
  const request = async (prompt: PromptParts, options: GenerateOptions, signal: AbortSignal) => {
    opened ??= open();
    const { instructions, messages } = renderPrompt(prompt);
    const { openai, compatible, anthropic } = parallelOptions(prompt.tools);
    return {
      model: withSchema(await opened, prompt.schema),
      instructions,
      messages: modelMessages(messages),
      ...(await toolSettings(prompt.tools)),
      maxRetries: endpoint.maxRetries,
      abortSignal: signal,
      telemetry,
      // A schema written by a user rarely meets the extra demands of strict mode.
      providerOptions: {
        openai: { strictJsonSchema: false, ...openai },
        compatible: { strictJsonSchema: false, ...compatible },
        anthropic,
      },
      ...(options.temperature === undefined ? {} : { temperature: options.temperature }),
      ...(options.maxOutputTokens === undefined ? {} : { maxOutputTokens: options.maxOutputTokens }),
    };
  };
  return {
    name: endpoint.id,
    version: `1-${promptRenderingVersion}`,
    config: { baseUrl: endpoint.baseUrl ?? null },
    label: `language model ${endpoint.id}`,
    followsInstructions: true,
    callsTools: true,
    generate: (prompt, options = {}, call = {}) => generate(endpoint, request, prompt, options, call),
    stream: (prompt, options = {}, call = {}) => stream(endpoint, request, prompt, options, call),
  };
}

type Request = (
  prompt: PromptParts,
  options: GenerateOptions,
  signal: AbortSignal,
) => Promise<Parameters<Awaited<ReturnType<typeof loadSdk>>["generateText"]>[0]>;

async function generate(
  endpoint: Endpoint,
  request: Request,
  prompt: PromptParts,
  options: GenerateOptions,
  call: CallOptions,
): Promise<Generation> {
  const began = performance.now();
  const deadline = deadlineOf(endpoint, call.signal);
  try {
    const { generateText } = await loadSdk();
    const result = await generateText(await request(prompt, options, deadline.signal));
    return generationOf(endpoint, began, {
      text: result.text,
      finishReason: result.finishReason,
      usage: result.usage,
      toolCalls: result.toolCalls.map(toolCallOf),
    });
  } catch (error) {
    throw modelError(error, endpoint, call.signal);
  } finally {
    deadline.release();
  }
}

/** The SDK's stream never throws while it is read: errors are parts of it, and a lost connection may leave no part at all. */
async function* stream(
  endpoint: Endpoint,
  request: Request,
  prompt: PromptParts,
  options: GenerateOptions,
  call: CallOptions,
): AsyncIterable<GenerationEvent> {
  const began = performance.now();
  const deadline = deadlineOf(endpoint, call.signal);
  let text = "";
  const calls = streamedCalls();
  try {
    const { streamText } = await loadSdk();
    // Without a handler the SDK prints errors; here they are thrown.
    const result = streamText({ ...(await request(prompt, options, deadline.signal)), onError: () => {} });
    for await (const part of result.stream) {
      if (part.type === "error") throw part.error;
      if (part.type === "abort") throw new DOMException("the stream was aborted", "TimeoutError");
      if (part.type === "text-delta" && part.text !== "") {
        text += part.text;
        yield { type: "text-delta", text: part.text };
      }
      yield* calls.read(part);
      if (part.type === "finish") {
        const { finishReason, totalUsage: usage } = part;
        const result = { text, finishReason, usage, toolCalls: calls.all() };
        yield { type: "generation-end", generation: generationOf(endpoint, began, result) };
        return;
      }
    }
    throw brokenOff(endpoint);
  } catch (error) {
    throw modelError(error, endpoint, call.signal);
  } finally {
    deadline.release();
  }
}

type Result = {
  readonly text: string;
  readonly finishReason: FinishReason;
  readonly usage: LanguageModelUsage;
  readonly toolCalls: readonly ToolCall[];
};

function generationOf(endpoint: Endpoint, began: number, result: Result): Generation {
  const { text, finishReason, usage, toolCalls } = result;
  if (finishReason === "interrupted" || finishReason === "error") throw brokenOff(endpoint);
  const reported = {
    inputTokens: usage.inputTokens,
    cachedInputTokens: usage.inputTokenDetails.cacheReadTokens,
    outputTokens: usage.outputTokens,
  };
  const finish = finishReason === "length" ? "length" : finishReason === "content-filter" ? "filtered" : "stop";
  const isEmpty = text === "" && toolCalls.length === 0;
  return {
    text,
    finish,
    usage: [tokenUsage(endpoint.id, began, reported, isEmpty)],
    ...(toolCalls.length > 0 ? { toolCalls } : {}),
  };
}

function brokenOff(endpoint: Endpoint): AssayError {
  return new AssayError({
    code: "model-failed",
    message: `${endpoint.id}: the answer broke off before its end`,
    isRetryable: true,
  });
}

/** Asks for JSON on the wire, where the provider knows how; the instructions ask for it in words in any case. */
function withSchema(model: LanguageModelV4, schema: PromptParts["schema"]): LanguageModelV4 {
  if (schema === undefined) return model;
  const responseFormat: NonNullable<LanguageModelV4CallOptions["responseFormat"]> = {
    type: "json",
    name: "answer",
    schema: schema as JSONSchema7,
  };
  return {
    specificationVersion: "v4",
    provider: model.provider,
    modelId: model.modelId,
    supportedUrls: model.supportedUrls,
    doGenerate: (options) => model.doGenerate({ ...options, responseFormat }),
    doStream: (options) => model.doStream({ ...options, responseFormat }),
  };
}
