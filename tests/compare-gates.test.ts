// `compare --fail-below` and `--junit`: thresholds for continuous integration, where unknown never passes.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { assay } from "./command-line.ts";
import { type FerryProject, ferryProject } from "./ferry-project.ts";

let project: FerryProject;
beforeAll(() => {
  project = ferryProject();
});
afterAll(() => project.remove());

const compare = (...args: string[]) => assay("compare", ...args, "--project", project.directory, "--json");

test("a threshold that is met exits 0, one that is missed exits 1 and says by how much", async () => {
  const met = await compare("--fail-below", "rag:quality=0.1");
  expect(met.exitCode).toBe(0);
  const missed = await compare("--fail-below", "rag:quality=0.1", "--fail-below", "always-decline:quality=0.99");
  expect(missed.exitCode).toBe(1);
  expect(missed.stderr).toMatch(/always-decline: quality is 0\.\d+ .*below 0\.99/);
  expect(missed.stderr).not.toMatch(/rag: quality is/);
  expect(missed.rows[0]).toHaveProperty("recommendation");
});

test("an approach that was not run, or has nothing scored, does not pass", async () => {
  const notRun = await compare("--fail-below", "hybrid:quality=0");
  expect(notRun.exitCode).toBe(1);
  expect(notRun.stderr).toContain("hybrid was not run");
  const unknown = await compare("--fail-below", "rag:slot-f1=0");
  expect(unknown.exitCode).toBe(1);
  expect(unknown.stderr).toContain("rag: no answer could be scored with slot-f1");
});

test.each(["rag=0.7", "magic:f1=0.7", "rag:f1=70", "rag:f1=", "rag:nonsense=0.5"])("misuse: %s", async (gate) => {
  const run = await compare("--fail-below", gate);
  expect(run.exitCode).toBe(2);
  expect(run.stderr).toContain("--fail-below");
  expect(run.stderr).not.toContain("Answering");
});

test("JUnit holds a case per approach and per threshold, skipped and failed as they were", async () => {
  const file = project.path("junit.xml");
  await compare("--junit", file, "--fail-below", "rag:quality=0.1", "--fail-below", "always-decline:quality=0.99");
  const xml = readFileSync(file, "utf8");
  expect(xml).toMatch(/<testsuite name="assay compare" tests="\d+" failures="1" skipped="\d+">/);
  expect(xml).toMatch(/<testcase classname="hybrid" name="measured"><skipped message="/);
  expect(xml).toContain('<testcase classname="always-decline" name="always-decline: quality at least 0.99"><failure');
  expect((await compare("--junit", project.path("no/such/folder/junit.xml"))).exitCode).toBe(1);
});
