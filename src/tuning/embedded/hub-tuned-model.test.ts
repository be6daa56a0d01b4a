// Weights in the layout of PEFT and transformers, opened by Assay's own engine: the same model as the one they were exported from.
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DecoderConfig } from "../../neural/decoder-config.ts";
import { projections } from "../../neural/decoder-config.ts";
import { random } from "../../neural/random.ts";
import { initialAdapter, initialWeights, type Weights } from "../../neural/weights.ts";
import { exportTunedModel } from "../exports/export-tuned-model.ts";
import { type HubTuned, readTuned, writeHubTuned } from "./hub-tuned-model.ts";
import { writeBase, writeDescription, writeTuned } from "./model-files.ts";
import { trainTokenizer } from "./tokenizer.ts";
import { openTunedModel } from "./tuned-model.ts";

const words = trainTokenizer(["when is high water at the pier", "slack water lasts twenty minutes"], 300);
const config: DecoderConfig = {
  vocabulary: words.vocabulary.length,
  width: 32,
  layers: 2,
  heads: 4,
  keyHeads: 2,
  headSize: 8,
  hidden: 48,
  maximumLength: 96,
  ropeBase: 10_000,
  normEpsilon: 1e-5,
  tied: false,
};
const lora = { rank: 4, alpha: 8, targets: projections };

function stirred(weights: Weights): Weights {
  const { normal } = random(5);
  return new Map(
    [...weights].map(([name, { shape, data }]) => [name, { shape, data: data.map((x) => x + 0.3 * normal()) }]),
  );
}

let root: string;
let own: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "assay-hub-tuned-"));
  own = join(root, "own");
  await writeDescription(own, { config, tokenizer: words.data, origin: "random", lora });
  await writeBase(own, stirred(initialWeights(config, 1)));
  await writeTuned(own, stirred(initialAdapter(config, lora, 2)), true);
  for (const format of ["peft", "huggingface"] as const) {
    await exportTunedModel({ directory: own, format, output: join(root, format), engine: { threads: 1 } });
  }
});
afterAll(() => rm(root, { recursive: true }));

const tuned = async (name: string, kind: HubTuned["weights"]["kind"], from: string, base: string): Promise<string> => {
  const directory = join(root, name);
  await cp(from, join(directory, kind), { recursive: true });
  await writeHubTuned(directory, { base, weights: { kind, path: kind, sha256: "ab" }, system: "Be brief." });
  return directory;
};

const prompt = { instructions: "", examples: [], passages: [], question: "when is high water" };
async function answer(directory: string): Promise<string> {
  const model = await openTunedModel(directory, { engine: { threads: 1 } });
  const { text } = await model.generate({ ...prompt, history: [] }, { maxOutputTokens: 20 });
  await model.close();
  return text;
}

test("an adapter of PEFT over its base, and a whole model, hold what they were made from, number for number", async () => {
  const expected = await readTuned(own);
  const adapted = await readTuned(await tuned("adapted", "adapter", join(root, "peft"), join(root, "peft/base")));
  expect(adapted.adapter).toEqual(expected.adapter);
  expect(adapted.weights).toEqual(expected.weights);
  expect(adapted.lora).toEqual({ ...lora, targets: [...projections] });
  expect(adapted).toMatchObject({ origin: { base: join(root, "peft/base") }, system: "Be brief." });
  const whole = await readTuned(await tuned("whole", "whole", join(root, "huggingface"), "acme/base"));
  expect(whole.lora).toBeUndefined();
  expect(await answer(join(root, "adapted"))).toBe(await answer(join(root, "whole")));
});

test("answers are recorded with base, hash and scale, and the model can be exported again", async () => {
  const directory = await tuned("recorded", "adapter", join(root, "peft"), join(root, "peft/base"));
  const model = await openTunedModel(directory, { engine: { threads: 1 } });
  expect(model.config).toEqual({ base: join(root, "peft/base"), adapter: "ab", scale: 1 });
  await model.close();
  const output = join(root, "again");
  const { check } = await exportTunedModel({ directory, format: "gguf-lora", output, engine: { threads: 1 } });
  expect(check.prompts).toBe(20);
  expect(check.base).toBeDefined();
});

test("a base that this engine does not read is one line that names another engine", async () => {
  const named = await tuned("named", "adapter", join(root, "peft"), "acme/llama-70b");
  await expect(readTuned(named)).rejects.toMatchObject({
    code: "bad-config",
    message: expect.stringContaining("acme/llama-70b"),
    remedy: expect.stringContaining("tuning: { serve:"),
  });
});

test("an adapter that does not fit its base is never folded in", async () => {
  const directory = await tuned("strange", "adapter", join(root, "peft"), join(root, "peft/base"));
  const file = join(directory, "adapter/adapter_config.json");
  const peft = JSON.parse(await readFile(file, "utf8")) as object;
  await writeFile(file, JSON.stringify({ ...peft, r: 8 }));
  await expect(readTuned(directory)).rejects.toThrow("does not fit the base");
  await writeFile(file, JSON.stringify({ ...peft, target_modules: ["q_proj"] }));
  await expect(readTuned(directory)).rejects.toThrow("more than its configuration says");
  await writeFile(file, JSON.stringify({ ...peft, target_modules: ["lm_head"] }));
  await expect(readTuned(directory)).rejects.toThrow("stands at lm_head");
});
