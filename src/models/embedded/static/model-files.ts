// The static embedder on disk: two data files named by their content and a manifest that says which of them count.
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { endianness } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { AssayError } from "../../../core/errors.ts";
import { contentHash } from "../../../core/hash.ts";
import type { BpeVocabulary } from "./bpe-training.ts";
import type { QuantisedRows } from "./quantised-rows.ts";

export type StaticModel = {
  readonly vocabulary: BpeVocabulary;
  readonly rows: QuantisedRows;
  /** Names the weights and the vocabulary: other content, other hash. */
  readonly contentHash: string;
};

/** Raised whenever older folders can no longer be read. */
const formatVersion = 1;
const manifestName = "manifest.json";
const remedy = "run `assay ingest --readapt`";

const manifestSchema = z.object({
  format: z.literal(formatVersion),
  dimensions: z.int().positive(),
  vocabularySize: z.int().positive(),
  vocabularyHash: z.string(),
  vectorsHash: z.string(),
});
type Manifest = z.infer<typeof manifestSchema>;

const vocabularySchema = z.object({ characters: z.array(z.string()), merges: z.array(z.int().min(0).max(65_535)) });

/**
 * Replaces the model in `directory`. Renaming the manifest is the one moment of change: a kill before it leaves the old
 * model whole, a kill after it at most some stale files, which the next write removes.
 */
export async function writeStaticModel(
  directory: string,
  model: { readonly vocabulary: BpeVocabulary; readonly rows: QuantisedRows },
): Promise<void> {
  const { characters, merges } = model.vocabulary;
  const vocabulary = Buffer.from(JSON.stringify({ characters, merges: [...merges] }));
  const vectors = packRows(model.rows);
  const manifest: Manifest = {
    format: formatVersion,
    dimensions: model.rows.dimensions,
    vocabularySize: model.rows.scales.length,
    vocabularyHash: contentHash(vocabulary),
    vectorsHash: contentHash(vectors),
  };
  await mkdir(directory, { recursive: true });
  await writeWhole(join(directory, vocabularyName(manifest)), vocabulary);
  await writeWhole(join(directory, vectorsName(manifest)), vectors);
  await writeWhole(join(directory, manifestName), Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
  const current = new Set([manifestName, vocabularyName(manifest), vectorsName(manifest)]);
  const stale = (await readdir(directory)).filter((name) => isOurs(name) && !current.has(name));
  await Promise.all(stale.map((name) => rm(join(directory, name), { force: true })));
}

/** Throws `corrupt-state` when anything is missing, cut short or altered. */
export async function readStaticModel(directory: string): Promise<StaticModel> {
  try {
    const manifest = manifestSchema.parse(JSON.parse(await readFile(join(directory, manifestName), "utf8")));
    const vocabularyBytes = await readChecked(directory, vocabularyName(manifest), manifest.vocabularyHash);
    const vectorBytes = await readChecked(directory, vectorsName(manifest), manifest.vectorsHash);
    const { characters, merges } = vocabularySchema.parse(JSON.parse(vocabularyBytes.toString("utf8")));
    return {
      vocabulary: { characters, merges: Uint16Array.from(merges) },
      rows: unpackRows(vectorBytes, manifest),
      contentHash: contentHash(`${manifest.vocabularyHash}${manifest.vectorsHash}`),
    };
  } catch (cause) {
    throw new AssayError({
      code: "corrupt-state",
      message: `the embedder in ${directory} cannot be read: ${describe(cause)}`,
      remedy,
      cause,
    });
  }
}

const vocabularyName = ({ vocabularyHash }: Manifest) => `vocabulary-${vocabularyHash}.json`;
const vectorsName = ({ vectorsHash }: Manifest) => `vectors-${vectorsHash}.bin`;
const isOurs = (name: string) => /^(vocabulary|vectors|manifest)[-.]/.test(name);

async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const partial = `${path}.partial`;
  try {
    await writeFile(partial, bytes, { flush: true });
    await rename(partial, path);
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "ENOSPC")) throw cause;
    throw new AssayError({
      code: "disk-full",
      message: `no space left to write the embedder to ${path}`,
      remedy: "free some space, then repeat the command",
      cause,
    });
  }
}

async function readChecked(directory: string, name: string, hash: string): Promise<Buffer> {
  const bytes = await readFile(join(directory, name));
  if (contentHash(bytes) !== hash) throw new Error(`${name} was altered or cut short`);
  return bytes;
}

/** All scales as little-endian float32, then all rows as int8. */
function packRows({ scales, values }: QuantisedRows): Buffer {
  return Buffer.concat([littleEndian(scales), Buffer.from(values.buffer, values.byteOffset, values.byteLength)]);
}

function unpackRows(bytes: Buffer, { vocabularySize, dimensions }: Manifest): QuantisedRows {
  if (bytes.length !== vocabularySize * (4 + dimensions)) throw new Error("the vectors have another size than stated");
  const scaleBytes = littleEndian(new Float32Array(Uint8Array.from(bytes.subarray(0, vocabularySize * 4)).buffer));
  return {
    dimensions,
    scales: new Float32Array(Uint8Array.from(scaleBytes).buffer),
    values: new Int8Array(bytes.buffer, bytes.byteOffset + vocabularySize * 4, vocabularySize * dimensions),
  };
}

function littleEndian(numbers: Float32Array): Buffer {
  const bytes = Buffer.from(Uint8Array.from(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)));
  return endianness() === "LE" ? bytes : bytes.swap32();
}

function describe(cause: unknown): string {
  if (cause instanceof z.ZodError) return "its description is of another format or incomplete";
  if (cause instanceof SyntaxError) return "its description is not JSON";
  if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return "a file is missing";
  return cause instanceof Error ? cause.message : String(cause);
}
