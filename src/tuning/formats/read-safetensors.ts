// Reads safetensors files by the format's specification, one file or many shards, and widens their numbers to float32. A second
// reader beside `neural/safetensors.ts`, for files that somebody else wrote or is to open. Trusts no offset.
import { existsSync } from "node:fs";
import { type FileHandle, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Matrix } from "./llama-as-read.ts";

type Entry = {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
};

type NumberType = { readonly bytes: number; readonly widen: (raw: ArrayBuffer) => Float32Array };

const numberTypes: Readonly<Record<string, NumberType>> = {
  F32: { bytes: 4, widen: (raw) => new Float32Array(raw) },
  F16: { bytes: 2, widen: (raw) => Float32Array.from(new Float16Array(raw)) },
  // The upper half of a float32.
  BF16: {
    bytes: 2,
    widen: (raw) => new Float32Array(Uint32Array.from(new Uint16Array(raw), (half) => half << 16).buffer),
  },
};

/** Layouts that transformers opens. */
const layouts: ReadonlySet<string> = new Set(["pt", "mlx"]);
const longestHeader = 100 * 2 ** 20;
/** Node reads at most 2 GiB at a time. */
const longestRead = 2 ** 30;

/** The tensors of a model directory: `model.safetensors`, or the shards that its index names. */
export async function readModelTensors(directory: string): Promise<ReadonlyMap<string, Matrix>> {
  const whole = join(directory, "model.safetensors");
  if (existsSync(whole)) return readSafetensorsMatrices(whole);
  const index = join(directory, "model.safetensors.index.json");
  if (!existsSync(index)) throw new Error("it holds no model.safetensors; other formats of weights are not read");
  const { weight_map: places } = JSON.parse(await readFile(index, "utf8")) as { weight_map: Record<string, string> };
  const tensors = new Map<string, Matrix>();
  for (const shard of new Set(Object.values(places))) {
    for (const [name, matrix] of await readSafetensorsMatrices(join(directory, shard))) tensors.set(name, matrix);
  }
  const lost = Object.keys(places).find((name) => !tensors.has(name));
  if (lost !== undefined) throw new Error(`its index names ${lost}, which stands in no shard`);
  return tensors;
}

export async function readSafetensorsMatrices(path: string): Promise<ReadonlyMap<string, Matrix>> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const length = size < 8 ? 0 : Number(new DataView(await bytesAt(file, 0, 8)).getBigUint64(0, true));
    if (length === 0 || length > Math.min(longestHeader, size - 8)) throw new Error(`${path} is no safetensors file`);
    const header = JSON.parse(Buffer.from(await bytesAt(file, 8, length)).toString("utf8")) as Record<string, Entry>;
    const { __metadata__: metadata, ...entries } = header;
    const layout = (metadata as unknown as Record<string, string> | undefined)?.["format"] ?? "";
    if (!layouts.has(layout)) throw new Error(`${path} does not say format: pt`);
    const matrices = new Map<string, Matrix>();
    for (const [name, entry] of Object.entries(entries)) {
      const fault = `${path}: ${name} does not fit its entry`;
      matrices.set(name, await readMatrix(file, { entry, start: 8 + length, size, name, fault }));
    }
    return matrices;
  } finally {
    await file.close();
  }
}

type Place = {
  readonly entry: Entry;
  /** Where the tensors begin, and where the file ends. */
  readonly start: number;
  readonly size: number;
  readonly name: string;
  readonly fault: string;
};

async function readMatrix(file: FileHandle, { entry, start, size, name, fault }: Place): Promise<Matrix> {
  const { dtype, shape } = entry;
  const [begin, end] = entry.data_offsets;
  const type = numberTypes[dtype];
  if (!type) throw new Error(`${name} holds numbers of type ${dtype}: quantised weights cannot be tuned`);
  const [rows, columns] = shape.length === 1 ? [1, shape[0]!] : [shape[0]!, shape[1]!];
  const fits = shape.length >= 1 && shape.length <= 2 && end - begin === type.bytes * rows * columns;
  if (!fits || begin < 0 || start + end > size) throw new Error(fault);
  return { rows, columns, data: type.widen(await bytesAt(file, start + begin, end - begin)) };
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, Math.min(longestRead, length - done), position + done);
    if (bytesRead === 0) throw new Error("the file ends before its tensors do");
    done += bytesRead;
  }
  return bytes.buffer;
}
