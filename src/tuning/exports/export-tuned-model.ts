// Exports a tuned model: writes it aside, reads it back with an independent reader, and puts it in place only if it is the same model.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type EngineOptions, openEngine } from "../../neural/onnx-engine.ts";
import { checkAndPlace } from "./check-and-place.ts";
import type { ExportCheck } from "./export-check.ts";
import { type ExportFile, type WrittenFile, writeExportFile } from "./export-files.ts";
import { type ExportFormat, exportPlan, type Precision } from "./export-formats.ts";
import { exportSource } from "./export-source.ts";

export type ExportOptions = {
  /** A tuned model's directory (`model.json`). */
  readonly directory: string;
  /** `huggingface` and `gguf` hold the whole model; `peft` and `gguf-lora` the adapter, with its base beside it. */
  readonly format: ExportFormat;
  /** A folder, made if need be; files of the same names in it are replaced. */
  readonly output: string;
  /** Of the matrices in GGUF. Default `float32`. */
  readonly precision?: Precision;
  readonly engine?: EngineOptions;
};

export type ExportReport = {
  readonly format: ExportFormat;
  readonly output: string;
  readonly precision: Precision;
  readonly files: readonly WrittenFile[];
  /** What the model knows, in one sentence. */
  readonly note: string;
  readonly check: ExportCheck;
  readonly ms: number;
};

/** Throws `bad-usage` for a format the model has nothing for, and whenever what was written is not the model: then nothing is exported. */
export async function exportTunedModel(options: ExportOptions): Promise<ExportReport> {
  const startedAt = performance.now();
  const { format, output } = options;
  const source = await exportSource(options.directory);
  const plan = exportPlan(format, source, options.precision);
  const aside = join(output, ".unchecked");
  try {
    const files = await writeAll(aside, plan.files);
    const engine = await openEngine(options.engine);
    const check = await checkAndPlace(engine, source, plan, { aside, output, files });
    const ms = performance.now() - startedAt;
    return { format, output, precision: plan.precision, files, note: source.note, check, ms };
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** Anew: nothing of an earlier, interrupted export stays. */
export async function writeAll(directory: string, files: readonly ExportFile[]): Promise<readonly WrittenFile[]> {
  await rm(directory, { recursive: true, force: true });
  const written: WrittenFile[] = [];
  for (const file of files) written.push(await writeExportFile(directory, file));
  return written;
}
