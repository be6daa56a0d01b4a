// The shipped example keeps its promises: enough of everything, every answer where it is said to stand, nothing leaked.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parseExamples } from "../src/evaluation/examples-file.ts";
import { findLeakage } from "../src/evaluation/leakage.ts";
import { parseQuestions } from "../src/evaluation/questions-file.ts";

const example = resolve(import.meta.dirname, "../examples/tidewater");
const read = (name: string) => readFileSync(join(example, name), "utf8");
const questionFiles = ["questions/facts.jsonl", "questions/behaviour.jsonl"];
const parsed = questionFiles.map((name) => parseQuestions(read(name), name));
const questions = parsed.flatMap((file) => file.questions);
const training = parseExamples(read("examples.jsonl"), "examples.jsonl");

describe("the example project", () => {
  test("has at least 40 documents, in five formats", () => {
    const documents = readdirSync(join(example, "docs"), { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(documents.length).toBeGreaterThanOrEqual(40);
    const formats = new Set(documents.map(({ name }) => extname(name)));
    expect([...formats].sort()).toEqual([".csv", ".docx", ".html", ".md", ".pdf"]);
  });

  test("has at least 240 held-out questions of every kind, and 300 behaviour examples, all well formed", () => {
    expect(parsed.flatMap(({ issues }) => issues)).toEqual([]);
    expect(training.issues).toEqual([]);
    expect(questions.length).toBeGreaterThanOrEqual(240);
    expect(training.examples.length).toBeGreaterThanOrEqual(300);
    const kinds = new Set(questions.map(({ kind }) => kind));
    for (const kind of [
      "fact",
      "table",
      "multi-document",
      "paraphrase",
      "terminology",
      "second-language",
      "unanswerable",
      "triage",
      "style",
    ]) {
      expect(kinds).toContain(kind);
    }
  });

  test("leaks nothing from training into the held-out questions", () => {
    expect(findLeakage(training.examples, questions)).toEqual([]);
  });

  test.each(["make/check-questions.ts", "behaviour/check.ts"])("passes its own check: %s", (script) => {
    const run = spawnSync(process.execPath, [join(example, script)], {
      encoding: "utf8",
      cwd: resolve(example, "../.."),
    });
    expect(run.stderr + run.stdout).not.toMatch(/Error/);
    expect(run.status).toBe(0);
  });
});
