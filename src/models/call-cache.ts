// Keeps the replies of remote models under the hash of their full request, so that no call is paid for twice.
// Knows neither providers nor storage. Failures are never kept.
import type { CallOptions } from "../core/component.ts";
import { identityOf } from "../core/component.ts";
import { hashOf } from "../core/hash.ts";
import type { Json } from "../core/json.ts";
import type {
  ChatModel,
  Embedder,
  GenerateOptions,
  Generation,
  GenerationEvent,
  PromptParts,
  Usage,
} from "../core/models.ts";
import type { Reranker } from "../core/retrieval.ts";

export type CallStore = {
  get(key: string): Promise<Json | undefined>;
  set(key: string, reply: Json): Promise<void>;
};

/** A repeated request gives the first reply again, with the usage that the first call had. */
export function cachedChatModel(model: ChatModel, store: CallStore): ChatModel {
  const keyOf = (prompt: PromptParts, options: GenerateOptions) =>
    hashOf({ call: "generate", model: identityOf(model), prompt: promptKey(prompt), options: { ...options } });

  return {
    ...model,
    async generate(prompt, options = {}, call) {
      const key = keyOf(prompt, options);
      const kept = await store.get(key);
      if (kept !== undefined) return kept as unknown as Generation;
      const generation = await model.generate(prompt, options, call);
      await store.set(key, generation as unknown as Json);
      return generation;
    },
    stream: (prompt, options = {}, call) => streamThrough(model, store, keyOf(prompt, options), prompt, options, call),
  };
}

async function* streamThrough(
  model: ChatModel,
  store: CallStore,
  key: string,
  prompt: PromptParts,
  options: GenerateOptions,
  call?: CallOptions,
): AsyncIterable<GenerationEvent> {
  const kept = (await store.get(key)) as unknown as Generation | undefined;
  if (kept !== undefined) {
    if (kept.text !== "") yield { type: "text-delta", text: kept.text };
    for (const call of kept.toolCalls ?? []) yield { type: "tool-call-delta", ...call };
    yield { type: "generation-end", generation: kept };
    return;
  }
  for await (const event of model.stream(prompt, options, call)) {
    if (event.type === "generation-end") await store.set(key, event.generation as unknown as Json);
    yield event;
  }
}

/** All of a prompt that a model can see: scores and ranks of its passages are not. */
function promptKey({ passages, examples, schema = null, instructions, question, ...more }: PromptParts): Json {
  const { history = [], since, tools } = more;
  return {
    instructions,
    question,
    schema,
    history: [...history] as Json,
    // Absent where there are none, so that replies kept before tools were known are still found.
    ...(since ? { since: [...since] as Json } : {}),
    ...(tools ? { tools: { ...tools } as Json } : {}),
    examples: examples.map((example) => ({ messages: [...example.messages] })),
    passages: passages.map(({ chunk }) => ({
      title: chunk.title,
      headingPath: chunk.headingPath,
      page: chunk.page ?? null,
      text: chunk.text,
    })),
  };
}

type KeptVector = { readonly vector: string; readonly usage: readonly Usage[] };

/**
 * Keeps every value by itself, so that a changed document costs its changed passages only. A value that was embedded
 * alone, as queries are, keeps the usage of its call; what came in a batch is free when it is repeated.
 */
export function cachedEmbedder(embedder: Embedder, store: CallStore): Embedder {
  return {
    ...embedder,
    async embed({ values, role }, call) {
      const keys = values.map((value) => hashOf({ call: "embed", model: identityOf(embedder), role, value }));
      const kept = (await Promise.all(keys.map((key) => store.get(key)))) as unknown as (KeptVector | undefined)[];
      const missing = [...new Set(values.filter((_, index) => !kept[index]))];
      const fresh =
        missing.length > 0 ? await embedder.embed({ values: missing, role }, call) : { vectors: [], usage: [] };
      const usageOfOne = missing.length === 1 ? fresh.usage : [];
      const freshVectors = new Map(missing.map((value, index) => [value, fresh.vectors[index] ?? new Float32Array()]));
      const newKeys = new Map(values.map((value, index) => [value, keys[index] ?? ""]));
      for (const [value, vector] of freshVectors) {
        await store.set(newKeys.get(value) ?? "", { vector: encoded(vector), usage: usageOfOne } as unknown as Json);
      }
      const vectors = values.map(
        (value, index) => decoded(kept[index]) ?? freshVectors.get(value) ?? new Float32Array(),
      );
      return { vectors, usage: [...kept.flatMap((one) => one?.usage ?? []), ...fresh.usage] };
    },
  };
}

function encoded(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString("base64");
}

function decoded(kept: KeptVector | undefined): Float32Array | undefined {
  if (!kept) return undefined;
  const bytes = Uint8Array.from(Buffer.from(kept.vector, "base64"));
  return new Float32Array(bytes.buffer);
}

type KeptRanking = {
  readonly order: readonly number[];
  readonly scores: readonly number[];
  readonly usage: readonly Usage[];
};

/** Keeps the order and scores that a reranker gave to these passages for this query. */
export function cachedReranker(reranker: Reranker, store: CallStore): Reranker {
  return {
    ...reranker,
    async rerank(query, hits, call) {
      const passages = hits.map(({ chunk }) => [chunk.title, chunk.headingPath, chunk.text]);
      const key = hashOf({ call: "rerank", model: identityOf(reranker), query, passages });
      const kept = (await store.get(key)) as unknown as KeptRanking | undefined;
      if (kept) {
        const ranked = kept.order.flatMap((index, position) => {
          const hit = hits[index];
          const score = kept.scores[position] ?? 0;
          return hit ? [{ ...hit, score, legs: { ...hit.legs, reranked: { rank: position + 1, score } } }] : [];
        });
        return { hits: ranked, usage: kept.usage };
      }
      const fresh = await reranker.rerank(query, hits, call);
      const places = new Map(hits.map((hit, index) => [hit.chunk.id, index]));
      const order = fresh.hits.map((hit) => places.get(hit.chunk.id) ?? 0);
      await store.set(key, {
        order,
        scores: fresh.hits.map((hit) => hit.score),
        usage: fresh.usage,
      } as unknown as Json);
      return fresh;
    },
  };
}
