// A change of documents: measured in a copy, for every approach, and the project's own index never sees it.
import { mkdirSync, readdirSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { assay } from "./command-line.ts";
import { type FerryProject, ferryProject } from "./ferry-project.ts";

let project: FerryProject;
beforeEach(() => {
  project = ferryProject();
  mkdirSync(project.path("changes/docs"), { recursive: true });
  project.write(
    "changes/docs/ferry.md",
    "# Island ferry\n\nThe island ferry leaves every 40 minutes from the east pier.\n",
  );
  const fact = {
    id: "c1",
    question: "How often does the island ferry leave?",
    before: ["every 25 minutes"],
    after: ["every 40 minutes"],
    source: "docs/ferry.md",
  };
  project.write("changes.jsonl", `${JSON.stringify(fact)}\n`);
});
afterEach(() => project.remove());

const run = (...args: string[]) => assay(...args, "--project", project.directory, "--json");

type Row = {
  name: string;
  before: { mean: number };
  after: { mean: number };
  outdated: { mean: number };
  freshMs: number | null;
};

test("retrieval follows the change, the model's memory does not, and the index stays as it was", async () => {
  const { rows } = await run("compare");
  const { staleness } = rows[0] as unknown as { staleness: Row[] };
  const of = (name: string) => staleness.find((row) => row.name === name);
  expect(of("rag")).toMatchObject({ before: { mean: 1 }, after: { mean: 1 }, outdated: { mean: 0 } });
  expect(of("rag")?.freshMs).toBeGreaterThan(0);
  expect(of("prompt-only")).toMatchObject({ after: { mean: 0 }, freshMs: null });
  expect(staleness.map(({ name }) => name)).not.toContain("oracle");
  const asked = await run("ask", "How often does the island ferry leave?", "--approach", "rag");
  expect(asked.stdout).toContain("25 minutes");
  expect(asked.stdout).not.toContain("40 minutes");
  expect(readdirSync(project.path(".assay")).filter((name) => name.startsWith("scratch"))).toEqual([]);
  expect((await run("compare")).rows[0]).toEqual(rows[0]);
});

test("a broken line of changes names itself", async () => {
  project.write("changes.jsonl", '{"id":"c1","question":"?","before":["a"]}\n');
  const { exitCode, stderr } = await run("compare");
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/changes\.jsonl, line 1: after/);
});
