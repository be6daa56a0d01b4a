// Any embedding model that the AI SDK speaks to, as Assay's embedder: unit vectors, blanks never sent.
import type { EmbeddingModelV4 } from "@ai-sdk/provider";
import { AssayError } from "../../core/errors.ts";
import type { Embedder, Usage } from "../../core/models.ts";
import { deadlineOf, type Endpoint } from "./endpoint.ts";
import { embeddingModel, loadSdk, telemetry } from "./load-sdk.ts";
import { modelError } from "./model-errors.ts";
import { tokenUsage } from "./token-usage.ts";

type EmbedInput = Parameters<Embedder["embed"]>[0];

/** More would run into rate limits before it ran faster. */
const parallelCalls = 4;

/** `dimensions` is the length of the vectors the model is known to give; another length is an error. */
export function aiSdkEmbedder(
  endpoint: Endpoint,
  dimensions: number,
  open: () => Promise<EmbeddingModelV4> = () => embeddingModel(endpoint),
): Embedder {
  const embedValues = valueEmbedder(endpoint, open);
  return {
    name: endpoint.id,
    version: "1",
    config: { baseUrl: endpoint.baseUrl ?? null, dimensions },
    label: `embedding model ${endpoint.id}`,
    dimensions,
    async embed({ values, role }, call = {}) {
      const filled = values.filter((value) => value.trim() !== "");
      if (filled.length === 0) return { vectors: values.map(() => new Float32Array(dimensions)), usage: [] };
      const { embeddings, usage } = await embedValues({ values: filled, role }, call.signal);
      let next = 0;
      const vectors = values.map((value) =>
        value.trim() === "" ? new Float32Array(dimensions) : unitVector(endpoint, embeddings[next++] ?? [], dimensions),
      );
      return { vectors, usage: [usage] };
    },
  };
}

/** Asks the model for one vector and counts its numbers: for models whose dimensions are not known. */
export async function probeDimensions(endpoint: Endpoint): Promise<number> {
  const embedValues = valueEmbedder(endpoint, () => embeddingModel(endpoint));
  const { embeddings } = await embedValues({ values: ["dimensions"], role: "query" });
  return embeddings[0]?.length ?? 0;
}

function valueEmbedder(endpoint: Endpoint, open: () => Promise<EmbeddingModelV4>) {
  let opened: Promise<EmbeddingModelV4> | undefined;
  return async (
    input: EmbedInput,
    signal?: AbortSignal,
  ): Promise<{ embeddings: readonly number[][]; usage: Usage }> => {
    const began = performance.now();
    const deadline = deadlineOf(endpoint, signal);
    try {
      const { embedMany } = await loadSdk();
      opened ??= open();
      const { embeddings, usage } = await embedMany({
        model: await opened,
        values: [...input.values],
        maxRetries: endpoint.maxRetries,
        maxParallelCalls: parallelCalls,
        abortSignal: deadline.signal,
        providerOptions: roleOptions(input.role),
        telemetry,
      });
      const reported = { inputTokens: usage.tokens, outputTokens: 0 };
      return { embeddings, usage: tokenUsage(endpoint.id, began, reported, true) };
    } catch (error) {
      throw modelError(error, endpoint, signal);
    } finally {
      deadline.release();
    }
  };
}

/** Some models embed questions and passages differently; the others ignore this. */
function roleOptions(role: EmbedInput["role"]) {
  return {
    cohere: { inputType: role === "query" ? "search_query" : "search_document" },
    google: { taskType: role === "query" ? "RETRIEVAL_QUERY" : "RETRIEVAL_DOCUMENT" },
  };
}

function unitVector(endpoint: Endpoint, embedding: readonly number[], dimensions: number): Float32Array {
  if (embedding.length !== dimensions) {
    const message = `${endpoint.id}: gave vectors of ${embedding.length} numbers instead of ${dimensions}`;
    throw new AssayError({ code: "model-failed", message });
  }
  const length = Math.hypot(...embedding);
  return Float32Array.from(embedding, (component) => (length === 0 ? 0 : component / length));
}
