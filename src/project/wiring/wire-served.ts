// From `tuning.serve` to the engine that answers with weights a local engine trained: the one place that knows which there are.
import { resolve } from "node:path";
import { AssayError } from "../../core/errors.ts";
import type { ChatModel } from "../../core/models.ts";
import { llamaServerModel } from "../../models/served/llama-server.ts";
import { llamaCppModel } from "../../models/served/node-llama-cpp.ts";
import { ollamaModel } from "../../models/served/ollama.ts";
import { adapterScale, type ServedWeights, servedModel } from "../../models/served/served-weights.ts";
import type { ServerOptions } from "../../models/served/server-options.ts";
import { vllmModel } from "../../models/served/vllm.ts";
import type { ResolvedConfig } from "../config/config-schema.ts";
import type { ServeConfig } from "../config/tuning-config.ts";
import type { ProjectContext } from "./context.ts";

/** Calls nothing: engines are met with the first question. */
export function servedBy(serve: ServeConfig, context: ProjectContext, weights: ServedWeights): ChatModel {
  switch (serve.engine) {
    case "vllm":
      return vllmModel(weights, serverOptions(serve, context));
    case "llama-server":
      return llamaServerModel(weights, serverOptions(serve, context));
    case "ollama": {
      const { base, template, stop } = serve;
      return ollamaModel(weights, {
        ...serverOptions(serve, context),
        ...(base === undefined ? {} : { base }),
        ...(template === undefined ? {} : { template }),
        ...(stop === undefined ? {} : { stop }),
      });
    }
    case "node-llama-cpp":
      return inProcess(serve, weights);
  }
}

function serverOptions(
  { baseUrl, apiKeyEnv }: Extract<ServeConfig, { baseUrl: string }>,
  { config }: ProjectContext,
): ServerOptions {
  const key = apiKeyEnv === undefined ? undefined : process.env[apiKeyEnv];
  if (apiKeyEnv !== undefined && !key) {
    throw new AssayError({
      code: "missing-key",
      message: `tuning.serve needs a key in the environment variable ${apiKeyEnv}`,
      remedy: `export ${apiKeyEnv}=… (or write it into .env)`,
    });
  }
  return { baseUrl, timeoutMs: config.generation.timeoutMs, maxRetries: 2, ...(key === undefined ? {} : { key }) };
}

export const ggufPrefix = "node-llama-cpp/";

/** `node-llama-cpp/FILE`: a model in a GGUF file, such as the base beside what was tuned from it. Undefined for other names. */
export function ggufModel(name: string, { tuning }: ResolvedConfig): ChatModel | undefined {
  if (!name.startsWith(ggufPrefix)) return undefined;
  const { serve } = tuning;
  const modelFile = resolve(name.slice(ggufPrefix.length));
  const about = { name, label: "language model, by llama.cpp in this process", modelFile };
  return llamaCppModel({ ...about, ...(serve?.engine === "node-llama-cpp" ? inProcessOptions(serve) : {}) });
}

type InProcess = Extract<ServeConfig, { engine: "node-llama-cpp" }>;

function inProcessOptions({ installedIn, threads, contextTokens }: InProcess) {
  return {
    ...(installedIn === undefined ? {} : { installedIn: resolve(installedIn) }),
    ...(threads === undefined ? {} : { threads }),
    ...(contextTokens === undefined ? {} : { contextTokens }),
  };
}

function inProcess(serve: InProcess, weights: ServedWeights): ChatModel {
  const about = {
    name: `node-llama-cpp/${weights.name}`,
    label: `tuned from ${weights.base}, by llama.cpp in this process`,
  };
  return servedModel(weights, { ...about, version: "1", engine: { engine: "node-llama-cpp" } }, async () => {
    const { whole, base, adapter } = await weights.gguf();
    return llamaCppModel({
      ...about,
      ...(base !== undefined && adapter !== undefined
        ? { modelFile: base, adapter: { file: adapter, scale: adapterScale } }
        : { modelFile: whole }),
      ...inProcessOptions(serve),
    });
  });
}
