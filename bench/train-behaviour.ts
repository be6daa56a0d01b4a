// What ten minutes of embedded training teach: exact match and schema validity on a set's test part, beside the majority answer and
// the answer of the nearest training example. The held-out part that picks the weights is cut from the training part.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Ajv2020 } from "ajv/dist/2020.js";
import { canonicalJson, type Json } from "../src/core/json.ts";
import type { ChatModel } from "../src/core/models.ts";
import { trainEmbedded } from "../src/tuning/embedded/train-embedded.ts";
import { openTunedModel } from "../src/tuning/embedded/tuned-model.ts";
import { type BenchOptions, markdownTable } from "./tables.ts";

type Row = { readonly text: string; readonly json: Json };

const minutes = 10;
const size = "1m";

const rowsOf = (text: string): readonly Row[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Row);

export async function benchBehaviour({ data }: BenchOptions): Promise<string> {
  const folder = join(data, "behaviour/snips-json");
  const training = rowsOf(gunzipSync(readFileSync(join(folder, "train.jsonl.gz"))).toString());
  const test = rowsOf(readFileSync(join(folder, "test.jsonl"), "utf8"));
  const schema = JSON.parse(readFileSync(join(folder, "schema.json"), "utf8")) as Json;
  const isValid = new Ajv2020({ strict: false }).compile(schema as object);
  const directory = mkdtempSync(join(tmpdir(), "assay-bench-"));
  const examples = training.map(({ text, json }) => ({
    messages: [
      { role: "user", content: text },
      { role: "assistant", content: JSON.stringify(json) },
    ] as const,
  }));
  const isHeldOut = (at: number) => at % 40 === 0;
  const report = await trainEmbedded({
    examples: examples.filter((_, at) => !isHeldOut(at)),
    heldOut: examples.filter((_, at) => isHeldOut(at)),
    directory,
    seed: 1,
    size,
    method: "full",
    budget: { minutes },
  });
  const model = await openTunedModel(directory);
  const nearest = nearestExample(training);
  const common = mostCommon(training);
  const rows = [
    rowFor(
      "majority answer",
      test,
      test.map(() => common),
      isValid,
    ),
    rowFor(
      "nearest example (TF-IDF)",
      test,
      test.map(({ text }) => canonicalJson(nearest(text).json)),
      isValid,
    ),
    rowFor("tuned, unconstrained", test, await answers(model, test), isValid),
    rowFor("tuned, held to the schema", test, await answers(model, test, schema), isValid),
  ];
  await model.close();
  rmSync(directory, { recursive: true });
  const { steps, tokens, cpuMs, bestLoss } = report;
  return [
    `### snips-json: ${training.length} examples, ${test.length} test questions; ${minutes} minutes of training from random weights (${report.parameters} parameters, ${steps} steps, ${tokens} tokens, ${Math.round(cpuMs / 1000)} s of processor time), held-out loss ${bestLoss?.toFixed(3)}`,
    markdownTable(["", "exact match", "intent", "schema-valid"], rows),
  ].join("\n\n");
}

async function answers(model: ChatModel, test: readonly Row[], schema?: Json): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const { text } of test) {
    const prompt = {
      instructions: "",
      examples: [],
      passages: [],
      question: text,
      ...(schema !== undefined && { schema }),
    };
    texts.push((await model.generate(prompt)).text);
  }
  return texts;
}

function rowFor(
  name: string,
  test: readonly Row[],
  texts: readonly string[],
  isValid: (value: unknown) => boolean,
): string[] {
  const values = texts.map(parsed);
  const share = (hit: (value: Json | undefined, at: number) => boolean) =>
    `${((100 * values.filter(hit).length) / test.length).toFixed(1)}%`;
  return [
    name,
    share((value, at) => value !== undefined && canonicalJson(value) === canonicalJson(test[at]!.json)),
    share((value, at) => intentOf(value) === intentOf(test[at]!.json)),
    share((value) => value !== undefined && isValid(value)),
  ];
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

const intentOf = (value: Json | undefined): Json | undefined =>
  typeof value === "object" && value !== null && "intent" in value
    ? (value as { readonly intent: Json }).intent
    : undefined;

function mostCommon(rows: readonly Row[]): string {
  const counts = new Map<string, number>();
  for (const { json } of rows) counts.set(canonicalJson(json), (counts.get(canonicalJson(json)) ?? 0) + 1);
  return [...counts].toSorted(([, a], [, b]) => b - a)[0]![0];
}

/** Cosine of TF-IDF vectors over lower-case words. */
function nearestExample(rows: readonly Row[]): (text: string) => Row {
  const words = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const documents = new Map<string, number>();
  for (const { text } of rows)
    for (const word of new Set(words(text))) documents.set(word, (documents.get(word) ?? 0) + 1);
  const vector = (text: string): ReadonlyMap<string, number> => {
    const weights = new Map<string, number>();
    for (const word of words(text)) {
      weights.set(word, (weights.get(word) ?? 0) + Math.log(1 + rows.length / (1 + (documents.get(word) ?? 0))));
    }
    const length = Math.sqrt([...weights.values()].reduce((sum, weight) => sum + weight ** 2, 0)) || 1;
    return new Map([...weights].map(([word, weight]) => [word, weight / length]));
  };
  const postings = new Map<string, [number, number][]>();
  rows.forEach(({ text }, at) => {
    for (const [word, weight] of vector(text)) {
      if (!postings.has(word)) postings.set(word, []);
      postings.get(word)!.push([at, weight]);
    }
  });
  return (text) => {
    const scores = new Map<number, number>();
    for (const [word, weight] of vector(text)) {
      for (const [at, other] of postings.get(word) ?? []) scores.set(at, (scores.get(at) ?? 0) + weight * other);
    }
    return rows[[...scores].reduce((best, one) => (one[1] > best[1] ? one : best), [0, -1])[0]]!;
  };
}
