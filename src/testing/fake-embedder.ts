// A deterministic embedder: each word adds to a few hashed dimensions, so texts that share words lie near each other.
import { contentHash } from "../core/hash.ts";
import type { Embedder } from "../core/models.ts";

export type FakeEmbedderOptions = {
  /** Default 64. */
  readonly dimensions?: number;
  /** Default `fake/embedder`. */
  readonly name?: string;
};

export type FakeEmbedder = Embedder & {
  /** Every value so far, with its role, in the order of the calls. */
  readonly embedded: readonly { readonly value: string; readonly role: "query" | "passage" }[];
};

export function fakeEmbedder(options: FakeEmbedderOptions = {}): FakeEmbedder {
  const dimensions = options.dimensions ?? 64;
  const name = options.name ?? "fake/embedder";
  const embedded: { value: string; role: "query" | "passage" }[] = [];
  return {
    name,
    version: "1",
    config: { dimensions },
    label: "hashed words, for tests",
    dimensions,
    embedded,
    async embed({ values, role }) {
      embedded.push(...values.map((value) => ({ value, role })));
      const vectors = values.map((value) => hashedVector(value, dimensions));
      const inputTokens = values.reduce((sum, value) => sum + words(value).length, 0);
      const usage = { modelId: name, inputTokens, cachedInputTokens: 0, outputTokens: 0, durationMs: 0 };
      return { vectors, usage: [usage] };
    },
  };
}

const words = (value: string): readonly string[] => value.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

function hashedVector(value: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions);
  for (const word of words(value)) {
    const digest = contentHash(word);
    for (const start of [0, 8, 16]) {
      const slot = Number.parseInt(digest.slice(start, start + 7), 16);
      vector[slot % dimensions] = (vector[slot % dimensions] ?? 0) + (slot & 1 ? 1 : -1);
    }
  }
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((component) => component / length);
}
