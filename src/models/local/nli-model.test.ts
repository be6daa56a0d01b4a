// A model of random weights: that a folder loads, runs and refuses what it cannot read. Of quality it says nothing.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type NliModel, openNliModel } from "./nli-model.ts";

const folder = join(import.meta.dirname, "fixtures", "nli");
const scratch = mkdtempSync(join(tmpdir(), "assay-nli-"));
let model: NliModel;

beforeAll(async () => {
  model = await openNliModel(folder);
});
afterAll(async () => {
  await model.close();
  rmSync(scratch, { recursive: true });
});

test("gives probabilities of the three labels, the same whenever asked", async () => {
  const pairs = [
    ["the ferry leaves at nine", "the ferry leaves"],
    ["no dogs", "dogs are welcome on the ferry"],
  ] as const;
  const together = await Promise.all(pairs.map(([premise, claim]) => model.entails(premise, claim)));
  for (const [at, [premise, claim]] of pairs.entries()) {
    const { entailment, neutral, contradiction } = await model.entails(premise, claim);
    expect(entailment + neutral + contradiction).toBeCloseTo(1, 6);
    expect(together[at]).toEqual({ entailment, neutral, contradiction });
  }
  expect(together[0]).not.toEqual(together[1]);
});

test("reads both texts, and their order", async () => {
  const [one, other] = ["the ferry leaves at nine", "dogs are welcome"] as const;
  const inference = await model.entails(one, other);
  expect(await model.entails(one, one)).not.toEqual(inference);
  expect(await model.entails(other, one)).not.toEqual(inference);
});

test("refuses a pair that is longer than the model reads", async () => {
  await expect(model.entails("time ".repeat(130), "time")).rejects.toThrow(/tokens, the model reads 128/);
});

test("a missing folder and a model of another kind are each one clear line", async () => {
  await expect(openNliModel(join(scratch, "none"))).rejects.toMatchObject({
    code: "not-found",
    message: expect.stringMatching(/none\/config\.json: cannot be read$/),
  });
  cpSync(folder, join(scratch, "other"), { recursive: true });
  writeFileSync(join(scratch, "other", "config.json"), '{"id2label":{"0":"bad","1":"good"}}');
  await expect(openNliModel(join(scratch, "other"))).rejects.toThrow(/id2label names bad, good, not entailment/);
  cpSync(folder, join(scratch, "broken"), { recursive: true });
  writeFileSync(join(scratch, "broken", "onnx", "model.onnx"), "no model");
  await expect(openNliModel(join(scratch, "broken"))).rejects.toThrow(/no model that ONNX Runtime can open/);
});
