// Damage to the derived state: a clear line that names a command, and that command mends it.
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { assay, type CommandRun } from "./command-line.ts";
import { type FerryProject, ferryProject } from "./ferry-project.ts";

let project: FerryProject;
beforeEach(async () => {
  project = ferryProject();
  await inProject("ingest");
});
afterEach(() => project.remove());

const inProject = (...args: string[]) => assay(...args, "--project", project.directory, "--json");
const ask = () => inProject("ask", "How often does the island ferry leave?");

/** The one folder inside `.assay/<kind>`. */
const only = (kind: "index" | "artefacts") => {
  const folder = project.path(join(".assay", kind));
  return join(folder, readdirSync(folder)[0] as string);
};

const damages: readonly { what: string; damage: () => void }[] = [
  { what: "the index folder is gone", damage: () => rmSync(project.path(".assay/index"), { recursive: true }) },
  { what: "the table is gone", damage: () => rmSync(join(only("index"), "chunks.lance"), { recursive: true }) },
  { what: "the index manifest is garbage", damage: () => writeFileSync(join(only("index"), "manifest.json"), "{") },
  { what: "the adapted models are gone", damage: () => rmSync(only("artefacts"), { recursive: true }) },
  { what: "an adapted model is garbage", damage: () => writeFileSync(join(only("artefacts"), "analyser.json"), "{") },
  {
    what: "the embedder's manifest is garbage",
    damage: () => writeFileSync(join(only("artefacts"), "embedder", "manifest.json"), "{"),
  },
];

describe("damaged state", () => {
  test.each(damages)("$what: ask refuses, and the command that it names mends it", async ({ damage }) => {
    damage();
    const refused = await ask();
    expect(refused).toMatchObject({ exitCode: 1, stdout: "" });
    await follow(refused);
    expect((await ask()).stdout).toContain("25 minutes");
  });

  test.each(damages)("$what: doctor --fix mends it", async ({ damage }) => {
    damage();
    const checks = (await inProject("doctor", "--fix")).rows[0]?.["checks"] as unknown as { status: string }[];
    expect(checks.filter(({ status }) => status === "fail")).toEqual([]);
    expect((await ask()).stdout).toContain("25 minutes");
  });
});

test("an index of another embedder answers nothing: the refusal names both and how to re-index, before any call", async () => {
  const before = process.env["OPENAI_API_KEY"];
  process.env["OPENAI_API_KEY"] = "unused";
  project.write("assay.config.json", '{"embedder": "openai/text-embedding-3-small"}');
  const refused = await ask();
  if (before === undefined) delete process.env["OPENAI_API_KEY"];
  else process.env["OPENAI_API_KEY"] = before;
  expect(refused).toMatchObject({ exitCode: 1, stdout: "" });
  expect(refused.stderr).toMatch(
    /the index was built with embedder embedded\/static, the configuration names openai\/text-embedding-3-small.*assay ingest/,
  );
});

test("a file is no project folder, and is left alone", async () => {
  const run = await assay("ingest", "--project", project.path("questions.jsonl"), "--json");
  expect(run.exitCode).toBe(1);
  expect(run.stderr).toContain("no such folder");
});

/** Types the command that the error names. */
async function follow({ stderr }: CommandRun): Promise<void> {
  const command = /→ run `assay ([^`]+)`/.exec(stderr)?.[1];
  expect(command, stderr).toBeDefined();
  await inProject(...(command as string).split(" "));
}
