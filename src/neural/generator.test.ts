// Reading token by token with remembered keys and values must say what reading all at once says.
import { expect, test } from "vitest";
import { decoderConfig } from "./decoder-config.ts";
import { openGenerator } from "./generator.ts";
import { openEngine } from "./onnx-engine.ts";
import { referenceLogits } from "./reference-decoder.ts";
import { initialAdapter, initialWeights, mergedWeights } from "./weights.ts";

const config = { ...decoderConfig("1m", { vocabulary: 40, maximumLength: 16 }), layers: 2 };
const weights = initialWeights(config, 5);
const ids = [7, 3, 39, 0, 12, 7];

test.each(["native", "wasm"] as const)("%s: in parts, at once and in float64 agree", async (prefer) => {
  const generator = await openGenerator(await openEngine({ prefer, threads: 1 }), config, weights);
  const whole = await generator.read(generator.start, ids);
  const begun = await generator.read(generator.start, ids.slice(0, 3));
  let parts = begun;
  for (const id of ids.slice(3)) parts = await generator.read(parts.memory, [id]);
  const again = await generator.read(begun.memory, ids.slice(3));
  const expected = referenceLogits(config, weights, ids).at(-1)!;
  for (const { logits, memory } of [whole, parts, again]) {
    expect(memory.length).toBe(ids.length);
    logits.forEach((logit, at) => {
      expect(logit).toBeCloseTo(expected[at]!, 4);
    });
  }
  await generator.close();
});

test("an adapter folded into its base gives the adapted model's logits", () => {
  const lora = { rank: 2, alpha: 6, targets: ["q_proj", "down_proj"] as const };
  const adapter = new Map(
    [...initialAdapter(config, lora, 1)].map(([name, { shape, data }]) => [
      name,
      { shape, data: data.map((value, at) => value + Math.sin(at) / 10) },
    ]),
  );
  const merged = referenceLogits(config, mergedWeights(config, weights, adapter, lora), ids).at(-1)!;
  const apart = referenceLogits(config, new Map([...weights, ...adapter]), ids, lora).at(-1)!;
  const plain = referenceLogits(config, weights, ids).at(-1)!;
  merged.forEach((logit, at) => {
    expect(logit).toBeCloseTo(apart[at]!, 4);
  });
  expect(Math.max(...plain.map((logit, at) => Math.abs(logit - merged[at]!)))).toBeGreaterThan(0.01);
});
