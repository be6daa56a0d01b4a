// The GGUF container, version 3: metadata, tensor list, aligned data. Knows no architecture.
import { bytesOfArray } from "./export-files.ts";

export type GgufValue =
  | { readonly uint32: number }
  | { readonly float32: number }
  | { readonly bool: boolean }
  | { readonly string: string }
  | { readonly strings: readonly string[] }
  | { readonly int32s: readonly number[] };

/** `shape` is outermost first, as everywhere in Assay; the container turns it round. */
export type GgufTensor = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | Float16Array;
};

const alignment = 32;
const valueTypes = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9 } as const;
const tensorTypes = { float32: 0, float16: 1 } as const;

const utf8 = new TextEncoder();

function number(bytes: number, write: (view: DataView) => void): Uint8Array {
  const view = new DataView(new ArrayBuffer(bytes));
  write(view);
  return new Uint8Array(view.buffer);
}

const uint32 = (value: number) => number(4, (view) => view.setUint32(0, value, true));
const int32 = (value: number) => number(4, (view) => view.setInt32(0, value, true));
const uint64 = (value: number) => number(8, (view) => view.setBigUint64(0, BigInt(value), true));
const float32 = (value: number) => number(4, (view) => view.setFloat32(0, value, true));

function string(text: string): readonly Uint8Array[] {
  const bytes = utf8.encode(text);
  return [uint64(bytes.length), bytes];
}

function encoded(value: GgufValue): readonly Uint8Array[] {
  if ("uint32" in value) return [uint32(valueTypes.uint32), uint32(value.uint32)];
  if ("float32" in value) return [uint32(valueTypes.float32), float32(value.float32)];
  if ("bool" in value) return [uint32(valueTypes.bool), Uint8Array.of(value.bool ? 1 : 0)];
  if ("string" in value) return [uint32(valueTypes.string), ...string(value.string)];
  const array = (type: number, length: number) => [uint32(valueTypes.array), uint32(type), uint64(length)];
  if ("strings" in value) return [...array(valueTypes.string, value.strings.length), ...value.strings.flatMap(string)];
  return [...array(valueTypes.int32, value.int32s.length), ...value.int32s.map(int32)];
}

const padded = (bytes: number): number => Math.ceil(bytes / alignment) * alignment;

const padding = (bytes: number): Uint8Array => new Uint8Array(padded(bytes) - bytes);

/** The whole file, in order. */
export function ggufChunks(
  metadata: ReadonlyMap<string, GgufValue>,
  tensors: readonly GgufTensor[],
): readonly Uint8Array[] {
  const head = [utf8.encode("GGUF"), uint32(3), uint64(tensors.length), uint64(metadata.size)];
  for (const [key, value] of metadata) head.push(...string(key), ...encoded(value));
  let offset = 0;
  for (const { name, shape, data } of tensors) {
    const type = data instanceof Float32Array ? tensorTypes.float32 : tensorTypes.float16;
    head.push(...string(name), uint32(shape.length), ...shape.toReversed().map(uint64), uint32(type), uint64(offset));
    offset += padded(data.byteLength);
  }
  const headBytes = Buffer.concat(head);
  const body = tensors.flatMap(({ data }) => [bytesOfArray(data), padding(data.byteLength)]);
  return [headBytes, padding(headBytes.length), ...body];
}
