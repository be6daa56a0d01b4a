// The file beside the table that says what the index was built with. Knows nothing of the rows.
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AssayError } from "../core/errors.ts";
import { damagedIndex } from "./lance-errors.ts";

export type LanceManifest = {
  /** Of the table's columns and their meaning. */
  readonly formatVersion: number;
  readonly dimensions: number;
  readonly embedderIdentity: string;
  readonly analyserIdentity: string;
  /** Names for people; identities are hashes. */
  readonly embedderName: string;
};

const fileName = "manifest.json";

/** Undefined where none was written yet. Throws `AssayError` `corrupt-state` where it cannot be understood. */
export async function readManifest(directory: string): Promise<LanceManifest | undefined> {
  let text: string;
  try {
    text = await readFile(join(directory, fileName), "utf8");
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw failure;
  }
  try {
    const manifest = JSON.parse(text) as Partial<LanceManifest>;
    if (typeof manifest.formatVersion === "number") return manifest as LanceManifest;
  } catch (failure) {
    throw damagedIndex(directory, `${fileName} is not JSON`, failure);
  }
  throw damagedIndex(directory, `${fileName} names no format version`);
}

/** Written whole or not at all. */
export async function writeManifest(directory: string, manifest: LanceManifest): Promise<void> {
  const path = join(directory, fileName);
  const draft = `${path}.${process.pid}.tmp`;
  await writeFile(draft, `${JSON.stringify(manifest, null, 2)}\n`, { flush: true });
  await rename(draft, path);
}

/** Throws `AssayError` `index-mismatch`, naming both sides, where `stored` was built with other parts than `wanted`. */
export function requireSameParts(stored: LanceManifest, wanted: LanceManifest, directory: string): void {
  const refuse = (message: string, remedy: string): never => {
    throw new AssayError({ code: "index-mismatch", message: `${directory}: ${message}`, remedy });
  };
  if (stored.formatVersion > wanted.formatVersion) {
    refuse(
      `the index has format ${stored.formatVersion}, this Assay reads up to ${wanted.formatVersion}`,
      "update Assay, or run `assay doctor --fix`, which builds it anew",
    );
  }
  if (stored.formatVersion < wanted.formatVersion) {
    refuse(`the index has the older format ${stored.formatVersion}`, "run `assay doctor --fix`, which builds it anew");
  }
  if (stored.embedderIdentity !== wanted.embedderIdentity || stored.dimensions !== wanted.dimensions) {
    refuse(
      `built with embedder ${describe(stored)}, opened with ${describe(wanted)}: their vectors do not compare`,
      "run `assay ingest` to re-index with the configured embedder (`assay ingest --readapt` for the embedded one), or set `embedder` back",
    );
  }
  if (stored.analyserIdentity !== wanted.analyserIdentity) {
    refuse(
      `built with text analyser ${stored.analyserIdentity}, opened with ${wanted.analyserIdentity}: their terms do not compare`,
      "run `assay ingest --readapt`",
    );
  }
}

function describe({ embedderName, embedderIdentity, dimensions }: LanceManifest): string {
  return `${embedderName} (${dimensions} dimensions, ${embedderIdentity.slice(0, 8)})`;
}
