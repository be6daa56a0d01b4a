// `npm run bench -- engines`: the Python engines from training to llama.cpp, with a kill on the way. `engines-gpu`: QLoRA of a larger
// random model on the GPU. Engines are named by environment variables; docs/engines.md says how to get them.
import { type EngineRun, engineRuns, enginesNamed } from "./engines/run-engines.ts";
import { trainOnGpu } from "./engines/train-on-gpu.ts";
import { type BenchOptions, markdownTable } from "./tables.ts";

const unnamed =
  "no engine is named: set ASSAY_PARITY_PYTHON (torch, trl, peft), ASSAY_PARITY_MLX (a Python with mlx-lm), ASSAY_PARITY_LLAMA_CPP (docs/engines.md)";

/** `--sets trl-lora,mlx-lora`: only these. */
export async function benchEngines({ sets }: BenchOptions): Promise<string> {
  const runs = await engineRuns(enginesNamed(process.env), sets);
  if (runs.length === 0) return unnamed;
  const head = [
    "engine, what",
    "tokens/s",
    "peak memory",
    "after kill -9: loss off by",
    "first loss → best held-out",
    "prompts alike",
    "merged GGUF: answers, logits off by",
    "base + LoRA GGUF: answers, logits off by",
    "with llama.cpp's defaults",
  ];
  const versions = [...new Set(runs.map(({ engine }) => engine))].map((engine) => `\n${engine}`);
  return [markdownTable(head, runs.map(rowOf)), ...versions].join("\n");
}

function rowOf(run: EngineRun): string[] {
  const { name, tokensPerSecond, peakBytes, resumed, firstLoss, bestLoss, merged, separate, byDefault } = run;
  const compared = (found: EngineRun["merged"]) =>
    found ? `${found.answers} of 20, ${found.logits.toExponential(0)}` : "–";
  return [
    name,
    Math.round(tokensPerSecond).toLocaleString("en"),
    `${Math.round(peakBytes / 2 ** 20)} MiB`,
    `${resumed.largestDifference.toExponential(0)} from step ${resumed.from}`,
    `${firstLoss.toFixed(2)} → ${bestLoss.toFixed(2)}`,
    merged ? `${merged.prompts} of 20` : "–",
    compared(merged),
    compared(separate),
    compared(byDefault),
  ];
}

export async function benchEnginesOnGpu(): Promise<string> {
  const { python } = enginesNamed(process.env);
  if (python === undefined) return unnamed;
  const { parameters, trainable, tokensPerSecond, peakBytes, engine, firstLoss, bestLoss } = await trainOnGpu(python);
  const row = [
    `${(parameters / 1e6).toFixed(0)}M, ${(trainable / 1e6).toFixed(1)}M trained`,
    Math.round(tokensPerSecond).toLocaleString("en"),
    `${Math.round(peakBytes / 2 ** 20)} MiB`,
    `${firstLoss.toFixed(2)} → ${bestLoss.toFixed(2)}`,
  ];
  const head = ["QLoRA (NF4, double quantisation)", "tokens/s", "peak GPU memory", "first loss → best held-out"];
  return `${markdownTable(head, [row])}\n\n${engine}`;
}
