// From the name of a model to the model: the only place that does this, so that nothing goes where no name points.
// Embedded models are made elsewhere and handed in.
import { AssayError } from "../core/errors.ts";
import type { ChatModel, Embedder } from "../core/models.ts";
import type { Reranker } from "../core/retrieval.ts";
import { aiSdkChatModel } from "./ai-sdk/chat-model.ts";
import { aiSdkEmbedder, probeDimensions } from "./ai-sdk/embedder.ts";
import type { Endpoint } from "./ai-sdk/endpoint.ts";
import { aiSdkReranker } from "./ai-sdk/reranker.ts";
import { knownDimensions } from "./embedding-dimensions.ts";
import { formatModelId, type ModelId, parseModelId } from "./model-id.ts";
import { type Provider, providerCatalog } from "./provider-catalog.ts";

/** A server of the user's own, or another address for a provider of the catalog. */
type CustomProvider = {
  readonly baseUrl: string;
  /** Name of the environment variable that holds the key. Absent: the server needs none. */
  readonly apiKeyEnv?: string | undefined;
};

export type ModelSettings = {
  /** By provider name. */
  readonly providers?: Readonly<Record<string, CustomProvider>>;
  /** For one call with all its retries. Default 120,000. */
  readonly timeoutMs?: number;
  /** Default 2. */
  readonly maxRetries?: number;
  /** Where keys and addresses are read from. Default `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
};

/** Makers of embedded models, by full name (`embedded/extractive`). */
export type EmbeddedFactories<Model> = Readonly<Record<string, () => Model | Promise<Model>>>;

/** Throws `AssayError` `unknown-model`, or `missing-key` naming the environment variable. Makes no call. */
export async function resolveChatModel(
  id: string,
  settings: ModelSettings = {},
  embedded: EmbeddedFactories<ChatModel> = {},
): Promise<ChatModel> {
  return embedded[id]?.() ?? aiSdkChatModel(endpointOf(id, "chat", settings, Object.keys(embedded)));
}

/** As `resolveChatModel`; asks a model whose vector length is not known for one vector. */
export async function resolveEmbedder(
  id: string,
  settings: ModelSettings = {},
  embedded: EmbeddedFactories<Embedder> = {},
): Promise<Embedder> {
  const local = embedded[id]?.();
  if (local) return local;
  const endpoint = endpointOf(id, "embedding", settings, Object.keys(embedded));
  return aiSdkEmbedder(endpoint, knownDimensions(endpoint) ?? (await probeDimensions(endpoint)));
}

export async function resolveReranker(
  id: string,
  settings: ModelSettings = {},
  embedded: EmbeddedFactories<Reranker> = {},
): Promise<Reranker> {
  return embedded[id]?.() ?? aiSdkReranker(endpointOf(id, "reranking", settings, Object.keys(embedded)));
}

/** The environment variable that must be set for this model; undefined where none is needed or the model is not known. */
export function keyVariableOf(id: string, settings: ModelSettings = {}): string | undefined {
  const [name = ""] = id.split(/[/:]/);
  const provider = providerNamed(name.toLowerCase(), settings);
  return provider && needsKey(provider, settings) ? provider.keyVariable : undefined;
}

function endpointOf(
  id: string,
  task: Provider["offers"][number],
  settings: ModelSettings,
  embedded: readonly string[],
): Endpoint {
  const parsed = parseModelId(id);
  const provider = providerNamed(parsed.provider, settings);
  if (!provider) throw unknownProvider(parsed, settings, embedded);
  if (!provider.offers.includes(task)) throw notOffered(parsed, task, settings);
  const { keyVariable } = provider;
  const environment = settings.environment ?? process.env;
  const key = keyVariable === undefined ? undefined : environment[keyVariable] || undefined;
  if (key === undefined && needsKey(provider, settings)) throw missingKey(parsed, provider);
  const baseUrl = baseUrlOf(provider, environment);
  return {
    id: formatModelId(parsed),
    wire: provider.wire,
    model: parsed.model,
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(keyVariable === undefined ? {} : { keyVariable }),
    ...(key === undefined ? {} : { key }),
    timeoutMs: settings.timeoutMs ?? 120_000,
    maxRetries: settings.maxRetries ?? 2,
  };
}

/** What the configuration says of a provider goes before the catalog; its wire stays. */
function providerNamed(name: string, settings: ModelSettings): Provider | undefined {
  const known = Object.hasOwn(providerCatalog, name) ? providerCatalog[name] : undefined;
  const custom = settings.providers && Object.hasOwn(settings.providers, name) ? settings.providers[name] : undefined;
  if (!custom) return known;
  const { wire, offers, keyVariable } = known ?? {
    wire: "openai-compatible",
    offers: ["chat", "embedding"],
    keyVariable: undefined,
  };
  const variable = custom.apiKeyEnv ?? keyVariable;
  return {
    wire,
    offers,
    baseUrl: custom.baseUrl,
    ...(variable === undefined ? {} : { keyVariable: variable }),
    keyIsOptional: custom.apiKeyEnv === undefined,
  };
}

/** A provider's own address needs its key; another address may belong to a server without keys. */
function needsKey(provider: Provider, settings: ModelSettings): boolean {
  const environment = settings.environment ?? process.env;
  const isElsewhere = provider.baseUrlVariable !== undefined && Boolean(environment[provider.baseUrlVariable]);
  return provider.keyVariable !== undefined && !provider.keyIsOptional && !isElsewhere;
}

function baseUrlOf(provider: Provider, environment: NonNullable<ModelSettings["environment"]>): string | undefined {
  const written = (provider.baseUrlVariable && environment[provider.baseUrlVariable]) || provider.baseUrl;
  if (written === undefined) return undefined;
  if (!URL.canParse(written)) {
    throw new AssayError({
      code: "bad-config",
      message: `"${written}" is no base URL`,
      remedy: "write it with its scheme, for example http://localhost:8000/v1",
    });
  }
  const url = new URL(written);
  url.username = "";
  url.password = "";
  const address = url.href.replace(/\/+$/, "");
  // Anthropic's own clients take the address without a version, the AI SDK with it.
  return provider.wire === "anthropic" && !/\/v\d+$/.test(address) ? `${address}/v1` : address;
}

function unknownProvider(
  { provider, model }: ModelId,
  settings: ModelSettings,
  embedded: readonly string[],
): AssayError {
  if (provider === "embedded") {
    return new AssayError({
      code: "unknown-model",
      message: `there is no embedded model "embedded/${model}" for this task`,
      remedy: `use ${embedded.join(" or ")}, or a provider's model`,
    });
  }
  const names = [...new Set([...Object.keys(providerCatalog), ...Object.keys(settings.providers ?? {})])];
  const known = [...names, ...embedded].join(", ");
  return new AssayError({
    code: "unknown-model",
    message: `no provider is called "${provider}" (in ${provider}/${model}); known: ${known}`,
    remedy: `add to assay.config.ts: providers: { ${JSON.stringify(provider)}: { baseUrl: "http://localhost:8000/v1" } }`,
  });
}

function notOffered(
  { provider, model }: ModelId,
  task: Provider["offers"][number],
  settings: ModelSettings,
): AssayError {
  const names = [...Object.keys(providerCatalog), ...Object.keys(settings.providers ?? {})];
  const offering = names.filter((name) => providerNamed(name, settings)?.offers.includes(task));
  return new AssayError({
    code: "unknown-model",
    message: `${provider}/${model}: ${provider} has no ${task} models here; these have: ${[...new Set(offering)].join(", ")}`,
    remedy: "name a model of one of these in assay.config.ts",
  });
}

function missingKey(id: ModelId, { keyVariable }: Provider): AssayError {
  return new AssayError({
    code: "missing-key",
    message: `${formatModelId(id)} needs a key in the environment variable ${keyVariable}`,
    remedy: `export ${keyVariable}=… (or write it into .env)`,
  });
}
