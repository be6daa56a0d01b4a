// The dense leg in memory: exact cosines, found by comparing bytes first. Each row's bytes are off by a known amount, so every
// row that could be among the best is looked at in full, and no other. Knows no terms and no filters' meaning.
import { byteProducts, byteRowMultiple } from "../kernels/byte-products.ts";
import { alignmentBytes, roundedBytes, sharedArena } from "../kernels/shared-arena.ts";
import { bestRows, type ScoredRow } from "./best-rows.ts";
import type { RowMask } from "./resident-terms.ts";

export type ResidentVectors = {
  /** For a later copy that has some of the same rows. */
  readonly table: VectorTable;
  /** By cosine, best first, at most `depth`. The zero vector lies in no direction: it finds nothing and is not found. */
  search(query: Float32Array, depth: number, visible?: RowMask): readonly ScoredRow[];
  /** As it was added. */
  at(row: number): Float32Array;
};

export type VectorsBuilder = {
  add(vector: Float32Array): void;
  /** The next row is this one of those, of as many dimensions. */
  keep(table: VectorTable, row: number): void;
  finish(): ResidentVectors;
};

/** Beyond what bytes lose: rounding of the sums themselves. */
const rounding = 1e-6;

/** `rowCount` rows are added, no more. */
export function vectorsBuilder(rowCount: number, dimensions: number): VectorsBuilder {
  const rowBytes = Math.ceil(dimensions / byteRowMultiple) * byteRowMultiple;
  const rows = Math.max(1, rowCount);
  const arena = sharedArena(rows * rowBytes + 2 * rowBytes + roundedBytes(rows) + 3 * alignmentBytes);
  const table: VectorTable = {
    dimensions,
    rowBytes,
    vectors: new Float32Array(rowCount * dimensions),
    codes: arena.int8(rows * rowBytes),
    lengths: new Float64Array(rowCount),
    steps: new Float32Array(rowCount),
    losses: new Float32Array(rowCount),
  };
  const query = arena.int16(rowBytes);
  const products = arena.int32(rows);
  const kernel = byteProducts(arena.memory);
  let added = 0;
  return {
    add(vector) {
      addRow(table, added, vector);
      added += 1;
    },
    keep(other, row) {
      copyRow(other, row, table, added);
      added += 1;
    },
    finish: () => ({
      table,
      at: (row) => table.vectors.slice(row * dimensions, (row + 1) * dimensions),
      search(vector, depth, visible) {
        const wanted = queryOf(vector, query, dimensions);
        if (wanted === undefined || added === 0) return [];
        const start = table.codes.byteOffset;
        kernel.multiplyRows(products.byteOffset, start, start + added * rowBytes, rowBytes, query.byteOffset);
        return nearest(table, { ...wanted, products, depth, count: added }, visible);
      },
    }),
  };
}

/** A row's unit vector is `codes · step`, give or take a vector of the length `losses`. */
export type VectorTable = {
  readonly dimensions: number;
  readonly rowBytes: number;
  readonly vectors: Float32Array;
  readonly codes: Int8Array;
  /** Of the vectors as they were added. */
  readonly lengths: Float64Array;
  readonly steps: Float32Array;
  /** NaN for the zero vector: no comparison with it holds. */
  readonly losses: Float32Array;
};

function addRow(table: VectorTable, row: number, vector: Float32Array): void {
  const { dimensions, rowBytes } = table;
  table.vectors.set(vector, row * dimensions);
  const length = lengthOf(vector);
  table.lengths[row] = length;
  if (length === 0) {
    table.losses[row] = Number.NaN;
    return;
  }
  // As it is kept, so that what is lost is lost against what is read back.
  const step = Math.fround(largestOf(vector) / length / 127);
  let lost = 0;
  for (let k = 0; k < dimensions; k += 1) {
    const exact = (vector[k] as number) / length;
    const code = Math.round(exact / step);
    table.codes[row * rowBytes + k] = code;
    lost += (exact - code * step) ** 2;
  }
  table.steps[row] = step;
  table.losses[row] = Math.sqrt(lost);
}

function copyRow(from: VectorTable, row: number, to: VectorTable, place: number): void {
  const { dimensions, rowBytes } = to;
  to.vectors.set(from.vectors.subarray(row * dimensions, (row + 1) * dimensions), place * dimensions);
  to.codes.set(from.codes.subarray(row * rowBytes, (row + 1) * rowBytes), place * rowBytes);
  for (const part of ["lengths", "steps", "losses"] as const) to[part][place] = from[part][row] as number;
}

type Query = { readonly unit: Float64Array; readonly step: number; readonly loss: number };

/** The unit vector, and its 16-bit form written into `codes`. Undefined for the zero vector. */
function queryOf(vector: Float32Array, codes: Int16Array, dimensions: number): Query | undefined {
  const length = lengthOf(vector);
  if (length === 0) return undefined;
  // No sum of products of a row may leave 32 bits.
  const largestCode = Math.min(32_767, Math.floor(0x7fff_ffff / (127 * dimensions)));
  const step = largestOf(vector) / length / largestCode;
  const unit = Float64Array.from(vector, (component) => component / length);
  let lost = 0;
  unit.forEach((exact, k) => {
    const code = Math.round(exact / step);
    codes[k] = code;
    lost += (exact - code * step) ** 2;
  });
  return { unit, step, loss: Math.sqrt(lost) };
}

type Comparison = Query & { readonly products: Int32Array; readonly depth: number; readonly count: number };

/**
 * |cosine − product · steps| is at most the row's loss plus the query's (Cauchy and Schwarz): rows whose upper bound lies below
 * the lower bounds of `depth` others cannot be among the best.
 */
function nearest(table: VectorTable, query: Comparison, visible: RowMask | undefined): readonly ScoredRow[] {
  const { steps, losses } = table;
  const { products, depth, count, step, loss } = query;
  const surest = bestRows(depth);
  const candidates: { readonly row: number; readonly atMost: number }[] = [];
  let floor = surest.floor();
  for (let row = 0; row < count; row += 1) {
    const about = (products[row] as number) * (steps[row] as number) * step;
    const slack = (losses[row] as number) * (1 + loss) + loss + rounding;
    if (!(about + slack >= floor) || (visible !== undefined && visible[row] === 0)) continue;
    candidates.push({ row, atMost: about + slack });
    surest.offer(row, about - slack);
    floor = surest.floor();
  }
  const best = bestRows(depth);
  // The floor has risen since the first of them were taken.
  for (const { row, atMost } of candidates) if (atMost >= floor) best.offer(row, cosine(table, row, query.unit));
  return best.ranked();
}

function cosine({ vectors, dimensions, lengths }: VectorTable, row: number, unit: Float64Array): number {
  const start = row * dimensions;
  let product = 0;
  for (let k = 0; k < dimensions; k += 1) product += (vectors[start + k] as number) * (unit[k] as number);
  return product / (lengths[row] as number);
}

function lengthOf(vector: Float32Array): number {
  let squares = 0;
  for (const component of vector) squares += component * component;
  return Math.sqrt(squares);
}

function largestOf(vector: Float32Array): number {
  let largest = 0;
  for (const component of vector) largest = Math.max(largest, Math.abs(component));
  return largest;
}
