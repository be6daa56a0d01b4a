// `assay data`: what each command reads, writes and refuses, from the command line.
import { existsSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { assay } from "./command-line.ts";
import { type FerryProject, ferryProject } from "./ferry-project.ts";

let project: FerryProject;
beforeEach(() => {
  project = ferryProject();
});
afterEach(() => project.remove());

const data = (...args: string[]) => assay("data", ...args, "--project", project.directory, "--json");
const linesOf = (name: string) => readFileSync(project.path(name), "utf8").trimEnd().split("\n");
const islands = "Amrum Baltrum Borkum Hiddensee Juist Langeoog Mellum Neuwerk Norderney Pellworm Poel Rügen".split(" ");

function example(place: number, question?: string, answer?: string): string {
  const island = islands[place % islands.length];
  const asked =
    question ?? `${island} ${place}: may a bicycle number ${place * 7919} come aboard at pier ${place % 5}?`;
  return JSON.stringify({
    messages: [
      { role: "user", content: asked },
      { role: "assistant", content: answer ?? (place % 3 === 0 ? "yes" : "no") },
    ],
  });
}

function writeExamples(count: number, ...more: readonly string[]): void {
  project.write(
    "examples.jsonl",
    [...Array.from({ length: count }, (_, place) => example(place)), ...more, ""].join("\n"),
  );
}

describe("data check", () => {
  test("passes good examples and names the next command", async () => {
    writeExamples(60);
    const run = await data("check");
    expect(run.exitCode).toBe(0);
    expect(run.rows[0]).toMatchObject({
      examples: 60,
      problems: [],
      leaks: [],
      labels: [
        {
          field: "answer",
          counts: [
            { label: "no", count: 40 },
            { label: "yes", count: 20 },
          ],
        },
      ],
      verdict: { isReady: true, next: "assay data split examples.jsonl" },
    });
  });

  test.each([
    { what: "a broken line", line: "{", says: /1 line cannot/ },
    {
      what: "a held-out question",
      line: example(0, "How often does the island ferry leave?", "Often."),
      says: /1 held-out question/,
    },
    { what: "a card number", line: example(0, "My card is 4111 1111 1111 1111, is it charged?"), says: /1 card/ },
    { what: "an example that is too long", line: example(0, "pier ".repeat(5000)), says: /1 example exceeds 4096/ },
  ])("$what spoils training: exit 1", async ({ line, says }) => {
    writeExamples(60, line);
    const run = await data("check");
    expect(run.exitCode).toBe(1);
    const { verdict } = run.rows[0] as unknown as { verdict: { isReady: boolean; mustFix: string[] } };
    expect(verdict.isReady).toBe(false);
    expect(verdict.mustFix.join("; ")).toMatch(says);
  });

  test("holds answers to a schema", async () => {
    writeExamples(20, example(1, "Who?", '{"ferry": 3}'), example(2, "Where to?", '{"ferry": "east"}'));
    project.write("schema.json", '{"type":"object","properties":{"ferry":{"type":"string"}}}');
    const run = await data("check", "--schema", project.path("schema.json"));
    const { problems } = run.rows[0] as unknown as { problems: { line: number; message: string }[] };
    expect(problems).toHaveLength(21);
    expect(problems.at(-1)).toEqual({ line: 21, message: "the answer breaks the schema: /ferry must be string" });
  });
});

describe("data mask", () => {
  test("writes a copy and leaves the original", async () => {
    writeExamples(
      12,
      example(1, "I am mara@harbour.example, call +49 30 901820"),
      example(2, "Mara@harbour.example again"),
    );
    const before = readFileSync(project.path("examples.jsonl"));
    const run = await data("mask");
    expect(run.rows[0]).toMatchObject({
      masked: "examples.masked.jsonl",
      examples: 14,
      counts: { email: { replaced: 2, distinct: 1 }, phone: { replaced: 1, distinct: 1 } },
      changedLines: [13, 14],
    });
    expect(readFileSync(project.path("examples.jsonl"))).toEqual(before);
    expect(linesOf("examples.masked.jsonl")[12]).toContain("I am [EMAIL_1], call [PHONE_1]");
    expect(linesOf("examples.masked.jsonl").slice(0, 12)).toEqual(linesOf("examples.jsonl").slice(0, 12));
    expect((await data("mask", "--out", project.path("examples.jsonl"), "--force")).exitCode).toBe(2);
    expect(readFileSync(project.path("examples.jsonl"))).toEqual(before);
  });
});

describe("data split", () => {
  test("writes both parts, all lines once, and overwrites only when told to", async () => {
    writeExamples(100);
    const run = await data("split");
    expect(run.rows[0]).toMatchObject({
      training: { file: "examples.train.jsonl", examples: 88 },
      heldOut: { share: 0.12 },
    });
    const parts = [...linesOf("examples.train.jsonl"), ...linesOf("examples.held-out.jsonl")];
    expect(parts.toSorted()).toEqual(linesOf("examples.jsonl").toSorted());
    const again = await data("split");
    expect([again.exitCode, again.stderr]).toEqual([2, expect.stringContaining("--force")]);
    expect((await data("split", "--force", "--seed", "2")).exitCode).toBe(0);
    expect((await data("split", "--force", "--held-out", "0.5")).exitCode).toBe(2);
  });
});

describe("data export", () => {
  test("reports a bad row, and leaves it out only when told to", async () => {
    writeExamples(12, '{"messages":[]}');
    const refused = await data("export", "--format", "openai");
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringMatching(/line 13.*--skip-bad/)]);
    expect(existsSync(project.path("examples.openai.jsonl"))).toBe(false);
    const run = await data("export", "--format", "openai", "--skip-bad");
    expect(run.rows[0]).toMatchObject({ exported: "examples.openai.jsonl", rows: 12, leftOut: [{ line: 13 }] });
    expect(linesOf("examples.openai.jsonl")).toEqual(linesOf("examples.jsonl").slice(0, 12));
  });

  test("refuses what the service would refuse", async () => {
    writeExamples(9);
    expect((await data("export", "--format", "openai")).stderr).toMatch(/no fewer than 10/);
    expect((await data("export", "--format", "trl")).exitCode).toBe(0);
    expect((await data("export", "--format", "csv")).exitCode).toBe(2);
    expect((await data("export")).exitCode).toBe(2);
  });
});

test.each([["shuffle"], ["check", "nowhere.jsonl"], []])("misuse is one line: %s", async (...args) => {
  const run = await assay(
    "data",
    ...args.filter((arg) => arg !== undefined),
    ...(args.length > 1 ? ["--project", project.directory] : []),
  );
  expect(run.exitCode).toBe(args.length > 1 ? 1 : 2);
  expect(run.stderr.trim().split("\n").length).toBeLessThanOrEqual(2);
});
