// The estimate against shapes whose memory can be counted by hand.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeSafetensors } from "../../neural/safetensors.ts";
import { type BaseShape, baseShape, estimatedBytes } from "./memory-estimate.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "assay-shape-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const tensor = (...shape: number[]) => ({
  shape,
  data: new Float32Array(shape.reduce((all, size) => all * size, 1)),
});

test("a base's shape is read from its files' headers, shard by shard", async () => {
  writeFileSync(join(folder, "config.json"), '{"num_hidden_layers":1,"hidden_size":4,"vocab_size":10}');
  const norm = new Map([["model.norm.weight", tensor(4)]]);
  const matrices = new Map([
    ["model.embed_tokens.weight", tensor(10, 4)],
    ["model.layers.0.self_attn.q_proj.weight", tensor(4, 4)],
    ["model.layers.0.mlp.up_proj.weight", tensor(12, 4)],
  ]);
  await writeSafetensors(join(folder, "model-00001-of-00002.safetensors"), norm);
  await writeSafetensors(join(folder, "model-00002-of-00002.safetensors"), matrices);
  expect(baseShape(folder)).toEqual({
    parameters: 4 + 40 + 16 + 48,
    layerParameters: 16 + 48,
    adapterSides: 8 + 16,
    layers: 1,
    width: 4,
    vocabulary: 10,
  });
});

test("what is no model has no shape", () => {
  expect(baseShape(folder)).toBeUndefined();
  writeFileSync(join(folder, "config.json"), "{}");
  writeFileSync(join(folder, "model.safetensors"), "not at all");
  expect(baseShape(folder)).toBeUndefined();
});

const shape7b: BaseShape = {
  parameters: 6.7e9,
  layerParameters: 6.5e9,
  adapterSides: 32 * (4 * 8192 + 3 * (4096 + 11_008)),
  layers: 32,
  width: 4096,
  vocabulary: 32_000,
};
const gigabytes = (weights: "full" | "lora" | "qlora", batchSize = 1) =>
  estimatedBytes(shape7b, { weights, rank: 16, batchSize, maxLength: 1024, onGpu: true }) / 1e9;

test("7 billion parameters take over 100 GB whole, fit 24 GB as 16-bit LoRA and 8 GB as QLoRA, as is generally found", () => {
  expect(gigabytes("full")).toBeGreaterThan(100);
  expect(gigabytes("lora")).toBeGreaterThan(13.4);
  expect(gigabytes("lora")).toBeLessThan(24);
  expect(gigabytes("qlora")).toBeGreaterThan(4);
  expect(gigabytes("qlora")).toBeLessThan(8);
  expect(gigabytes("qlora", 8)).toBeGreaterThan(gigabytes("qlora") + 3);
});
