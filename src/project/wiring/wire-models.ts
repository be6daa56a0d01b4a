// From model names in the configuration to models. Embedded names are opened here, all others by the registry.
import type { ChatModel, Embedder } from "../../core/models.ts";
import type { Reranker } from "../../core/retrieval.ts";
import { type CallStore, cachedChatModel, cachedEmbedder, cachedReranker } from "../../models/call-cache.ts";
import { extractiveReader } from "../../models/embedded/extractive-reader.ts";
import { linearReranker } from "../../models/embedded/linear-reranker.ts";
import { resolveChatModel, resolveEmbedder, resolveReranker } from "../../models/registry.ts";
import type { ResolvedConfig } from "../config/config-schema.ts";
import type { EmbeddedParts } from "../knowledge/embedded-parts.ts";
import { callStore } from "../state/call-store.ts";
import type { ControlDatabase } from "../state/control-database.ts";
import { ggufModel, ggufPrefix } from "./wire-served.ts";

export type ModelWiring = {
  /** The configured embedder; `adapted` is the project's own static one. */
  embedder(adapted: Embedder): Promise<Embedder>;
  /** Undefined where the configuration says `none`. */
  reranker(parts: EmbeddedParts): Promise<Reranker | undefined>;
  /** The configured generator. */
  generator(parts: EmbeddedParts): Promise<ChatModel>;
  /** A remote chat model by name. */
  named(name: string): Promise<ChatModel>;
  /** Any chat model by name, without the call cache: every call is a new one. No `parts`: remote models only. */
  uncached(name: string, parts: EmbeddedParts | undefined): Promise<ChatModel>;
  /** The embedded extractive reader, whatever is configured: yardsticks use it. */
  extractive(parts: EmbeddedParts): ChatModel;
  /** The same models, of whose replies nothing is written down: whoever serves decides about traces, and must live with a full disk. */
  withoutKeeping(): ModelWiring;
};

/** Remote models are wrapped in the call cache; nothing leaves the machine that the configuration does not name. */
export function modelWiring(config: ResolvedConfig, database: ControlDatabase): ModelWiring {
  return wiringOver(config, callStore(database));
}

const keepsNothing: CallStore = { get: async () => undefined, set: async () => {} };

function wiringOver(config: ResolvedConfig, store: CallStore): ModelWiring {
  const { timeoutMs, decline } = config.generation;
  const settings = { providers: config.providers, timeoutMs };
  const extractive = (parts: EmbeddedParts) => extractiveReader({ ...parts, decline });
  const uncached = async (name: string, parts: EmbeddedParts | undefined) =>
    ggufModel(name, config) ??
    resolveChatModel(name, settings, parts ? { "embedded/extractive": () => extractive(parts) } : {});
  return {
    async embedder(adapted) {
      const embedder = await resolveEmbedder(config.embedder, settings, { "embedded/static": () => adapted });
      return isEmbedded(config.embedder) ? embedder : cachedEmbedder(embedder, store);
    },
    async reranker(parts) {
      const { reranker: name } = config.retrieval;
      if (name === "none") return undefined;
      const reranker = await resolveReranker(name, settings, { "embedded/linear": () => linearReranker(parts) });
      return isEmbedded(name) ? reranker : cachedReranker(reranker, store);
    },
    uncached,
    named: async (name) => cachedChatModel(await uncached(name, undefined), store),
    async generator(parts) {
      const generator = await uncached(config.generator, parts);
      return isEmbedded(config.generator) ? generator : cachedChatModel(generator, store);
    },
    extractive,
    withoutKeeping: () => wiringOver(config, keepsNothing),
  };
}

/** Embedded models are never cached: their replies cost less than a look-up. Nor is a file, whose content may change. */
function isEmbedded(model: string): boolean {
  return model.startsWith("embedded/") || model.startsWith(ggufPrefix);
}
