// Exports in the hands of the libraries they are made for. Opt-in: each part runs where its engine is named (docs/exports.md).
import { beforeAll, describe, expect, test } from "vitest";
import { runBaseParity } from "../bench/parity/base-parity.ts";
import { type Parity, parityEngines, runParity } from "../bench/parity/run-parity.ts";

const engines = parityEngines(process.env);
const isAsked = engines.python !== undefined || engines.llamaCpp !== undefined;
const longestRunMs = 20 * 60_000;

describe("a trained model and its adapter, exported", () => {
  let parity: Parity;
  beforeAll(async () => {
    if (isAsked) parity = await runParity(engines);
  }, longestRunMs);

  test.runIf(isAsked)("answer differently with the adapter on and off", () => {
    expect(parity.changedByAdapter).toBe(20);
  });

  test.skipIf(engines.python === undefined)(
    "are the same in transformers and PEFT (needs ASSAY_PARITY_PYTHON: a Python with torch, transformers, peft)",
    () => {
      const { texts, conversations, largestDifference, greedy } = parity.transformers!;
      expect({ texts, conversations }).toEqual({ texts: 20, conversations: 20 });
      for (const difference of Object.values(largestDifference)) expect(difference).toBeLessThan(1e-3);
      expect(greedy).toEqual({ merged: 20, base: 20, adapter: 20 });
    },
  );

  test.skipIf(engines.llamaCpp === undefined)(
    "are the same in llama.cpp (needs ASSAY_PARITY_LLAMA_CPP: a folder with node-llama-cpp in its node_modules)",
    () => {
      const { texts, conversations, greedy, detokenized } = parity.llamaCpp!;
      expect({ texts, conversations, detokenized }).toEqual({ texts: 20, conversations: 20, detokenized: 20 });
      // Rounding may decide a near tie the other way; in float32 nothing may.
      const { float16, ...exact } = greedy;
      expect(exact).toEqual({ merged: 20, base: 20, adapter: 20, adapterOff: 20 });
      expect(float16).toBeGreaterThanOrEqual(18);
    },
  );
});

describe("a base made by transformers", () => {
  test.skipIf(engines.python === undefined)(
    "is read and tokenized alike, learns, and is the same there when it comes back (needs ASSAY_PARITY_PYTHON)",
    async () => {
      for (const { texts, conversations, baseDifference, loss, tunedDifference } of await runBaseParity(
        engines.python!,
      )) {
        expect(texts).toEqual([8, 8]);
        expect(conversations).toEqual([9, 9]);
        expect(baseDifference).toBeLessThan(1e-3);
        expect(loss[1]).toBeLessThan(loss[0] / 3);
        for (const difference of Object.values(tunedDifference)) expect(difference).toBeLessThan(1e-3);
      }
    },
    longestRunMs,
  );
});
