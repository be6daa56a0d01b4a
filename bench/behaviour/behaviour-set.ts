// What a set of examples of behaviour is to the bench: questions with the answer wanted, cut into parts, and how answers are measured.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { Json } from "../../src/core/json.ts";
import type { DecoderSize } from "../../src/neural/decoder-config.ts";

/** `label` is the class that a linear model can predict, where there is one. */
export type Pair = { readonly question: string; readonly answer: string; readonly label?: string };

/** What one answerer said to every test question. One that only classifies has no texts. */
export type Given = { readonly texts?: readonly string[]; readonly labels: readonly (string | undefined)[] };

/** A share between 0 and 1; undefined where it says nothing about this answerer. */
export type Measure = { readonly title: string; of(given: Given): number | undefined };

export type BehaviourSet = {
  readonly training: readonly Pair[];
  /** Cut from the training part or the set's own development part: picks the weights to keep. */
  readonly heldOut: readonly Pair[];
  readonly test: readonly Pair[];
  readonly measures: readonly Measure[];
  /** What the second tuned row is held to. */
  readonly schema?: Json;
  labelOf(text: string): string | undefined;
  /** Chosen on held-out examples. Default 1m. */
  readonly size?: DecoderSize;
};

/** One file, one set: reads `DIR/behaviour/<name>`. */
export type BehaviourSource = (directory: string) => BehaviourSet;

/** The objects of a `.jsonl` or `.jsonl.gz` file. */
export function linesOf<Line>(path: string): readonly Line[] {
  const bytes = readFileSync(path);
  return (path.endsWith(".gz") ? gunzipSync(bytes) : bytes)
    .toString()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line);
}

/** Every `nth` is held out, the others are trained on. */
export function cut(pairs: readonly Pair[], nth: number): { readonly training: Pair[]; readonly heldOut: Pair[] } {
  return {
    training: pairs.filter((_, at) => at % nth !== 0),
    heldOut: pairs.filter((_, at) => at % nth === 0),
  };
}

export function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** A text under `key` of an answer in JSON. */
export function fieldOf(text: string, key: string): string | undefined {
  const value = parsed(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const field = (value as Readonly<Record<string, Json>>)[key];
  return typeof field === "string" ? field : undefined;
}
