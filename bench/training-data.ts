// What `assay data check` finds in public training sets, and how fast: duplicates, test questions in training, personal data.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { dataCheck } from "../src/project/data/check.ts";
import { dataSplit } from "../src/project/data/split.ts";
import { openContext } from "../src/project/wiring/context.ts";
import { type BenchOptions, markdownTable } from "./tables.ts";

type Line = Readonly<Record<string, unknown>>;

/** Text and wanted answer of a line of each set. */
const sets: Readonly<Record<string, (line: Line) => readonly [string, string]>> = {
  "snips-json": (line) => [String(line["text"]), JSON.stringify(line["json"])],
  "bitext-support": (line) => [
    String(line["utterance"]),
    JSON.stringify({ intent: line["intent"], category: line["category"] }),
  ],
  banking77: (line) => [String(line["text"]), String(line["label"])],
};

export async function benchTrainingData({ data, sets: wanted }: BenchOptions): Promise<string> {
  const rows: string[][] = [];
  for (const [name, read] of Object.entries(sets)) {
    const directory = join(data, "behaviour", name);
    if ((wanted && !wanted.includes(name)) || !existsSync(directory)) continue;
    rows.push(await measured(name, directory, read));
  }
  const head = ["set", "examples", "bad lines", "repeats", "near", "contradictions", "test questions in training"];
  return markdownTable([...head, "personal data", "examples/s", "held out", "largest group"], rows);
}

async function measured(name: string, directory: string, read: (line: Line) => readonly [string, string]) {
  const project = mkdtempSync(join(tmpdir(), "assay-bench-data-"));
  const training = linesOf(gunzipSync(readFileSync(join(directory, "train.jsonl.gz")))).map(read);
  const test = linesOf(readFileSync(join(directory, "test.jsonl"))).map(read);
  const turns = ([user, assistant]: readonly [string, string]) => [
    { role: "user", content: user },
    { role: "assistant", content: assistant },
  ];
  writeLines(
    join(project, "examples.jsonl"),
    training.map((pair) => ({ messages: turns(pair) })),
  );
  writeLines(
    join(project, "questions.jsonl"),
    test.map(([question, answer], id) => ({ id: `q${id}`, question, references: [answer] })),
  );
  const context = await openContext(project);
  try {
    const { examples, problems, duplicates, leaks, sensitive, ms } = await dataCheck(context, {});
    const split = await dataSplit(context, { skipBad: true });
    const leaked = new Set(leaks?.map(({ questionId }) => questionId)).size;
    const figures = [
      examples,
      new Set(problems.map(({ line }) => line)).size,
      duplicates.exact.length,
      duplicates.near.length,
    ];
    return [
      name,
      ...figures.map(String),
      String(duplicates.contradictions.length),
      `${leaked} of ${test.length}`,
      String(sensitive.reduce((sum, { count }) => sum + count, 0)),
      Math.round((examples / ms) * 1000).toLocaleString("en-US"),
      `${(split.heldOut.share * 100).toFixed(1)}%`,
      String(split.largestGroup),
    ];
  } finally {
    context.close();
    rmSync(project, { recursive: true });
  }
}

function linesOf(bytes: Uint8Array): readonly Line[] {
  return new TextDecoder()
    .decode(bytes)
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

function writeLines(path: string, lines: readonly object[]): void {
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}
