import fc from "fast-check";
import { expect, test } from "vitest";
import { byteProducts } from "./byte-products.ts";
import { sharedArena } from "./shared-arena.ts";

test("the kernel does what a plain loop does", () => {
  fc.assert(
    fc.property(
      fc.record({ blocks: fc.integer({ min: 1, max: 4 }), rows: fc.integer({ min: 1, max: 6 }) }).chain((size) =>
        fc.record({
          rows: fc.array(fc.integer({ min: -128, max: 127 }), {
            minLength: 16 * size.blocks * size.rows,
            maxLength: 16 * size.blocks * size.rows,
          }),
          query: fc.array(fc.integer({ min: -32_768, max: 32_767 }), {
            minLength: 16 * size.blocks,
            maxLength: 16 * size.blocks,
          }),
        }),
      ),
      ({ rows, query }) => {
        const arena = sharedArena(1 << 16);
        const [bytes, numbers] = [arena.int8(rows.length), arena.int16(query.length)];
        bytes.set(rows);
        numbers.set(query);
        const count = rows.length / query.length;
        const products = arena.int32(count);
        byteProducts(arena.memory).multiplyRows(
          products.byteOffset,
          bytes.byteOffset,
          bytes.byteOffset + bytes.byteLength,
          query.length,
          numbers.byteOffset,
        );
        const expected = Array.from({ length: count }, (_, row) =>
          query.reduce((sum, number, k) => sum + number * (rows[row * query.length + k] as number), 0),
        );
        expect([...products]).toEqual(expected);
      },
    ),
    { numRuns: 100 },
  );
});
