// The whole check of one export: tokenizer, tensors, and logits with the adapter on and off. Decides nothing about formats.
import type { Engine } from "../../neural/onnx-engine.ts";
import { mergedWeights, type Weights } from "../../neural/weights.ts";
import type { ModelAsRead } from "../formats/llama-as-read.ts";
import { type ExportPlan, roundedWeights } from "./export-formats.ts";
import type { ExportSource } from "./export-source.ts";
import {
  checkAdapters,
  checkFailure,
  checkLogits,
  checkShape,
  checkTensors,
  checkTokenizer,
  type LogitCheck,
  roundingEffect,
} from "./self-check.ts";
import { probePrompts, servedReadings } from "./served-readings.ts";

export type ExportCheck = LogitCheck & {
  readonly engine: string;
  /** Texts tokenized alike; 0 where a base's own tokenizer went on file by file. */
  readonly texts: number;
  /** The base alone, where an adapter was exported. */
  readonly base?: LogitCheck;
  /** What float16 changed, against the model in float32. */
  readonly rounding?: { readonly largestDifference: number; readonly sameGreedyPrompts: number };
};

export async function exportCheck(
  engine: Engine,
  source: ExportSource,
  plan: ExportPlan,
  directory: string,
): Promise<ExportCheck> {
  const { config, words, adapter } = source;
  const read = await readOrFail(plan.readWhole, directory);
  const texts = checkTokenizer(words, read.tokenizer);
  checkShape(read.model, config);
  const separate = plan.readBase && adapter;
  const stored = roundedWeights(separate ? source.base : source.whole, plan.precision);
  checkTensors(read.model, stored);
  if (separate) checkAdapters(read.model.adapters, read.model, separate.weights);
  const parameters = [...stored.values()].reduce((sum, { data }) => sum + data.length, 0);
  const prompts = probePrompts(words, config, parameters);
  const served = (weights: Weights) => servedReadings(engine, config, weights, prompts);
  const whole = separate ? mergedWeights(config, stored, separate.weights, separate.lora) : stored;
  const readings = await served(whole);
  const exact = plan.precision === "float32" ? undefined : await served(source.whole);
  return {
    ...checkLogits(read.model, readings),
    engine: engine.name,
    texts,
    ...(plan.readBase && {
      base: checkLogits((await readOrFail(plan.readBase, directory)).model, await served(stored)),
    }),
    ...(exact && { rounding: roundingEffect(readings, exact) }),
  };
}

async function readOrFail(read: (directory: string) => Promise<ModelAsRead>, directory: string): Promise<ModelAsRead> {
  try {
    return await read(directory);
  } catch (cause) {
    throw checkFailure(cause instanceof Error ? cause.message : String(cause), cause);
  }
}
