// What other engines must reproduce, written where they can read it: token ids, logits in float64 arithmetic, greedy tokens as served.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Message } from "../../src/core/questions.ts";
import { openGenerator } from "../../src/neural/generator.ts";
import { openEngine } from "../../src/neural/onnx-engine.ts";
import { referenceLogits } from "../../src/neural/reference-decoder.ts";
import { writeSafetensors } from "../../src/neural/safetensors.ts";
import type { Weights, WeightTensor } from "../../src/neural/weights.ts";
import { type ExportSource, exportSource } from "../../src/tuning/exports/export-source.ts";
import { probeTexts } from "../../src/tuning/exports/probes.ts";
import { highest } from "../../src/tuning/exports/served-readings.ts";

const mostAdded = 32;

/** How many answers the adapter changes. Writes `cases.json` and `logits.safetensors` (float32 of float64 logits, `[position, vocabulary]` per prompt, adapter on and off). */
export async function writeCases(
  directory: string,
  adapted: string,
  unseen: readonly (readonly Message[])[],
): Promise<number> {
  const source = await exportSource(adapted);
  const { words } = source;
  const prompts = unseen.map((messages) => words.encodePrompt(messages));
  const greedy = {
    on: await greedyAnswers(source, source.whole, prompts),
    off: await greedyAnswers(source, source.base, prompts),
  };
  const cases = {
    texts: probeTexts.map((text) => ({ text, ids: words.encode(text), decoded: words.decode(words.encode(text)) })),
    conversations: unseen.map((messages, at) => ({ messages, ids: prompts[at] })),
    greedy: prompts.map((prompt, at) => ({
      prompt,
      on: greedy.on[at],
      off: greedy.off[at],
      onText: words.decode(greedy.on[at]!),
    })),
  };
  await writeFile(join(directory, "cases.json"), JSON.stringify(cases));
  const logits = new Map<string, WeightTensor>();
  for (const [at, prompt] of prompts.entries()) {
    logits.set(`on.${at}`, logitsOf(source, source.whole, prompt));
    logits.set(`off.${at}`, logitsOf(source, source.base, prompt));
  }
  await writeSafetensors(join(directory, "logits.safetensors"), logits);
  return greedy.on.filter((answer, at) => `${answer}` !== `${greedy.off[at]}`).length;
}

function logitsOf({ config }: ExportSource, weights: Weights, ids: readonly number[]): WeightTensor {
  const rows = referenceLogits(config, weights, ids);
  return { shape: [rows.length, config.vocabulary], data: Float32Array.from(rows.flat()) };
}

async function greedyAnswers(
  { config, words }: ExportSource,
  weights: Weights,
  prompts: readonly (readonly number[])[],
): Promise<readonly (readonly number[])[]> {
  const generator = await openGenerator(await openEngine(), config, weights);
  const answers: number[][] = [];
  for (const prompt of prompts) {
    const answer: number[] = [];
    let reading = await generator.read(generator.start, prompt);
    while (answer.length < mostAdded && answer.at(-1) !== words.tables.endId) {
      answer.push(highest(reading.logits));
      reading = await generator.read(reading.memory, [answer.at(-1)!]);
    }
    answers.push(answer);
  }
  await generator.close();
  return answers;
}
