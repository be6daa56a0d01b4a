// A finished run of a local engine as weights that a server or llama.cpp can be given: where they lie, what they are called, and their
// GGUF files, which are written once beside the run, checked as every export is.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ChatModel } from "../../core/models.ts";
import type { GgufFiles, ServedWeights } from "../../models/served/served-weights.ts";
import { jinjaChatTemplate } from "../../tuning/embedded/chat-template.ts";
import { readHubTuned } from "../../tuning/embedded/hub-tuned-model.ts";
import { exportTunedModel } from "../../tuning/exports/export-tuned-model.ts";
import { readTokenizerTables } from "../../tuning/formats/hugging-face-tokenizer-files.ts";
import type { ServeConfig } from "../config/tuning-config.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { servedBy } from "../wiring/wire-served.ts";
import { modelDirectory } from "./tune-run.ts";
import type { TuningRecord } from "./tuning-records.ts";

export function servedTuning(context: ProjectContext, tuning: TuningRecord, serve: ServeConfig): ChatModel {
  return servedBy(serve, context, weightsOf(tuning));
}

/** Assay's own chat template in the language of Ollama. */
const ownTemplate = {
  template: "{{ range .Messages }}<|{{ .Role }}|>{{ .Content }}<|end|>{{ end }}<|assistant|>",
  stop: "<|end|>",
};

function weightsOf(tuning: TuningRecord): ServedWeights {
  const directory = modelDirectory(tuning);
  const { base, weights, system } = readHubTuned(directory)!;
  return {
    name: `assay-${tuning.id}`,
    base,
    kind: weights.kind,
    sha256: weights.sha256,
    directory: join(directory, weights.path),
    gguf: async () => ({
      ...(await ggufFiles(tuning, weights.kind)),
      ...(await ollamaTemplateOf(weights.kind === "whole" ? join(directory, weights.path) : base)),
    }),
    ...(system === undefined ? {} : { system }),
  };
}

/** Of a base with another template nobody here knows it: people name theirs in `tuning.serve.template`. */
async function ollamaTemplateOf(base: string): Promise<Pick<GgufFiles, "ollama">> {
  const { chatTemplate } = await readTokenizerTables(base);
  return chatTemplate === jinjaChatTemplate ? { ollama: ownTemplate } : {};
}

/** Named by the run, so that a server that lists its files lists runs. */
async function ggufFiles(tuning: TuningRecord, kind: ServedWeights["kind"]): Promise<GgufFiles> {
  const folder = join(tuning.directory, "served", `assay-${tuning.id}`);
  const files = {
    whole: join(folder, "model.gguf"),
    ...(kind === "adapter" ? { base: join(folder, "base.gguf"), adapter: join(folder, "adapter.gguf") } : {}),
  };
  const made = { directory: modelDirectory(tuning), output: folder };
  if (!existsSync(files.whole)) await exportTunedModel({ ...made, format: "gguf" });
  if (files.adapter && !existsSync(files.adapter)) await exportTunedModel({ ...made, format: "gguf-lora" });
  return files;
}
