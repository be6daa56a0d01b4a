// `assay questions`: nothing reaches the questions file before it is accepted, and what was judged is not drafted again.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { assay } from "./command-line.ts";
import { type FerryProject, ferryProject } from "./ferry-project.ts";

let project: FerryProject;
beforeEach(() => {
  project = ferryProject();
  rmSync(project.path("questions.jsonl"));
});
afterEach(() => project.remove());

const questions = (...args: string[]) => assay("questions", ...args, "--project", project.directory, "--json");
const file = () => readFileSync(project.path("questions.jsonl"), "utf8").trim().split("\n");

test("drafts wait for a verdict; accepted ones are compared with", async () => {
  const drafted = (await questions()).rows[0] as unknown as { drafted: number; open: number; madeBy: string };
  expect(drafted).toMatchObject({ madeBy: "documents", open: drafted.drafted, accepted: 0, costUsd: 0 });
  expect(drafted.drafted).toBeGreaterThan(0);
  expect(existsSync(project.path("questions.jsonl"))).toBe(false);
  expect((await questions("--review", "--accept-all")).rows[0]).toMatchObject({ open: 0, accepted: drafted.drafted });
  expect(file()).toHaveLength(drafted.drafted);
  expect((await questions("--accept-all")).rows[0]).toMatchObject({ drafted: 0, open: 0 });
  expect(file()).toHaveLength(drafted.drafted);
  const compared = await assay("compare", "--approaches", "rag", "--project", project.directory, "--json");
  expect(compared.exitCode).toBe(0);
});

test("nothing to review and a count that is none are one line each", async () => {
  const review = await questions("--review");
  expect([review.exitCode, review.stderr]).toEqual([
    1,
    expect.stringMatching(/no draft waits.*assay questions --count/),
  ]);
  expect((await questions("--count", "many")).exitCode).toBe(2);
});
