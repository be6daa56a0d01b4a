// The gate of every export: files get their names only after they were found on the disk as meant, and read back as the same model.
import { mkdir, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Engine } from "../../neural/onnx-engine.ts";
import { type ExportCheck, exportCheck } from "./export-check.ts";
import { sha256OfFile, type WrittenFile } from "./export-files.ts";
import type { ExportPlan } from "./export-formats.ts";
import type { ExportSource } from "./export-source.ts";
import { checkFailure } from "./self-check.ts";

export type Staged = {
  /** Where the files stand now. */
  readonly aside: string;
  readonly output: string;
  readonly files: readonly WrittenFile[];
};

/** Throws, and moves nothing, where what stands on the disk is not the model. */
export async function checkAndPlace(
  engine: Engine,
  source: ExportSource,
  plan: ExportPlan,
  { aside, output, files }: Staged,
): Promise<ExportCheck> {
  for (const { name, sha256 } of files) {
    if ((await sha256OfFile(join(aside, name))) !== sha256) {
      throw checkFailure(`${name} is not on the disk as it was written`);
    }
  }
  const check = await exportCheck(engine, source, plan, aside);
  for (const { name } of files) {
    await mkdir(dirname(join(output, name)), { recursive: true });
    await rename(join(aside, name), join(output, name));
  }
  return check;
}
