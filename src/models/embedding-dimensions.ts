// Vector lengths of well-known embedding models, as their providers document them; others are asked for one vector.
import type { Endpoint } from "./ai-sdk/endpoint.ts";

/** At the provider's own address only: another server may call anything by these names. */
const documented: Readonly<Record<string, number>> = {
  "openai/text-embedding-3-small": 1536,
  "openai/text-embedding-3-large": 3072,
  "openai/text-embedding-ada-002": 1536,
  "cohere/embed-v4.0": 1536,
  "cohere/embed-english-v3.0": 1024,
  "cohere/embed-multilingual-v3.0": 1024,
  "google/gemini-embedding-001": 3072,
};

export function knownDimensions(endpoint: Endpoint): number | undefined {
  return endpoint.baseUrl === undefined ? documented[endpoint.id] : undefined;
}
