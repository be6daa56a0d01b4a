// A model that an engine outside Assay tuned, in its run's folder: weights in the layout of Hugging Face, and `tuned.json`, which says
// what they are and which base they belong to.
import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AssayError } from "../../core/errors.ts";
import type { WeightsOnDisk } from "../../core/training.ts";
import { type DecoderConfig, type Projection, projectionShape, projections } from "../../neural/decoder-config.ts";
import { downName, type LoraConfig, upName, type Weights, type WeightTensor } from "../../neural/weights.ts";
import type { Matrix } from "../formats/llama-as-read.ts";
import { readSafetensorsMatrices } from "../formats/read-safetensors.ts";
import { readBase } from "./base-model.ts";
import { type ModelOnDisk, readModel, writeJson } from "./model-files.ts";

export type HubTuned = {
  /** A directory, or a name that only the engine that trained understands. */
  readonly base: string;
  readonly weights: WeightsOnDisk;
  /** The system message its examples began with, if most did. */
  readonly system?: string;
};

const hubTunedFile = (directory: string): string => join(directory, "tuned.json");

export const writeHubTuned = (directory: string, tuned: HubTuned): Promise<void> =>
  writeJson(hubTunedFile(directory), tuned);

/** Undefined for a model of the embedded trainer. */
export function readHubTuned(directory: string): HubTuned | undefined {
  if (!existsSync(hubTunedFile(directory))) return undefined;
  return JSON.parse(readFileSync(hubTunedFile(directory), "utf8")) as HubTuned;
}

/** The tuned model of a run, whoever trained it. Throws `AssayError` for a base that this engine does not read. */
export async function readTuned(directory: string): Promise<ModelOnDisk> {
  const tuned = readHubTuned(directory);
  if (!tuned) return readModel(directory);
  const { base, weights, system } = tuned;
  const common = { origin: { base }, ...(system === undefined ? {} : { system }) };
  try {
    if (weights.kind === "whole") return { ...(await readBase(join(directory, weights.path))), ...common };
    const found = await readBase(base);
    return { ...found, ...(await readAdapter(join(directory, weights.path), found.config)), ...common };
  } catch (cause) {
    throw new AssayError({
      code: "bad-config",
      message: `Assay's own engine cannot open what was tuned from ${base}: ${cause instanceof Error ? cause.message : String(cause)}`,
      remedy: 'let another answer: tuning: { serve: { engine: "vllm" } } in assay.config.ts',
      cause,
    });
  }
}

type PeftConfig = {
  readonly r: number;
  readonly lora_alpha: number;
  readonly target_modules: readonly string[];
};

const isProjection = (name: string): name is Projection => (projections as readonly string[]).includes(name);

async function readAdapter(
  folder: string,
  config: DecoderConfig,
): Promise<{ readonly adapter: Weights; readonly lora: LoraConfig }> {
  const peft = JSON.parse(await readFile(join(folder, "adapter_config.json"), "utf8")) as PeftConfig;
  const strange = peft.target_modules.find((name) => !isProjection(name));
  if (strange !== undefined) throw new Error(`its adapter stands at ${strange}`);
  const lora = {
    rank: peft.r,
    alpha: peft.lora_alpha,
    targets: projections.filter((name) => peft.target_modules.includes(name)),
  };
  const tensors = await readSafetensorsMatrices(join(folder, "adapter_model.safetensors"));
  const adapter = new Map<string, WeightTensor>();
  for (let layer = 0; layer < config.layers; layer++) {
    for (const target of lora.targets) {
      const [outSize, inSize] = projectionShape(config, target);
      adapter.set(downName(layer, target), tensorOf(tensors, downName(layer, target), [lora.rank, inSize]));
      adapter.set(upName(layer, target), tensorOf(tensors, upName(layer, target), [outSize, lora.rank]));
    }
  }
  if (adapter.size !== tensors.size) throw new Error("its adapter holds more than its configuration says");
  return { adapter, lora };
}

function tensorOf(tensors: ReadonlyMap<string, Matrix>, name: string, shape: readonly [number, number]): WeightTensor {
  const matrix = tensors.get(`base_model.model.${name}`);
  if (matrix && matrix.rows === shape[0] && matrix.columns === shape[1]) return { shape, data: matrix.data };
  throw new Error(`its adapter's ${name} does not fit the base`);
}
