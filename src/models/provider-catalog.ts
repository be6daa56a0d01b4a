// The model providers that need no configuration but a key: their wire, address and environment variables.
// Knows no library; user-defined providers come from the configuration.

export type Wire = "openai" | "anthropic" | "google" | "cohere" | "openai-compatible";

export type Provider = {
  readonly wire: Wire;
  /** Absent: the provider's own address, which the library knows. */
  readonly baseUrl?: string;
  /** Environment variable that overrides the address. */
  readonly baseUrlVariable?: string;
  /** Environment variable of the key; absent where none is needed. */
  readonly keyVariable?: string;
  /** True for servers on one's own machine, which accept a key but do not demand it. */
  readonly keyIsOptional?: boolean;
  readonly offers: readonly ("chat" | "embedding" | "reranking")[];
};

const compatible = (baseUrl: string, keyVariable: string): Provider => ({
  wire: "openai-compatible",
  baseUrl,
  keyVariable,
  offers: ["chat", "embedding"],
});

const local = (baseUrl: string, name: string): Provider => ({
  ...compatible(baseUrl, `${name}_API_KEY`),
  baseUrlVariable: `${name}_BASE_URL`,
  keyIsOptional: true,
});

export const providerCatalog: Readonly<Record<string, Provider>> = {
  openai: {
    wire: "openai",
    baseUrlVariable: "OPENAI_BASE_URL",
    keyVariable: "OPENAI_API_KEY",
    offers: ["chat", "embedding"],
  },
  anthropic: {
    wire: "anthropic",
    baseUrlVariable: "ANTHROPIC_BASE_URL",
    keyVariable: "ANTHROPIC_API_KEY",
    offers: ["chat"],
  },
  google: { wire: "google", keyVariable: "GOOGLE_GENERATIVE_AI_API_KEY", offers: ["chat", "embedding"] },
  cohere: { wire: "cohere", keyVariable: "COHERE_API_KEY", offers: ["embedding", "reranking"] },
  together: compatible("https://api.together.xyz/v1", "TOGETHER_API_KEY"),
  fireworks: compatible("https://api.fireworks.ai/inference/v1", "FIREWORKS_API_KEY"),
  openrouter: compatible("https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
  ollama: local("http://localhost:11434/v1", "OLLAMA"),
  vllm: local("http://localhost:8000/v1", "VLLM"),
  lmstudio: local("http://localhost:1234/v1", "LMSTUDIO"),
  llamacpp: local("http://localhost:8080/v1", "LLAMACPP"),
};
