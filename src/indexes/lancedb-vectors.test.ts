// Large enough for the vector index: what it finds against comparing every vector.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { testRevision } from "../testing/index-cases.ts";
import { openLanceIndex } from "./lancedb.ts";

const root = mkdtempSync(join(tmpdir(), "assay-lancedb-vectors-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const depth = 100;

/** A reproducible source of numbers between -1 and 1 (xorshift). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state / 2 ** 31;
  };
}

// The quantised index takes multiples of eight only; another one serves the rest.
test.each([32, 30])(
  "of the 100 nearest by %i dimensions at least 95 are found, new and changed ones included",
  {
    timeout: 60_000,
  },
  async (dimensions) => {
    const random = randomNumbers(7);
    const vectorOf = () => Array.from({ length: dimensions }, random);
    const index = await openLanceIndex({
      directory: join(root, String(dimensions)),
      dimensions,
      embedderIdentity: "e",
      analyserIdentity: "a",
    });
    const vectors = new Map<string, readonly number[]>();
    const write = async (from: number, to: number) => {
      const chunks = Array.from({ length: to - from }, () => ({ vector: vectorOf() }));
      for (const [i, { vector }] of chunks.entries()) vectors.set(`d${from}#${i}`, vector);
      await index.replaceDocuments([testRevision(`d${from}`, "1", chunks)]);
    };
    await write(0, 6000);
    await write(6000, 10_500);
    await index.maintain();
    await write(10_500, 11_000);
    await write(0, 6000);
    const nearest = (query: readonly number[]) => {
      const cosines = [...vectors].map(([id, vector]) => [cosine(query, vector), id] as const);
      return new Set(
        cosines
          .sort(([a], [b]) => b - a)
          .slice(0, depth)
          .map(([, id]) => id),
      );
    };
    const recall = async () => {
      let found = 0;
      for (let i = 0; i < 5; i += 1) {
        const query = vectorOf();
        const expected = nearest(query);
        const hits = await index.search({ vector: Float32Array.from(query), depth });
        found += hits.filter(({ chunk }) => expected.has(chunk.id)).length / depth / 5;
      }
      return found;
    };
    expect(await recall()).toBeGreaterThan(0.95);
    await index.maintain();
    expect((await index.stats()).unindexedRows).toBe(0);
    expect(await recall()).toBeGreaterThan(0.95);
    await index.close();
  },
);

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, i) => sum + value * (y[i] as number), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
