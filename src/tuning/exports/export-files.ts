// Files as chunks of bytes, written and named by the hash of what was meant to be written.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AssayError } from "../../core/errors.ts";

export type ExportFile = { readonly name: string; readonly chunks: readonly Uint8Array[] };

export type WrittenFile = { readonly name: string; readonly bytes: number; readonly sha256: string };

export const textFile = (name: string, text: string): ExportFile => ({
  name,
  chunks: [new TextEncoder().encode(text)],
});

export const jsonFile = (name: string, value: unknown): ExportFile =>
  textFile(name, `${JSON.stringify(value, null, 2)}\n`);

/** A tensor's memory as bytes. Every supported machine is little-endian, as both formats want it. */
export const bytesOfArray = ({ buffer, byteOffset, byteLength }: Float32Array | Float16Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Throws `disk-full` where the disk is. */
export async function writeExportFile(directory: string, { name, chunks }: ExportFile): Promise<WrittenFile> {
  const path = join(directory, name);
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, "w");
    try {
      for (const chunk of chunks) {
        hash.update(chunk);
        bytes += chunk.length;
        await file.writeFile(chunk);
      }
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw writeError(path, cause);
  }
  return { name, bytes, sha256: hash.digest("hex") };
}

/** SHA-256 of what stands on the disk now. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}

function writeError(path: string, cause: unknown): unknown {
  if ((cause as NodeJS.ErrnoException).code !== "ENOSPC") return cause;
  return new AssayError({
    code: "disk-full",
    message: `the disk is full: ${path} could not be written`,
    remedy: "free some space, then run the same export again",
    cause,
  });
}
