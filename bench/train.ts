// `npm run bench -- train --data DIR [--sets speed,snips-json,…]`: tokens per second of the embedded trainer, full and LoRA, 6M and 30M
// parameters, beside the machine's own matrix-product rate and beside PyTorch where `ASSAY_PYTHON` (default: python3) has it; then what
// training teaches, set by set.
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
import { behaviourSets } from "./behaviour/sets.ts";
import { type BenchOptions, markdownTable, percentile } from "./tables.ts";
import { benchBehaviour } from "./train-behaviour.ts";

const runs = 5;
const stepsPerRun = 2;
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

/** What the steps of one run took: on the clock, and of processor time, which other work on the machine disturbs less. */
type Spent = { readonly seconds: number; readonly processorSeconds: number };

/** Trains a few steps. */
type Contestant = { readonly train: () => Promise<Spent>; readonly close: () => Promise<void> };

export async function benchTrain({
  data,
  sets = ["speed", ...Object.keys(behaviourSets)],
}: BenchOptions): Promise<string> {
  const parts: string[] = [];
  if (sets.includes("speed")) parts.push(await benchSpeed());
  for (const name of sets) if (behaviourSets[name]) parts.push(await benchBehaviour(data, name));
  return parts.join("\n\n");
}

async function benchSpeed(): Promise<string> {
  const engine = await openEngine();
  const python = await pythonTrainer(engine.threads);
  const rows: string[][] = [];
  for (const one of cases) rows.push(await measured(engine, one, python));
  const memory = `peak RSS of this process after all of them: ${Math.round(process.resourceUsage().maxRSS / 1000)} MB`;
  const note = python ? `PyTorch ${python.version}, eager, float32` : "PyTorch was not found: its columns are empty";
  const head = [
    "model",
    "batch × length",
    ...["tokens/s", "PyTorch", "ratio"],
    ...["tokens per processor second", "PyTorch", "ratio"],
    ...["GFLOP/s (6 × parameters × tokens/s)", "of the best matrix product, either engine"],
  ];
  await python?.close();
  return [
    `### Speed: ${engine.name}, ${engine.threads} threads, median of ${runs} interleaved runs; ${note}; ${memory}`,
    markdownTable(head, rows),
  ].join("\n\n");
}

async function measured(engine: Engine, one: Case, python: PythonTrainer | undefined): Promise<string[]> {
  const config = configOf(one.size);
  const ours = await embeddedContestant(engine, config, one);
  const product = await matrixProduct(engine);
  await python?.start(config, one);
  const rates: number[] = [];
  const own: Spent[] = [];
  const other: Spent[] = [];
  for (let run = 0; run < runs; run++) {
    rates.push(await product.rate(), ...(python ? [await python.rate()] : []));
    own.push(await ours.train());
    if (python) other.push(await python.train());
  }
  await ours.close();
  await product.close();
  const tokens = one.batch * one.length * stepsPerRun;
  const speed = (spent: readonly Spent[], of: keyof Spent) =>
    tokens /
    percentile(
      spent.map((item) => item[of]),
      0.5,
    );
  const rate = Math.max(...rates);
  const work = (6 * parameterCount(config) * speed(own, "seconds")) / 1e9;
  const compared = (of: keyof Spent) =>
    python ? [speed(other, of).toFixed(0), (speed(own, of) / speed(other, of)).toFixed(2)] : ["", ""];
  return [
    `${(parameterCount(config) / 1e6).toFixed(1)}M ${one.method}`,
    `${one.batch} × ${one.length}`,
    speed(own, "seconds").toFixed(0),
    ...compared("seconds"),
    speed(own, "processorSeconds").toFixed(0),
    ...compared("processorSeconds"),
    work.toFixed(0),
    `${Math.round((100 * work) / rate)}% of ${rate.toFixed(0)}`,
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
    async train() {
      const startedAt = performance.now();
      const cpuBefore = process.cpuUsage();
      for (let at = 0; at < stepsPerRun; at++) await session.step(batches, ++step, 1e-3);
      const { user, system } = process.cpuUsage(cpuBefore);
      return { seconds: (performance.now() - startedAt) / 1000, processorSeconds: (user + system) / 1e6 };
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
  train(): Promise<Spent>;
  /** GFLOP/s of a large matrix product. */
  rate(): Promise<number>;
  close(): Promise<void>;
};

/** Undefined where Python or PyTorch is missing. */
async function pythonTrainer(threads: number): Promise<PythonTrainer | undefined> {
  const script = join(import.meta.dirname, "train_pytorch.py");
  const child = spawn(process.env["ASSAY_PYTHON"] ?? "python3", [script], {
    stdio: ["pipe", "pipe", "ignore"],
    // Neither side spins while it waits: on a shared machine that would measure the neighbours.
    env: { ...process.env, OMP_WAIT_POLICY: "PASSIVE" },
  });
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
    train: async () => (await ask({ what: "train" })) as Spent,
    rate: async () => Number((await ask({ what: "product" }))?.["value"]),
    async close() {
      child.stdin.end();
    },
  };
}
