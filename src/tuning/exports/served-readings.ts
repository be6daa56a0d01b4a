// What the model says today, through the same engine that answers questions: prompts, the tokens it adds, and the logits it saw.
import type { DecoderConfig } from "../../neural/decoder-config.ts";
import { openGenerator } from "../../neural/generator.ts";
import type { Engine } from "../../neural/onnx-engine.ts";
import type { Weights } from "../../neural/weights.ts";
import type { ChatTokenizer } from "../embedded/chat-tokenizer.ts";
import { probeConversations } from "./probes.ts";

/** `logits[i]` were seen at position `from + i` of `ids`; the tokens after `from` are the model's own, greedily. */
export type ServedReading = {
  readonly ids: readonly number[];
  readonly from: number;
  readonly logits: readonly Float32Array[];
};

const addedTokens = 4;

/** Multiplications that the float64 check may take: a few seconds of plain loops. */
const checkBudget = 2e9;
const fewestTokens = 8;

export const highest = (logits: ArrayLike<number>): number =>
  Array.prototype.reduce.call(
    logits,
    (best, value, at) => ((value as number) > logits[best as number]! ? at : best),
    0,
  ) as number;

/** Long prompts of large models are cut, so that a check takes seconds; every conversation is kept. */
export function probePrompts(
  words: ChatTokenizer,
  config: DecoderConfig,
  parameters: number,
): readonly (readonly number[])[] {
  const affordable = Math.floor(checkBudget / parameters / probeConversations.length) - addedTokens;
  const most = Math.min(Math.max(fewestTokens, affordable), config.maximumLength - addedTokens);
  return probeConversations.map((messages) => words.encodePrompt(messages).slice(0, most));
}

export async function servedReadings(
  engine: Engine,
  config: DecoderConfig,
  weights: Weights,
  prompts: readonly (readonly number[])[],
): Promise<readonly ServedReading[]> {
  const generator = await openGenerator(engine, config, weights);
  try {
    const readings: ServedReading[] = [];
    for (const prompt of prompts) {
      const ids = [...prompt];
      const logits: Float32Array[] = [];
      let memory = generator.start;
      let next: readonly number[] = prompt;
      while (logits.length <= addedTokens) {
        const reading = await generator.read(memory, next);
        memory = reading.memory;
        logits.push(reading.logits);
        next = [highest(reading.logits)];
        if (logits.length <= addedTokens) ids.push(next[0]!);
      }
      readings.push({ ids, from: prompt.length - 1, logits });
    }
    return readings;
  } finally {
    await generator.close();
  }
}
