// A task that can only be read, never known: passages give a value to each of a few keys, the question names one. Values are drawn anew
// for every example and the keys asked for in the test occur nowhere in training, so nothing but looking up gives the answer.
import { declineSentence } from "../../src/approaches/instructions.ts";
import type { Hit } from "../../src/core/retrieval.ts";
import { type Random, random, shuffled } from "../../src/neural/random.ts";
import { type RaftExample, type RaftInput, raftExamples } from "../../src/tuning/data/raft.ts";

const letters = [..."abcdefghijklmnopqrstuvwxyz"];
const digits = [..."0123456789"];

/** Letter and digit by turns: each is one token, and none is merged with its neighbour. */
const keys = letters.flatMap((letter) => digits.map((digit) => letter + digit));
const heldOutKeys = 60;
const withoutOracle = 0.2;

export type Keys = { readonly training: readonly string[]; readonly heldOut: readonly string[] };

export function keysOf(seed: number): Keys {
  const mixed = shuffled(keys, random(seed));
  return { heldOut: mixed.slice(0, heldOutKeys), training: mixed.slice(heldOutKeys) };
}

const pick = <T>(items: readonly T[], { next }: Random): T => items[Math.floor(next() * items.length)]!;

const randomValue = (chance: Random): string => pick(letters, chance) + pick(digits, chance) + pick(letters, chance);

function distinct(from: readonly string[], count: number, chance: Random): readonly string[] {
  const drawn = new Set<string>();
  while (drawn.size < count) drawn.add(pick(from, chance));
  return [...drawn];
}

function hitOf(id: string, text: string): Hit {
  const place = { start: 0, end: text.length, headingPath: [], metadata: {}, groups: [] };
  return { chunk: { id, documentId: id, source: id, title: "", ordinal: 0, text, ...place }, score: 0, legs: {} };
}

export type LookUpOptions = { readonly count: number; readonly passages: number; readonly seed: number };

/** Rendered as the product renders RAFT: the oracle among distractors in seeded order, quoted and cited; a share without it, declined. */
export function lookUps(from: readonly string[], { count, passages, seed }: LookUpOptions): readonly RaftExample[] {
  const chance = random(seed);
  const inputs = Array.from({ length: count }, (_, example): RaftInput => {
    const asked = distinct(from, passages + 1, chance);
    const retrieved = asked.map((key, at) => hitOf(`${example}.${at}`, `${key}=${randomValue(chance)}`));
    const oracle = retrieved[0]!;
    const { text, documentId, source } = oracle.chunk;
    const citation = { documentId, source, start: 0, end: text.length, quote: text };
    return { pair: { question: `${asked[0]}?`, answer: text, method: "given", citation }, oracle, retrieved };
  });
  const distractors = passages - 1;
  return raftExamples(inputs, { distractors, withoutOracle, seed, declineSentence, promptOf });
}

/** The bare minimum of a prompt: what is measured is looking up, not the reading of instructions. */
const promptOf = (question: string, passages: readonly Hit[]) => {
  const numbered = passages.map(({ chunk }, at) => `[${at + 1}] ${chunk.text}`);
  return [{ role: "user" as const, content: [...numbered, question].join("\n") }];
};
