// Loads the AI SDK when the first call is made: importing it takes longer than most commands run.
import type { EmbeddingModelV4, LanguageModelV4 } from "@ai-sdk/provider";
import type { RerankingModel } from "ai";
import { AssayError } from "../../core/errors.ts";
import type { Endpoint } from "./endpoint.ts";

export type Sdk = Pick<
  typeof import("ai"),
  "generateText" | "streamText" | "embedMany" | "rerank" | "tool" | "jsonSchema"
>;

export async function loadSdk(): Promise<Sdk> {
  // Its warnings go to stderr once per call; what they say (a setting that a model ignores) is in its documentation.
  globalThis.AI_SDK_LOG_WARNINGS ??= false;
  return import("ai");
}

/** Telemetry that an application registers must not record the team's documents by default. */
export const telemetry = { recordInputs: false, recordOutputs: false } as const;

type Settings = { readonly baseURL?: string; readonly apiKey: string };

/** Servers without keys ignore it; the library insists on one. */
const noKey = "none";

function settingsOf({ baseUrl, key }: Endpoint): Settings {
  return { apiKey: key ?? noKey, ...(baseUrl === undefined ? {} : { baseURL: baseUrl }) };
}

export async function languageModel(endpoint: Endpoint): Promise<LanguageModelV4> {
  const settings = settingsOf(endpoint);
  switch (endpoint.wire) {
    case "openai":
      // `.chat` is chat completions, which every server speaks; the bare call would use the responses API.
      return (await import("@ai-sdk/openai")).createOpenAI(settings).chat(endpoint.model);
    case "anthropic":
      return (await import("@ai-sdk/anthropic")).createAnthropic(settings)(endpoint.model);
    case "google":
      return (await import("@ai-sdk/google")).createGoogleGenerativeAI(settings)(endpoint.model);
    case "cohere":
      throw new AssayError({
        code: "unknown-model",
        message: `${endpoint.id}: Cohere's chat models are not supported`,
      });
    case "openai-compatible":
      return (await compatibleProvider(endpoint)).chatModel(endpoint.model);
  }
}

export async function embeddingModel(endpoint: Endpoint): Promise<EmbeddingModelV4> {
  const settings = settingsOf(endpoint);
  switch (endpoint.wire) {
    case "openai":
      return (await import("@ai-sdk/openai")).createOpenAI(settings).embeddingModel(endpoint.model);
    case "google":
      return (await import("@ai-sdk/google")).createGoogleGenerativeAI(settings).embeddingModel(endpoint.model);
    case "cohere":
      return (await import("@ai-sdk/cohere")).createCohere(settings).embeddingModel(endpoint.model);
    case "openai-compatible":
      return (await compatibleProvider(endpoint)).embeddingModel(endpoint.model);
    case "anthropic":
      throw new AssayError({ code: "unknown-model", message: `${endpoint.id}: Anthropic has no embedding models` });
  }
}

export async function rerankingModel(endpoint: Endpoint): Promise<Exclude<RerankingModel, string>> {
  return (await import("@ai-sdk/cohere")).createCohere(settingsOf(endpoint)).reranking(endpoint.model);
}

/** A server of one's own that takes more than the wire of OpenAI has: `extra` goes into every request. */
export async function openAiCompatibleModel(
  endpoint: Endpoint,
  extra: Readonly<Record<string, unknown>>,
): Promise<LanguageModelV4> {
  return (await compatibleProvider(endpoint, extra)).chatModel(endpoint.model);
}

async function compatibleProvider(endpoint: Endpoint, extra: Readonly<Record<string, unknown>> = {}) {
  const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
  return createOpenAICompatible({
    name: "compatible",
    baseURL: endpoint.baseUrl ?? "",
    includeUsage: true,
    supportsStructuredOutputs: true,
    transformRequestBody: (body) => ({ ...body, ...extra }),
    ...(endpoint.key === undefined ? {} : { apiKey: endpoint.key }),
  });
}
