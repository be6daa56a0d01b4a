// `npm run bench -- train --data DIR`: tokens per second of the embedded trainer, full and LoRA, 6M and 30M parameters, beside the
// machine's own matrix-product rate and beside PyTorch where `ASSAY_PYTHON` (default: python3) has it; then what training teaches.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import {
  type DecoderConfig,
  type DecoderSize,
  decoderConfig,
  parameterCount,
  projections,
} from "../src/neural/decoder-config.ts";
import { graphBuilder } from "../src/neural/graph/graph-builder.ts";
import { type Engine, openEngine } from "../src/neural/onnx-engine.ts";
import { openTrainingSession, type TrainingBatch } from "../src/neural/training-session.ts";
import { initialAdapter, initialWeights } from "../src/neural/weights.ts";
import { type BenchOptions, markdownTable, percentile } from "./tables.ts";

const runs = 5;
const stepsPerRun = 3;
const lora = { rank: 8, alpha: 16, targets: projections };

type Method = "full" | "lora";
type Case = { readonly size: DecoderSize; readonly method: Method; readonly batch: number; readonly length: number };

const vocabulary: Readonly<Partial<Record<DecoderSize, number>>> = { "6m": 2048, "30m": 8192 };
const shapes = [
  { size: "6m", batch: 8, length: 128 },
  { size: "30m", batch: 4, length: 128 },
] as const;
const cases: readonly Case[] = shapes.flatMap((shape) => [
  { ...shape, method: "full" },
  { ...shape, method: "lora" },
]);

const configOf = (size: DecoderSize): DecoderConfig =>
  decoderConfig(size, { vocabulary: vocabulary[size] ?? 1024, maximumLength: 512 });

/** Trains a few steps and tells how many seconds they took. */
type Contestant = { readonly seconds: () => Promise<number>; readonly close: () => Promise<void> };

export async function benchTrain(options: BenchOptions): Promise<string> {
  const engine = await openEngine();
  const python = await pythonTrainer(engine.threads);
  const rows: string[][] = [];
  for (const one of cases) rows.push(await measured(engine, one, python));
  const memory = `peak RSS of this process after all of them: ${Math.round(process.resourceUsage().maxRSS / 1000)} MB`;
  const note = python ? `PyTorch ${python.version}, eager, float32` : "PyTorch was not found: its columns are empty";
  const head = [
    "model",
    "method",
    "batch × length",
    "tokens/s",
    "PyTorch tokens/s",
    "ratio",
    "GFLOP/s",
    "of own rate",
    "of PyTorch's rate",
  ];
  await python?.close();
  const learning = (options.sets ?? ["snips-json"]).includes("none")
    ? []
    : [await (await import("./train-behaviour.ts")).benchBehaviour(options)];
  return [
    `### Speed: ${engine.name}, ${engine.threads} threads, median of ${runs} interleaved runs; ${note}; ${memory}`,
    markdownTable(head, rows),
    ...learning,
  ].join("\n\n");
}

async function measured(engine: Engine, one: Case, python: PythonTrainer | undefined): Promise<string[]> {
  const config = configOf(one.size);
  const ours = await embeddedContestant(engine, config, one);
  const product = await matrixProduct(engine);
  await python?.start(config, one);
  const seconds: { ours: number[]; theirs: number[]; product: number[]; theirProduct: number[] } = {
    ours: [],
    theirs: [],
    product: [],
    theirProduct: [],
  };
  for (let run = 0; run < runs; run++) {
    seconds.product.push(await product.rate());
    if (python) seconds.theirProduct.push(await python.ask("product"));
    seconds.ours.push(await ours.seconds());
    if (python) seconds.theirs.push(await python.ask("train"));
  }
  await ours.close();
  await product.close();
  const tokens = one.batch * one.length * stepsPerRun;
  const median = (values: readonly number[]) => percentile(values, 0.5);
  const speed = tokens / median(seconds.ours);
  const theirs = python ? tokens / median(seconds.theirs) : Number.NaN;
  const work = (6 * parameterCount(config) * speed) / 1e9;
  const cell = (value: number, digits = 0) => (Number.isNaN(value) ? "" : value.toFixed(digits));
  const share = (rate: number) => (Number.isNaN(rate) ? "" : `${Math.round((100 * work) / rate)}% of ${cell(rate)}`);
  return [
    `${(parameterCount(config) / 1e6).toFixed(1)}M`,
    one.method,
    `${one.batch} × ${one.length}`,
    cell(speed),
    cell(theirs),
    cell(speed / theirs, 2),
    cell(work),
    share(median(seconds.product)),
    share(python ? median(seconds.theirProduct) : Number.NaN),
  ];
}

