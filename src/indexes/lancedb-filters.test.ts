// A filter never lets a row through that it should not, and never hides one that it should let through.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import type { Filter, IndexHit, IndexSearch } from "../core/retrieval.ts";
import { testRevision } from "../testing/index-cases.ts";
import { memoryIndex } from "../testing/memory-index.ts";
import { openLanceIndex } from "./lancedb.ts";

const root = mkdtempSync(join(tmpdir(), "assay-lancedb-filters-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Few distinct values, so that groups and filters often meet, and every spelling that might escape a literal. */
const label = fc.oneof(
  fc.constantFrom(
    "hr",
    "HR",
    "hr ",
    "",
    "'",
    "''",
    "\\",
    "\\'",
    "a' OR '1'='1",
    "') OR true --",
    "group hr",
    "everybody",
  ),
  fc.constantFrom("ü", "u\u0308", "😀", "\u0000", "\n", "%", "_", "$1", "?", '["team","hr"]', "null", "1"),
  fc.string({ maxLength: 3, unit: "binary" }).filter((text) => text.isWellFormed()),
);
const value = fc.oneof(label, fc.constantFrom(1, 0, -1.5, true, false));
const groups = fc.array(label, { maxLength: 3 });
const key = fc.oneof(fc.constantFrom("team", "year", "te'am", 'a","b'), label);
const metadata = fc.dictionary(key, fc.oneof(value, fc.array(value, { maxLength: 3 }), fc.constant(null)), {
  maxKeys: 3,
  noNullPrototype: true,
});
const filter: fc.Arbitrary<Filter> = fc.dictionary(key, fc.oneof(value, fc.array(value, { maxLength: 3 })), {
  maxKeys: 2,
  noNullPrototype: true,
});
const rows = fc.array(fc.record({ groups, metadata }), { minLength: 1, maxLength: 8 });

const legs: readonly Partial<IndexSearch>[] = [{ terms: ["x"] }, { vector: Float32Array.of(1, 0, 0, 0) }];
const idsOf = (hits: readonly IndexHit[]) => hits.map(({ chunk }) => chunk.id).sort();

test("groups and filters select what exhaustive search selects, before and after maintenance", async () => {
  let count = 0;
  const access = fc.record({
    groups: fc.option(groups, { nil: undefined }),
    filter: fc.option(filter, { nil: undefined }),
  });
  const property = fc.asyncProperty(
    rows,
    rows,
    fc.array(access, { minLength: 4, maxLength: 4 }),
    async (first, second, queries) => {
      count += 1;
      const index = await openLanceIndex({
        directory: join(root, String(count)),
        dimensions: 4,
        embedderIdentity: "e",
        analyserIdentity: "a",
      });
      const yardstick = memoryIndex({ dimensions: 4 });
      const write = (prefix: string, batch: typeof first) => {
        const revisions = batch.map((row, i) => testRevision(`${prefix}${i}`, "1", [{ ...row, terms: "x" }]));
        return Promise.all([index.replaceDocuments(revisions), yardstick.replaceDocuments(revisions)]);
      };
      const check = async () => {
        for (const { groups, filter } of queries) {
          const query = { depth: 100, ...(groups && { groups }), ...(filter && { filter }) };
          for (const leg of legs) {
            const [found, expected] = [
              await index.search({ ...query, ...leg }),
              await yardstick.search({ ...query, ...leg }),
            ];
            expect(idsOf(found)).toEqual(idsOf(expected));
          }
        }
      };
      await write("a", first);
      await index.maintain();
      await write("b", second);
      await write("a", second);
      await Promise.all([index, yardstick].map((each) => each.deleteDocuments(["b0", "a3"])));
      await check();
      await index.maintain();
      await check();
      await index.close();
    },
  );
  await fc.assert(property, { numRuns: 25 });
}, 30_000);
