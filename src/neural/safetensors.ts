// Reads and writes safetensors files of float32 tensors. Writing is all or nothing: the old file stays until the new one is on disk.
import { open, rename, rm } from "node:fs/promises";
import { AssayError } from "../core/errors.ts";
import type { Weights, WeightTensor } from "./weights.ts";

export type SafetensorsFile = { readonly weights: Weights; readonly metadata: Readonly<Record<string, string>> };

type Entry = {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
};

const longestHeader = 100 * 2 ** 20;

/** All that comes before the tensors, which follow in the map's order. */
export function safetensorsHeader(weights: Weights, metadata: Readonly<Record<string, string>>): Uint8Array {
  const entries: Record<string, Entry | Readonly<Record<string, string>>> = { __metadata__: metadata };
  let offset = 0;
  for (const [name, { shape, data }] of weights) {
    entries[name] = { dtype: "F32", shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(entries));
  // Padded with spaces, as the format allows, so that tensors start on an 8-byte boundary.
  const padded = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20);
  new DataView(padded.buffer).setBigUint64(0, BigInt(padded.length - 8), true);
  padded.set(json, 8);
  return padded;
}

/** Throws `disk-full` where the disk is; whatever stood at `path` before is then still there. */
export async function writeSafetensors(
  path: string,
  weights: Weights,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const temporary = `${path}.partial`;
  try {
    const file = await open(temporary, "w");
    try {
      await writeAll(file, safetensorsHeader(weights, metadata));
      for (const { data } of weights.values()) {
        await writeAll(file, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw writeError(path, cause);
  }
}

type Writable = { write(bytes: Uint8Array): Promise<{ readonly bytesWritten: number }> };

/** One write may take less than it was given. */
async function writeAll(file: Writable, bytes: Uint8Array): Promise<void> {
  let rest = bytes;
  while (rest.length > 0) {
    const { bytesWritten } = await file.write(rest);
    rest = rest.subarray(bytesWritten);
  }
}

function writeError(path: string, cause: unknown): unknown {
  if ((cause as NodeJS.ErrnoException).code !== "ENOSPC") return cause;
  return new AssayError({
    code: "disk-full",
    message: `the disk is full: ${path} could not be written; what was saved before is kept`,
    remedy: "free some space, then: assay tune resume",
    cause,
  });
}

/** Throws `corrupt-state` where the file is cut short or not safetensors. */
export async function readSafetensors(path: string): Promise<SafetensorsFile> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const prefix = new DataView(new ArrayBuffer(8));
    await file.read(prefix, 0, 8, 0);
    const headerLength = Number(prefix.getBigUint64(0, true));
    if (size < 8 || headerLength > Math.min(longestHeader, size - 8)) throw corrupt(path);
    const json = new Uint8Array(headerLength);
    await file.read(json, 0, headerLength, 8);
    const { __metadata__: metadata = {}, ...entries } = parsed(path, json);
    const weights = new Map<string, WeightTensor>();
    for (const [name, entry] of Object.entries(entries as Record<string, Entry>)) {
      const [begin, end] = entry.data_offsets;
      if (entry.dtype !== "F32" || 8 + headerLength + end > size) throw corrupt(path);
      const data = new Float32Array((end - begin) / 4);
      await file.read(new Uint8Array(data.buffer), 0, end - begin, 8 + headerLength + begin);
      weights.set(name, { shape: entry.shape, data });
    }
    return { weights, metadata: metadata as Record<string, string> };
  } finally {
    await file.close();
  }
}

function parsed(path: string, json: Uint8Array): Record<string, unknown> {
  try {
    return JSON.parse(new TextDecoder().decode(json)) as Record<string, unknown>;
  } catch {
    throw corrupt(path);
  }
}

function corrupt(path: string): AssayError {
  return new AssayError({
    code: "corrupt-state",
    message: `${path} is not a whole safetensors file of float32 tensors`,
    remedy: "remove it and train again: assay tune",
  });
}
