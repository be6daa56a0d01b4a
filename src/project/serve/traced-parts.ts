// Models and retrievers that tell OpenTelemetry of their calls, by its conventions for generative AI (in development, as of
// semantic-conventions-genai for v1.41). No text of a question, a document or an answer is among it.
import type { Attributes, Span } from "@opentelemetry/api";
import type {
  ChatModel,
  Embedder,
  GenerateOptions,
  Generation,
  GenerationEvent,
  PromptParts,
  Usage,
} from "../../core/models.ts";
import type { Retriever } from "../../core/retrieval.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { spanned, spannedEvents } from "./spans.ts";

/** The same project with models that tell of their calls, and of whose replies only the server's traces keep anything. */
export function tracedContext(context: ProjectContext): ProjectContext {
  const models = context.models.withoutKeeping();
  return {
    ...context,
    models: {
      ...models,
      generator: async (parts) => tracedChatModel(await models.generator(parts)),
      // What was tuned at a provider answers under its own name there.
      named: async (name) => tracedChatModel(await models.named(name)),
      embedder: async (adapted) => tracedEmbedder(await models.embedder(adapted)),
    },
  };
}

function tracedChatModel(model: ChatModel): ChatModel {
  return {
    ...model,
    generate: (prompt, options, call) =>
      spanned(chatSpan(model, prompt, options, false), async (span) => {
        const generation = await model.generate(prompt, options, call);
        tellGeneration(span, generation);
        return generation;
      }),
    stream(prompt, options, call) {
      const began = performance.now();
      let isFirst = true;
      return spannedEvents(
        chatSpan(model, prompt, options, true),
        () => model.stream(prompt, options, call),
        (span, event: GenerationEvent) => {
          if (isFirst) span.setAttribute("gen_ai.response.time_to_first_chunk", (performance.now() - began) / 1000);
          isFirst = false;
          if (event.type === "generation-end") tellGeneration(span, event.generation);
        },
      );
    },
  };
}

function chatSpan(model: ChatModel, { schema }: PromptParts, options: GenerateOptions = {}, isStream: boolean) {
  return {
    name: `chat ${modelName(model.name)}`,
    isRemote: isRemote(model.name),
    attributes: {
      "gen_ai.operation.name": "chat",
      ...modelAttributes(model.name),
      "gen_ai.output.type": schema === undefined ? "text" : "json",
      "gen_ai.request.stream": isStream,
      ...(options.temperature === undefined ? {} : { "gen_ai.request.temperature": options.temperature }),
      ...(options.maxOutputTokens === undefined ? {} : { "gen_ai.request.max_tokens": options.maxOutputTokens }),
    },
  };
}

function tellGeneration(span: Span, { finish, toolCalls, usage }: Generation): void {
  span.setAttribute("gen_ai.response.finish_reasons", [toolCalls ? "tool_calls" : finish]);
  span.setAttributes(usageAttributes(usage));
}

/** Nothing of counts that the provider left out: unknown is never zero. */
export function usageAttributes(usage: readonly Usage[]): Attributes {
  if (usage.length === 0 || usage.some(({ tokensUnknown }) => tokensUnknown)) return {};
  const sum = (of: (one: Usage) => number) => usage.reduce((total, one) => total + of(one), 0);
  return {
    "gen_ai.usage.input_tokens": sum((one) => one.inputTokens),
    "gen_ai.usage.output_tokens": sum((one) => one.outputTokens),
    "gen_ai.usage.cache_read.input_tokens": sum((one) => one.cachedInputTokens),
  };
}

export function tracedEmbedder(embedder: Embedder): Embedder {
  return {
    ...embedder,
    embed(input, call) {
      const attributes = {
        "gen_ai.operation.name": "embeddings",
        ...modelAttributes(embedder.name),
        "gen_ai.embeddings.dimension.count": embedder.dimensions,
      };
      const options = { name: `embeddings ${modelName(embedder.name)}`, isRemote: isRemote(embedder.name), attributes };
      return spanned(options, async (span) => {
        const embedded = await embedder.embed(input, call);
        span.setAttributes(usageAttributes(embedded.usage));
        return embedded;
      });
    },
  };
}

/** What the conventions call a data source; there is one per project. */
const dataSource = "documents";

export function tracedRetriever(retriever: Retriever): Retriever {
  return {
    ...retriever,
    retrieve(query, call) {
      const attributes = {
        "gen_ai.operation.name": "retrieval",
        "gen_ai.data_source.id": dataSource,
        "gen_ai.request.top_k": query.topK,
      };
      return spanned({ name: `retrieval ${dataSource}`, isRemote: true, attributes }, async (span) => {
        const retrieved = await retriever.retrieve(query, call);
        span.setAttribute("assay.retrieval.hits", retrieved.hits.length);
        return retrieved;
      });
    },
  };
}

/** Assay's names of providers where the conventions have others. */
const providers: Readonly<Record<string, string>> = {
  google: "gcp.gemini",
  mistral: "mistral_ai",
  xai: "x_ai",
  moonshot: "moonshot_ai",
};

function modelAttributes(name: string): Attributes {
  const provider = name.includes("/") ? name.slice(0, name.indexOf("/")) : name;
  return { "gen_ai.provider.name": providers[provider] ?? provider, "gen_ai.request.model": modelName(name) };
}

function modelName(name: string): string {
  return name.slice(name.indexOf("/") + 1);
}

function isRemote(name: string): boolean {
  return !name.startsWith("embedded/");
}
