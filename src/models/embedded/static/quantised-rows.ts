// Stores vectors as one byte per number with one scale per row; a single scale for the whole table loses accuracy.

export type QuantisedRows = {
  readonly dimensions: number;
  /** row · scale gives the number back, within half a scale. */
  readonly values: Int8Array;
  /** Largest magnitude of the row / 127. */
  readonly scales: Float32Array;
};

export function quantiseRows(table: Float32Array, dimensions: number): QuantisedRows {
  const rows = table.length / dimensions;
  const values = new Int8Array(table.length);
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const start = row * dimensions;
    let largest = 0;
    for (let at = start; at < start + dimensions; at++) largest = Math.max(largest, Math.abs(table[at]!));
    if (largest === 0) continue;
    scales[row] = largest / 127;
    for (let at = start; at < start + dimensions; at++) values[at] = Math.round(table[at]! / scales[row]!);
  }
  return { dimensions, values, scales };
}

/** The numbers that the rows stand for, in `table` or in an array of their own. */
export function restoreRows(
  { values, scales, dimensions }: QuantisedRows,
  table: Float32Array = new Float32Array(values.length),
): Float32Array {
  for (let row = 0; row < scales.length; row++) {
    const scale = scales[row]!;
    for (let at = row * dimensions; at < (row + 1) * dimensions; at++) table[at] = values[at]! * scale;
  }
  return table;
}
