// A second reader of safetensors, for files just written. Trusts no offset.
import { readFile } from "node:fs/promises";
import type { Matrix } from "./llama-as-read.ts";

type Entry = {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
};

export async function readSafetensorsMatrices(path: string): Promise<ReadonlyMap<string, Matrix>> {
  const bytes = await readFile(path);
  const dataStart = 8 + Number(bytes.readBigUInt64LE(0));
  const { __metadata__: metadata, ...entries } = JSON.parse(bytes.toString("utf8", 8, dataStart)) as Record<
    string,
    Entry
  >;
  if ((metadata as unknown as Record<string, string> | undefined)?.["format"] !== "pt") {
    throw new Error(`${path} does not say format: pt`);
  }
  const matrices = new Map<string, Matrix>();
  for (const [
    name,
    {
      dtype,
      shape,
      data_offsets: [begin, end],
    },
  ] of Object.entries(entries)) {
    const [rows, columns] = shape.length === 1 ? [1, shape[0]!] : [shape[0]!, shape[1]!];
    const fits = dtype === "F32" && end - begin === 4 * rows * columns && dataStart + end <= bytes.length;
    if (!fits) throw new Error(`${path}: ${name} does not fit its entry`);
    const data = new Float32Array(rows * columns);
    for (let at = 0; at < data.length; at++) data[at] = bytes.readFloatLE(dataStart + begin + 4 * at);
    matrices.set(name, { rows, columns, data });
  }
  return matrices;
}
