// Reads a GGUF file (version 3) by its specification. Knows no architecture, and nothing of how Assay writes the format.
import { readFile } from "node:fs/promises";

export type GgufAsRead = {
  readonly metadata: ReadonlyMap<string, unknown>;
  /** `dimensions` as in the file: fastest-varying first. */
  readonly tensors: ReadonlyMap<string, { readonly dimensions: readonly number[]; readonly data: Float32Array }>;
};

type Cursor = { readonly bytes: Buffer; at: number };

const defaultAlignment = 32;

export async function readGguf(path: string): Promise<GgufAsRead> {
  const cursor: Cursor = { bytes: await readFile(path), at: 0 };
  if (cursor.bytes.toString("latin1", 0, 4) !== "GGUF") throw new Error(`${path} is not a GGUF file`);
  cursor.at = 4;
  const version = uint32(cursor);
  if (version !== 3) throw new Error(`${path} has GGUF version ${version}`);
  const tensorCount = uint64(cursor);
  const keyCount = uint64(cursor);
  const metadata = new Map<string, unknown>();
  for (let key = 0; key < keyCount; key++) metadata.set(text(cursor), value(cursor, uint32(cursor)));
  const entries = Array.from({ length: tensorCount }, () => ({
    name: text(cursor),
    dimensions: Array.from({ length: uint32(cursor) }, () => uint64(cursor)),
    type: uint32(cursor),
    offset: uint64(cursor),
  }));
  const alignment = Number(metadata.get("general.alignment") ?? defaultAlignment);
  const start = Math.ceil(cursor.at / alignment) * alignment;
  const tensors = entries.map(({ name, dimensions, type, offset }) => {
    if (offset % alignment !== 0) throw new Error(`${path}: ${name} is not aligned`);
    return [name, { dimensions, data: floats(cursor.bytes, start + offset, dimensions, type) }] as const;
  });
  return { metadata, tensors: new Map(tensors) };
}

function uint32(cursor: Cursor): number {
  cursor.at += 4;
  return cursor.bytes.readUInt32LE(cursor.at - 4);
}

function uint64(cursor: Cursor): number {
  cursor.at += 8;
  return Number(cursor.bytes.readBigUInt64LE(cursor.at - 8));
}

function text(cursor: Cursor): string {
  const length = uint64(cursor);
  cursor.at += length;
  if (cursor.at > cursor.bytes.length) throw new Error("a string runs over the end of the file");
  return cursor.bytes.toString("utf8", cursor.at - length, cursor.at);
}

function value(cursor: Cursor, type: number): unknown {
  const take = (bytes: number) => {
    cursor.at += bytes;
    return cursor.at - bytes;
  };
  switch (type) {
    case 4:
      return uint32(cursor);
    case 5:
      return cursor.bytes.readInt32LE(take(4));
    case 6:
      return cursor.bytes.readFloatLE(take(4));
    case 7:
      return cursor.bytes.readUInt8(take(1)) !== 0;
    case 8:
      return text(cursor);
    case 9: {
      const elementType = uint32(cursor);
      return Array.from({ length: uint64(cursor) }, () => value(cursor, elementType));
    }
    default:
      throw new Error(`metadata type ${type} is not known`);
  }
}

function floats(bytes: Buffer, start: number, dimensions: readonly number[], type: number): Float32Array {
  const data = new Float32Array(dimensions.reduce((product, size) => product * size, 1));
  if (type === 0) for (let at = 0; at < data.length; at++) data[at] = bytes.readFloatLE(start + 4 * at);
  else if (type === 1) for (let at = 0; at < data.length; at++) data[at] = half(bytes.readUInt16LE(start + 2 * at));
  else throw new Error(`tensor type ${type} is not known`);
  return data;
}

/** IEEE 754 binary16: sign, 5 bits of exponent (bias 15), 10 of fraction. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}
