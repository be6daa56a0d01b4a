// `npm run bench -- raft-lookup [--sets 1m-2M,6m-1M,1m-2M-straight,1m-500k-one]`: can a small model trained from nothing look up, quote, cite and decline?
// By size, training tokens and number of passages, through the product's own rendering, loss mask and trainer.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TrainingExample } from "../src/core/questions.ts";
import type { DecoderSize } from "../src/neural/decoder-config.ts";
import type { RaftExample } from "../src/tuning/data/raft.ts";
import { trainEmbedded } from "../src/tuning/embedded/train-embedded.ts";
import { type Keys, keysOf, lookUps } from "./raft-lookup/look-up-task.ts";
import { type LookUpScore, scoreLookUps } from "./raft-lookup/score-look-ups.ts";
import { type BenchOptions, markdownTable } from "./tables.ts";

type Cell = {
  readonly size: DecoderSize;
  readonly tokens: number;
  readonly way: Way;
};

type Stage = { readonly passages: number; readonly share: number };

const tests = 400;
const seed = 1;
const batchTokens = 2048;
const defaultCells = ["1m-500k-one", "1m-2M-two", "1m-500k", "1m-2M", "1m-8M", "6m-1M"];

type Way = { readonly label: string; readonly stages: readonly Stage[] };

/** What is trained on, in order; the test has as many passages as the last stage. */
const ways: Readonly<Record<string, Way>> = {
  curriculum: {
    label: "1, then 2, then 4",
    stages: [
      { passages: 1, share: 0.2 },
      { passages: 2, share: 0.3 },
      { passages: 4, share: 0.5 },
    ],
  },
  straight: { label: "4", stages: [{ passages: 4, share: 1 }] },
  two: { label: "2", stages: [{ passages: 2, share: 1 }] },
  one: { label: "1", stages: [{ passages: 1, share: 1 }] },
};

/** Of one example, padding included: enough of them are made that none is seen twice. */
const tokensPerExample = (passages: number): number => 22 + 8 * passages;

export async function benchRaftLookUp({ sets = defaultCells }: BenchOptions): Promise<string> {
  const head = ["model", "tokens", "passages", "minutes", "held-out loss", "copied and cited", "copied"];
  const rows: string[][] = [];
  for (const name of sets) rows.push(await rowOf(name, cellOf(name)));
  return markdownTable([...head, "declined, passage missing", "declined, passage there"], rows);
}

function cellOf(name: string): Cell {
  const [size, amount = "", asked = "curriculum"] = name.split("-");
  const way = ways[asked];
  if (way === undefined) throw new Error(`${name}: "${asked}" is none of ${Object.keys(ways).join(", ")}`);
  const tokens = Number.parseFloat(amount) * (amount.endsWith("M") ? 1e6 : 1e3);
  return { size: size as DecoderSize, tokens, way };
}

async function rowOf(name: string, cell: Cell): Promise<string[]> {
  const { score, trained } = await measured(cell);
  process.stderr.write(`${name}: ${JSON.stringify(score)}\n`);
  const share = (count: number, of: number) => `${((100 * count) / of).toFixed(1)}% of ${of}`;
  const { exact, copied, wronglyDeclined, withOracle, declined, withoutOracle } = score;
  return [
    `${cell.size} (${trained.parameters.toLocaleString("en-US")})`,
    trained.tokens.toLocaleString("en-US"),
    cell.way.label,
    (trained.ms / 60_000).toFixed(1),
    trained.loss.toFixed(3),
    share(exact, withOracle),
    share(copied, withOracle),
    share(declined, withoutOracle),
    share(wronglyDeclined, withOracle),
  ];
}

type Trained = { readonly parameters: number; readonly tokens: number; readonly ms: number; readonly loss: number };

async function measured(cell: Cell): Promise<{ readonly score: LookUpScore; readonly trained: Trained }> {
  const root = mkdtempSync(join(tmpdir(), "assay-raft-lookup-"));
  try {
    const keys = keysOf(seed);
    const trained = { parameters: 0, tokens: 0, ms: 0, loss: Number.NaN };
    let directory: string | undefined;
    const { stages } = cell.way;
    for (const [at, stage] of stages.entries()) {
      const report = await train(cell, stage, { keys, directory: join(root, `${at}`), from: directory });
      directory = report.directory;
      trained.tokens += report.tokens;
      trained.ms += report.ms;
      Object.assign(trained, { parameters: report.parameters, loss: report.bestLoss });
    }
    const asked = lookUps(keys.heldOut, { count: tests, passages: stages.at(-1)!.passages, seed: seed + 100 });
    return { score: await scoreLookUps(directory!, asked), trained };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

type Place = { readonly keys: Keys; readonly directory: string; readonly from: string | undefined };

/** Held-out loss keeps the best weights; it never ends a stage early. */
function train({ size, tokens }: Cell, { passages, share }: Stage, { keys, directory, from }: Place) {
  const count = Math.ceil((tokens * share) / tokensPerExample(passages));
  return trainEmbedded({
    examples: lookUps(keys.training, { count, passages, seed: seed + passages }).map(toExample),
    heldOut: lookUps(keys.heldOut, { count: 100, passages, seed: seed + 50 + passages }).map(toExample),
    directory,
    ...(from === undefined ? {} : { from }),
    method: "full",
    size,
    seed,
    budget: { steps: Math.round((tokens * share) / batchTokens) },
    hyperparameters: { batchTokens, patience: Number.POSITIVE_INFINITY, replayShare: 0 },
  });
}

const toExample = ({ messages }: RaftExample): TrainingExample => ({ messages });
