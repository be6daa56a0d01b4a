// The four formats: which files each consists of, and how its independent reader finds the model again.
import { join } from "node:path";
import { AssayError } from "../../core/errors.ts";
import type { Weights } from "../../neural/weights.ts";
import type { ModelAsRead } from "../formats/llama-as-read.ts";
import { readGgufAdapters, readGgufLlama } from "../formats/read-gguf-llama.ts";
import { readHuggingFace, readPeft } from "../formats/read-hugging-face.ts";
import type { ExportFile } from "./export-files.ts";
import type { ExportSource } from "./export-source.ts";
import { ggufAdapterFile, ggufFile, type Precision } from "./gguf-llama-files.ts";
import { huggingFaceFiles } from "./hugging-face-files.ts";
import { baseFolder, peftFiles } from "./peft-files.ts";

export type { Precision };

export const exportFormats = ["huggingface", "peft", "gguf", "gguf-lora"] as const;

export type ExportFormat = (typeof exportFormats)[number];

export type ExportPlan = {
  readonly files: readonly ExportFile[];
  readonly precision: Precision;
  /** The whole model as the files give it. */
  readonly readWhole: (directory: string) => Promise<ModelAsRead>;
  /** The base without its adapter, where they are separate. */
  readonly readBase?: (directory: string) => Promise<ModelAsRead>;
};

type MakePlan = (source: ExportSource, precision: Precision) => Omit<ExportPlan, "precision">;

const model = "model.gguf";
const base = "base.gguf";
const adapter = "adapter.gguf";

const plans: Readonly<Record<ExportFormat, MakePlan>> = {
  huggingface: (source) => ({ files: huggingFaceFiles(source, source.whole), readWhole: readHuggingFace }),
  peft: (source) => ({
    files: peftFiles(source),
    readWhole: readPeft,
    readBase: (directory) => readHuggingFace(join(directory, baseFolder)),
  }),
  gguf: (source, precision) => ({
    files: [ggufFile(model, source, source.whole, precision)],
    readWhole: (directory) => readGgufLlama(join(directory, model)),
  }),
  "gguf-lora": (source, precision) => ({
    files: [ggufAdapterFile(adapter, source), ggufFile(base, source, source.base, precision)],
    readWhole: async (directory) => withAdapters(directory, await readGgufLlama(join(directory, base))),
    readBase: (directory) => readGgufLlama(join(directory, base)),
  }),
};

async function withAdapters(directory: string, read: ModelAsRead): Promise<ModelAsRead> {
  return { ...read, model: { ...read.model, adapters: await readGgufAdapters(join(directory, adapter)) } };
}

export function exportPlan(format: ExportFormat, source: ExportSource, precision: Precision = "float32"): ExportPlan {
  if (precision === "float16" && !format.startsWith("gguf")) {
    throw new AssayError({
      code: "bad-usage",
      message: `${format} is exported in float32 only`,
      remedy: "assay tune export --format gguf --precision float16",
    });
  }
  return { precision, ...plans[format](source, precision) };
}

/** Matrices as `precision` holds them; norms stay as they are. */
export function roundedWeights(weights: Weights, precision: Precision): Weights {
  if (precision === "float32") return weights;
  return new Map(
    [...weights].map(([name, { shape, data }]) =>
      shape.length === 1 ? [name, { shape, data }] : [name, { shape, data: Float32Array.from(data, Math.f16round) }],
    ),
  );
}
