// A chat model that replies from a script and remembers what it was asked. It knows no language and no network.
import type { CallOptions } from "../core/component.ts";
import { AssayError } from "../core/errors.ts";
import type { ChatModel, GenerateOptions, Generation, GenerationEvent, PromptParts } from "../core/models.ts";

/** A reply: the text, or a generation of which `text` is enough, or the error to throw. */
export type FakeReply = string | (Partial<Generation> & { readonly text: string }) | Error;

export type FakeChatModelOptions = {
  /** One reply per call in turn, the last one repeated; or a function of the prompt and the number of the call, from 0. */
  readonly replies: readonly FakeReply[] | ((prompt: PromptParts, call: number) => FakeReply);
  /** Default `fake/chat`. */
  readonly name?: string;
  /** Default true. */
  readonly followsInstructions?: boolean;
  /** Default false. */
  readonly callsTools?: boolean;
  /** Wait before each reply, in milliseconds. Default 0. */
  readonly delayMs?: number;
};

export type FakeChatModel = ChatModel & {
  /** Every prompt so far, in the order of the calls. */
  readonly prompts: readonly PromptParts[];
  readonly options: readonly (GenerateOptions | undefined)[];
};

/** Streams cut the reply into single words, so that tests see more than one delta. */
export function fakeChatModel(options: FakeChatModelOptions): FakeChatModel {
  const name = options.name ?? "fake/chat";
  const prompts: PromptParts[] = [];
  const seenOptions: (GenerateOptions | undefined)[] = [];

  async function reply(prompt: PromptParts, generate?: GenerateOptions, call?: CallOptions): Promise<Generation> {
    const turn = prompts.push(prompt) - 1;
    seenOptions.push(generate);
    if (options.delayMs) await pause(options.delayMs, call?.signal);
    if (call?.signal?.aborted) throw new AssayError({ code: "cancelled", message: `${name}: the call was cancelled` });
    const scripted =
      typeof options.replies === "function"
        ? options.replies(prompt, turn)
        : (options.replies[Math.min(turn, options.replies.length - 1)] ?? "");
    if (scripted instanceof Error) throw scripted;
    const partial = typeof scripted === "string" ? { text: scripted } : scripted;
    const usage = { modelId: name, inputTokens: 10, cachedInputTokens: 0, outputTokens: 5, durationMs: 1 };
    return { finish: "stop", usage: [usage], ...partial };
  }

  return {
    name,
    version: "1",
    config: { followsInstructions: options.followsInstructions ?? true },
    label: "scripted fake",
    followsInstructions: options.followsInstructions ?? true,
    ...(options.callsTools ? { callsTools: true } : {}),
    prompts,
    options: seenOptions,
    generate: reply,
    async *stream(prompt, generate, call): AsyncIterable<GenerationEvent> {
      const generation = await reply(prompt, generate, call);
      for (const call of generation.toolCalls ?? []) yield { type: "tool-call-delta", ...call };
      for (const text of generation.text.match(/\S+\s*|\s+/g) ?? []) yield { type: "text-delta", text };
      yield { type: "generation-end", generation };
    },
  };
}

function pause(delayMs: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, delayMs);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
