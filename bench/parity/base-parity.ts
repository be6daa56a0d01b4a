// Bases that transformers made: read and tokenized as it does, tuned, exported, and opened by it and PEFT again.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Message, TrainingExample } from "../../src/core/questions.ts";
import { referenceLogits } from "../../src/neural/reference-decoder.ts";
import { readSafetensors, writeSafetensors } from "../../src/neural/safetensors.ts";
import type { WeightTensor } from "../../src/neural/weights.ts";
import { readBase } from "../../src/tuning/embedded/base-model.ts";
import { trainEmbedded } from "../../src/tuning/embedded/train-embedded.ts";
import { exportSource } from "../../src/tuning/exports/export-source.ts";
import { exportTunedModel } from "../../src/tuning/exports/export-tuned-model.ts";

export type BaseParity = {
  readonly name: string;
  readonly versions: Readonly<Record<"torch" | "transformers", string>>;
  /** Tokenized as transformers does, of how many. */
  readonly texts: readonly [same: number, of: number];
  readonly conversations: readonly [same: number, of: number];
  /** Of any logit at any position, as a share of the largest logit of that position. */
  readonly baseDifference: number;
  /** Mean loss on the examples at the first step of LoRA, and held-out loss of the kept weights. */
  readonly loss: readonly [first: number, best: number];
  /** Absolute, after tuning: the merged model in transformers, the adapter on its base in PEFT. */
  readonly tunedDifference: Readonly<Record<"merged" | "adapter", number>>;
};

type Cases = {
  readonly conversations: readonly { readonly messages: readonly Message[]; readonly ids: readonly number[] }[];
  readonly texts: readonly { readonly text: string; readonly ids: readonly number[] }[];
};

const run = promisify(execFile);

async function python<T>(command: string, ...args: readonly string[]): Promise<T> {
  const script = join(import.meta.dirname, "base_parity.py");
  const { stdout } = await run(command, [script, ...args], { maxBuffer: 2 ** 26 });
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as T;
}

const row = (at: number): TrainingExample => ({
  messages: [
    { role: "user", content: `Where is parcel ${at * 37}? 👍🏽` },
    { role: "assistant", content: `{"parcel": ${at * 37}, "mood": "👍🏽"}` },
  ],
});

export async function runBaseParity(command: string): Promise<readonly BaseParity[]> {
  const folder = await mkdtemp(join(tmpdir(), "assay-base-parity-"));
  try {
    const { bases, versions } = await python<{ bases: string[]; versions: BaseParity["versions"] }>(
      command,
      "make",
      folder,
    );
    const found: Omit<BaseParity, "tunedDifference">[] = [];
    for (const name of bases)
      found.push({ name, versions, ...(await read(folder, name)), ...(await tuned(folder, name)) });
    const tunedDifference = await python<Record<string, BaseParity["tunedDifference"]>>(command, "check", folder);
    return found.map((one) => ({ ...one, tunedDifference: tunedDifference[one.name]! }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const casesOf = async (folder: string, name: string): Promise<Cases> =>
  JSON.parse(await readFile(join(folder, `${name}.json`), "utf8")) as Cases;

async function read(folder: string, name: string) {
  const { conversations, texts } = await casesOf(folder, name);
  const { weights: expected } = await readSafetensors(join(folder, `${name}.safetensors`));
  const { words, config, weights } = await readBase(join(folder, name));
  const same = (ids: readonly number[], others: readonly number[]) => `${ids}` === `${others}`;
  let baseDifference = 0;
  for (const [at, { ids }] of conversations.entries()) {
    for (const [position, row] of referenceLogits(config, weights, ids).entries()) {
      const theirs = expected.get(`${at}`)!.data.subarray(position * row.length, (position + 1) * row.length);
      const largest = Math.max(1, ...theirs.map(Math.abs));
      baseDifference = Math.max(baseDifference, ...row.map((logit, id) => Math.abs(logit - theirs[id]!) / largest));
    }
  }
  return {
    texts: [texts.filter(({ text, ids }) => same(words.encode(text), ids)).length, texts.length] as const,
    conversations: [
      conversations.filter(({ messages, ids }) => same(words.encodePrompt(messages), ids)).length,
      conversations.length,
    ] as const,
    baseDifference,
  };
}

async function tuned(folder: string, name: string): Promise<Pick<BaseParity, "loss">> {
  const rows = Array.from({ length: 60 }, (_, at) => row(at));
  const directory = join(folder, `${name}-run`);
  const { firstLoss, bestLoss } = await trainEmbedded({
    ...{ examples: rows.slice(12), heldOut: rows.slice(0, 12), directory, base: join(folder, name) },
    ...{ method: "lora", seed: 1, budget: { steps: 60 } },
  });
  for (const format of ["huggingface", "peft"] as const) {
    await exportTunedModel({ directory, format, output: join(folder, `${name}-${format}`) });
  }
  const { config, whole } = await exportSource(directory);
  const logits = new Map<string, WeightTensor>();
  for (const [at, { ids }] of (await casesOf(folder, name)).conversations.entries()) {
    const rowsOf = referenceLogits(config, whole, ids);
    logits.set(`${at}`, { shape: [rowsOf.length, config.vocabulary], data: Float32Array.from(rowsOf.flat()) });
  }
  await writeSafetensors(join(folder, `${name}-tuned.safetensors`), logits);
  return { loss: [firstLoss!, bestLoss!] };
}