async function embeddedContestant(
  engine: Engine,
  config: DecoderConfig,
  { method, batch, length }: Case,
): Promise<Contestant> {
  const base = initialWeights(config, 1);
  const model =
    method === "full"
      ? { config, trainable: base, frozen: new Map() }
      : { config, trainable: initialAdapter(config, lora, 2), frozen: base, lora };
  const session = await openTrainingSession(engine, model, { weightDecay: 0.1, clipNorm: 1 });
  const sequence = Array.from({ length }, (_, at) => (at * 7919 + 13) % config.vocabulary);
  const answers = Array.from({ length: length - 1 }, (_, at) => at);
  const batches: readonly TrainingBatch[] = [
    { length, sequences: Array.from({ length: batch }, () => ({ ids: sequence, answers })) },
  ];
  let step = 0;
  await session.step(batches, ++step, 1e-3);
  return {
    async seconds() {
      const startedAt = performance.now();
      for (let at = 0; at < stepsPerRun; at++) await session.step(batches, ++step, 1e-3);
      return (performance.now() - startedAt) / 1000;
    },
    close: () => session.close(),
  };
}

/** GFLOP/s of a large float32 product on the same engine and threads: the best of a few, for a rate is a ceiling. */
async function matrixProduct(engine: Engine) {
  const size = 1024;
  const graph = graphBuilder();
  const side = [size, size];
  graph.output("c", graph.node("MatMul", [graph.input("a", "float32", side), graph.input("b", "float32", side)]), side);
  const session = await engine.open(graph.build());
  const matrix = () => ({ shape: side, data: new Float32Array(size * size).fill(0.5) });
  const feeds = { a: matrix(), b: matrix() };
  return {
    async rate() {
      let best = 0;
      for (let at = 0; at < 8; at++) {
        const startedAt = performance.now();
        await session.run(feeds);
        best = Math.max(best, (2 * size ** 3) / (performance.now() - startedAt) / 1e6);
      }
      return best;
    },
    close: () => session.close(),
  };
}

type PythonTrainer = {
  readonly version: string;
  start(config: DecoderConfig, one: Case): Promise<void>;
  /** `train`: seconds for the steps; `product`: GFLOP/s. */
  ask(what: "train" | "product"): Promise<number>;
  close(): Promise<void>;
};

/** Undefined where Python or PyTorch is missing. */
async function pythonTrainer(threads: number): Promise<PythonTrainer | undefined> {
  const script = join(import.meta.dirname, "train_pytorch.py");
  const child = spawn(process.env["ASSAY_PYTHON"] ?? "python3", [script], { stdio: ["pipe", "pipe", "ignore"] });
  child.on("error", () => undefined);
  child.stdin.on("error", () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (request: object): Promise<Record<string, unknown> | undefined> => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await lines.next();
    return done ? undefined : (JSON.parse(value) as Record<string, unknown>);
  };
  const hello = await ask({ what: "hello", threads });
  if (!hello) return undefined;
  return {
    version: String(hello["version"]),
    async start(config, { method, batch, length }) {
      await ask({ what: "start", config, method, batch, length, steps: stepsPerRun, lora });
    },
    ask: async (what) => Number((await ask({ what }))?.["value"] ?? Number.NaN),
    async close() {
      child.stdin.end();
    },
  };
}
