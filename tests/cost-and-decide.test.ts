// `assay cost` and `assay decide` on a real project: JSON shapes, exit codes, one line for every kind of misuse.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { assay } from "./command-line.ts";
import { type FerryProject, ferryProject } from "./ferry-project.ts";

let project: FerryProject;
beforeAll(async () => {
  project = ferryProject();
  await assay("compare", "--project", project.directory, "--json");
});
afterAll(() => project.remove());

const run = (...args: string[]) => assay(...args, "--project", project.directory, "--json");
const row = async (...args: string[]) => (await run(...args)).rows[0] as Record<string, unknown>;

describe("cost", () => {
  test("prices every approach that was measured, with its pairs, sensitivity and assumptions", async () => {
    const bill = (await row("cost", "--queries-per-month", "10000", "--document-changes-per-month", "20")) as {
      approaches: {
        approach: string;
        perQuery: { usd: number };
        monthly: { usd: number };
        documentChange: { usd: number; work: string };
      }[];
      breakEven: object[];
      sensitivity: { change: string }[];
      assumptions: string[];
      questions: number;
    };
    const rag = bill.approaches.find(({ approach }) => approach === "rag")!;
    expect(rag.documentChange).toMatchObject({ work: "index the document again" });
    expect(rag.documentChange.usd).toBeGreaterThan(0);
    expect(rag.monthly.usd).toBeCloseTo(10_000 * rag.perQuery.usd + 20 * rag.documentChange.usd, 9);
    expect(bill.approaches.map(({ approach }) => approach)).not.toContain("oracle");
    expect(bill.breakEven).toHaveLength((bill.approaches.length * (bill.approaches.length - 1)) / 2);
    expect(bill.sensitivity[0]!.change).toBe("as stated");
    expect(bill.assumptions.join()).toContain("vCPU hour");
    expect(bill.questions).toBe(3);
  });

  test("a changed document is measured, and dearer than its share of the first indexing", async () => {
    project.write("docs/dogs.md", "# Dogs\n\nDogs ride for nothing outside the high season, from July to August.\n");
    await run("compare");
    const bill = (await row("cost", "--queries-per-month", "1")) as { assumptions: string[] };
    expect(bill.assumptions.join()).toContain("the mean of 1 that were indexed after the first time");
  });

  test("no traffic is a plain answer", async () => {
    const bill = (await row("cost", "--queries-per-month", "0")) as { approaches: { monthly: { usd: number } }[] };
    expect(bill.approaches.every(({ monthly }) => monthly.usd === 0)).toBe(true);
    const text = await assay("cost", "--queries-per-month", "0", "--project", project.directory);
    expect(text.exitCode).toBe(0);
    expect(text.stdout).not.toMatch(/NaN|undefined|Infinity/);
  });

  test.each([
    { args: ["cost"], exitCode: 2, says: /--queries-per-month 10000/ },
    { args: ["cost", "--queries-per-month", "-1"], exitCode: 2, says: /0 or more/ },
    { args: ["cost", "--queries-per-month", "many"], exitCode: 2, says: /expected a number/ },
    { args: ["cost", "--queries-per-month", "5", "--batch-share", "2"], exitCode: 2, says: /between 0 and 1/ },
  ])("$args", async ({ args, exitCode, says }) => {
    const { exitCode: code, stderr } = await run(...args);
    expect(code).toBe(exitCode);
    expect(stderr).toMatch(says);
  });

  test("before any comparison it names the command to run", async () => {
    const empty = ferryProject();
    const { exitCode, stderr } = await assay("cost", "--queries-per-month", "5", "--project", empty.directory);
    empty.remove();
    expect(exitCode).toBe(1);
    expect(stderr).toContain("assay compare");
  });
});

describe("decide", () => {
  test("what is said yields a prior, held against the last comparison", async () => {
    const decision = (await row("decide", "--need", "knowledge", "--changes", "weekly")) as Record<string, unknown>;
    expect(decision).toMatchObject({ approach: "rag", situation: { need: "knowledge", changes: "weekly" } });
    expect(decision["readOffProject"]).toEqual(["corpusTokens"]);
    const said = await row("decide", "--need", "knowledge", "--corpus-tokens", "9000000");
    expect(said).toMatchObject({ situation: { corpusTokens: 9_000_000 }, readOffProject: [] });
    expect((decision["lastComparison"] as { verdict: string }).verdict).toMatch(/confirmed|overturned|not decided/);
  });

  test("answers come from a file, flags outrank it, and thresholds can be replaced by both", async () => {
    project.write(
      "answers.json",
      JSON.stringify({
        need: "behaviour",
        examples: 20,
        maxLatencyMs: 100,
        monthlyBudgetUsd: null,
        thresholds: { fewestExamples: 10 },
      }),
    );
    const file = project.path("answers.json");
    const decision = await row("decide", "--answers", file, "--examples", "60", "--threshold", "enoughExamples=40");
    expect(decision).toMatchObject({
      approach: "fine-tuned",
      situation: { examples: 60, maxLatencyMs: 100, monthlyBudgetUsd: null },
    });
  });

  test("without answers and without a terminal it uses what the project shows and asks for the rest", async () => {
    const { exitCode, stdout } = await assay("decide", "--project", project.directory);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("Not said: --need");
  });

  test.each([
    { args: ["decide", "--need", "magic"], exitCode: 2, says: /need: .*knowledge/ },
    { args: ["decide", "--examples", "-3"], exitCode: 2, says: /examples/ },
    { args: ["decide", "--threshold", "nothing=3"], exitCode: 2, says: /thresholds/ },
    { args: ["decide", "--answers", "missing.json"], exitCode: 1, says: /missing\.json: cannot be read/ },
  ])("$args", async ({ args, exitCode, says }) => {
    const { exitCode: code, stderr } = await run(...args);
    expect(code).toBe(exitCode);
    expect(stderr).toMatch(says);
  });
});

test("a comparison of another version is said to be one: no cost, a prior on its own, and a new comparison mends it", async () => {
  const { report } = await row("compare");
  const file = join(dirname(String(report)), "ledger.json");
  writeFileSync(file, readFileSync(file, "utf8").replace('"format":1', '"format":0'));
  const cost = await run("cost", "--queries-per-month", "5");
  expect(cost).toMatchObject({ exitCode: 1, stdout: "" });
  expect(cost.stderr).toMatch(/^assay: .*written by another version of Assay → run `assay compare` again/);
  expect(await row("decide", "--need", "knowledge")).toMatchObject({
    approach: "long-context",
    lastComparison: { verdict: "not measured", because: expect.stringContaining("another version") },
  });
  await run("compare");
  expect((await run("cost", "--queries-per-month", "5")).exitCode).toBe(0);
});
