// The Python engines and node-llama-cpp for real. Opt-in: each part runs where its engines are named (docs/engines.md).
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { engineRuns, enginesNamed } from "../bench/engines/run-engines.ts";
import { parityExamples, trainParityBase } from "../bench/parity/parity-models.ts";
import { llamaCppModel } from "../src/models/served/node-llama-cpp.ts";
import { openTunedModel } from "../src/tuning/embedded/tuned-model.ts";
import { exportTunedModel } from "../src/tuning/exports/export-tuned-model.ts";

const engines = enginesNamed(process.env);
const { python, mlx, llamaCpp } = engines;
const longestRunMs = 20 * 60_000;

describe("a local engine trains, is killed, resumes as if nothing had been, and llama.cpp answers as transformers does", () => {
  test.skipIf(!python || !llamaCpp).each(["trl-lora", "trl-full"])(
    "%s (needs ASSAY_PARITY_PYTHON and ASSAY_PARITY_LLAMA_CPP)",
    (key) => proves(key),
    longestRunMs,
  );
  test.skipIf(!python || !mlx || !llamaCpp)(
    "mlx-lora (needs ASSAY_PARITY_MLX as well)",
    () => proves("mlx-lora"),
    longestRunMs,
  );
});

async function proves(key: string): Promise<void> {
  const [run] = await engineRuns(engines, [key]);
  const { resumed, firstLoss, bestLoss, merged, separate } = run!;
  expect(resumed.from).toBeGreaterThan(0);
  expect(resumed.largestDifference).toBeLessThan(1e-4);
  expect(bestLoss).toBeLessThan(firstLoss / 2);
  for (const compared of [merged!, ...(separate ? [separate] : [])]) {
    expect(compared).toMatchObject({ prompts: 20, answers: 20 });
    expect(compared.logits).toBeLessThan(1e-3);
  }
}

test.skipIf(!llamaCpp)(
  "node-llama-cpp says in Assay's words what Assay's engine says (needs ASSAY_PARITY_LLAMA_CPP)",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "assay-llama-parity-"));
    const examples = parityExamples();
    await trainParityBase(join(folder, "own"), examples);
    await exportTunedModel({ directory: join(folder, "own"), format: "gguf", output: folder });
    const own = await openTunedModel(join(folder, "own"));
    const modelFile = join(folder, "model.gguf");
    const llama = llamaCppModel({
      name: "node-llama-cpp/x",
      label: "x",
      modelFile,
      installedIn: llamaCpp!,
      threads: 1,
    });
    for (const [system, user] of examples.unseen) {
      const prompt = { instructions: system!.content, examples: [], passages: [], question: user!.content };
      const options = { maxOutputTokens: 40 };
      expect((await llama.generate(prompt, options)).text).toBe((await own.generate(prompt, options)).text);
    }
    await own.close();
    await rm(folder, { recursive: true });
  },
  longestRunMs,
);
