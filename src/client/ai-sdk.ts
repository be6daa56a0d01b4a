// `assay/ai-sdk`: a served project as a provider for the AI SDK. `assay("rag")` is a language model; citations are its sources.
import { createOpenAI } from "@ai-sdk/openai";
import type { EmbeddingModelV4, LanguageModelV4 } from "@ai-sdk/provider";

export type AssayProviderOptions = {
  /** Of the server, without `/v1`. Default `http://127.0.0.1:8787`. */
  readonly url?: string;
  /** Default: the environment variable ASSAY_API_KEY. A server without keys needs none. */
  readonly apiKey?: string;
  /** Default: the global one. */
  readonly fetch?: typeof globalThis.fetch;
};

export type AssayProvider = {
  /** An approach by name, or `assay` for the recommended one. */
  (model?: string): LanguageModelV4;
  embeddingModel(): EmbeddingModelV4;
};

/** Source parts link to the cited document; the link's fragment `#char=start,end` names the characters of its text. */
export function createAssay(options: AssayProviderOptions = {}): AssayProvider {
  const { url = "http://127.0.0.1:8787", apiKey, fetch } = options;
  const openai = createOpenAI({
    name: "assay",
    baseURL: `${url.replace(/\/+$/, "")}/v1`,
    // The SDK insists on a key; a server without keys reads none.
    apiKey: apiKey ?? process.env["ASSAY_API_KEY"] ?? "none",
    ...(fetch ? { fetch } : {}),
  });
  return Object.assign((model = "assay") => openai.chat(model), { embeddingModel: () => openai.embedding("assay") });
}

/** The served project at ASSAY_URL, else on this machine. */
export const assay: AssayProvider = Object.assign((model?: string) => atDefault()(model), {
  embeddingModel: () => atDefault().embeddingModel(),
});

function atDefault(): AssayProvider {
  const url = process.env["ASSAY_URL"];
  return createAssay(url ? { url } : {});
}
