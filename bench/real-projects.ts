// The projects on which decisions and claims are checked end to end: the shipped example and public sets, with what their
// owner would say of them. Measures nothing.
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Situation } from "../src/advice/situation.ts";
import { type BenchProject, benchProject, projectFolder, writeLines } from "./bench-project.ts";
import { loadDataSet } from "./data-sets.ts";

export type RealProject = {
  readonly name: string;
  readonly project: BenchProject;
  /** Question files, relative to the project. */
  readonly questions: readonly string[];
  readonly situation: Situation;
};

const example = resolve(import.meta.dirname, "..", "examples", "tidewater");

/** Facts and behaviour of the shipped example together, as kinds of question. */
export function exampleProject(): RealProject {
  const parts = ["docs", "questions", "examples.jsonl", "changes"];
  const project = projectFolder("tidewater", {}, (directory) => {
    for (const part of parts) cpSync(join(example, part), join(directory, part), { recursive: true });
  });
  const questions = ["questions/facts.jsonl", "questions/behaviour.jsonl"];
  return {
    name: "shipped example",
    project,
    questions,
    situation: { need: "both", changes: "weekly", citations: true },
  };
}

/** Undefined, with a line on stderr, where the data is not at hand. */
export function questionAnsweringProject(data: string, name: string): RealProject | undefined {
  const set = loadDataSet(data, name);
  if (set === undefined) return undefined;
  const situation: Situation = { need: "knowledge", citations: true };
  return { name, project: benchProject(set), questions: ["questions.jsonl"], situation };
}

const mostExamples = 3_000;
const mostQuestions = 400;

/** Behaviour alone: name the intent of a message. The labels are its only document. */
export function behaviourProject(data: string): RealProject | undefined {
  const folder = join(data, "behaviour", "banking77");
  if (!existsSync(folder)) {
    process.stderr.write(`banking77: skipped: ${folder} not found\n`);
    return undefined;
  }
  const training = spread(rowsOf(gunzipSync(readFileSync(join(folder, "train.jsonl.gz"))).toString()), mostExamples);
  const held = spread(rowsOf(readFileSync(join(folder, "test.jsonl"), "utf8")), mostQuestions);
  const project = projectFolder("banking77", {}, (directory) => {
    const labels = [...new Set(training.map(({ label }) => label))].sort();
    mkdirSync(join(directory, "docs"));
    writeFileSync(
      join(directory, "docs", "labels.md"),
      `# Labels\n\n${labels.map((label) => `- ${label}\n`).join("")}`,
    );
    writeLines(join(directory, "examples.jsonl"), training.map(toExample));
    writeLines(
      join(directory, "questions.jsonl"),
      held.map(({ text, label }, index) => ({ id: `b${index}`, question: text, references: [label] })),
    );
  });
  return {
    name: "banking77",
    project,
    questions: ["questions.jsonl"],
    situation: { need: "behaviour", changes: "never", citations: false },
  };
}

type Labelled = { readonly text: string; readonly label: string };

function rowsOf(text: string): readonly Labelled[] {
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

function toExample({ text, label }: Labelled) {
  return {
    messages: [
      { role: "user", content: text },
      { role: "assistant", content: label },
    ],
  };
}

/** The file's order is by label: every so-many-th row keeps all labels. */
function spread<T>(rows: readonly T[], most: number): readonly T[] {
  const step = Math.max(1, rows.length / most);
  return Array.from({ length: Math.min(most, rows.length) }, (_, index) => rows[Math.floor(index * step)]!);
}
