// Trains, exports, and has transformers, PEFT and llama.cpp answer beside Assay. Each engine is used only where it is named.
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { exportTunedModel } from "../../src/tuning/exports/export-tuned-model.ts";
import { writeCases } from "./parity-cases.ts";
import { trainParityModels } from "./parity-models.ts";

export type TransformersParity = {
  readonly versions: Readonly<Record<"torch" | "transformers" | "peft", string>>;
  readonly texts: number;
  readonly conversations: number;
  readonly largestDifference: Readonly<Record<"merged" | "base" | "adapter", number>>;
  readonly greedy: Readonly<Record<"merged" | "base" | "adapter", number>>;
};

export type LlamaCppParity = {
  readonly version: string;
  readonly texts: number;
  readonly conversations: number;
  readonly greedy: Readonly<Record<"merged" | "float16" | "base" | "adapter" | "adapterOff", number>>;
  readonly detokenized: number;
};

export type ParityEngines = {
  /** A Python that has torch, transformers, peft and safetensors. */
  readonly python?: string;
  /** A folder with `node_modules/node-llama-cpp`. */
  readonly llamaCpp?: string;
};

export type Parity = {
  /** Of the 20 answers, those that the adapter changes. */
  readonly changedByAdapter: number;
  readonly transformers?: TransformersParity;
  readonly llamaCpp?: LlamaCppParity;
};

/** `ASSAY_PARITY_PYTHON` and `ASSAY_PARITY_LLAMA_CPP`. */
export function parityEngines(environment: NodeJS.ProcessEnv): ParityEngines {
  const { ASSAY_PARITY_PYTHON: python, ASSAY_PARITY_LLAMA_CPP: llamaCpp } = environment;
  return { ...(python && { python }), ...(llamaCpp && { llamaCpp }) };
}

const run = promisify(execFile);

async function lastLine<T>(command: string, ...args: readonly string[]): Promise<T> {
  const { stdout } = await run(command, args, { maxBuffer: 2 ** 26 });
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as T;
}

export async function runParity({ python, llamaCpp }: ParityEngines): Promise<Parity> {
  const folder = await mkdtemp(join(tmpdir(), "assay-parity-"));
  try {
    const { adapted, unseen } = await trainParityModels(folder);
    for (const format of ["huggingface", "peft", "gguf", "gguf-lora"] as const) {
      await exportTunedModel({ directory: adapted, format, output: join(folder, format) });
    }
    await exportTunedModel({
      directory: adapted,
      format: "gguf",
      output: join(folder, "gguf-float16"),
      precision: "float16",
    });
    const changedByAdapter = await writeCases(folder, adapted, unseen);
    const script = (name: string) => join(import.meta.dirname, name);
    return {
      changedByAdapter,
      ...(python && {
        transformers: await lastLine<TransformersParity>(python, script("transformers_parity.py"), folder),
      }),
      ...(llamaCpp && {
        llamaCpp: await lastLine<LlamaCppParity>(process.execPath, script("llama-cpp-parity.mjs"), folder, llamaCpp),
      }),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
