// Models that meet passages: a base of another format, RAFT with and without one, and the hybrid whose slot a reader fills.
import { existsSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ComparedApproach, ComparisonReport } from "../src/core/comparison.ts";
import { assay } from "./command-line.ts";
import { type FerryProject, ferryProject } from "./ferry-project.ts";

let project: FerryProject;

const boats = Array.from({ length: 20 }, (_, at) => `Boat ${String.fromCharCode(65 + (at % 26))}${at}`);
const row = (at: number) =>
  JSON.stringify({
    messages: [
      { role: "user", content: `Sort this note: boat ${at} is late at pier ${at % 5}` },
      { role: "assistant", content: `{"boat":${at},"pier":${at % 5}}` },
    ],
  });

beforeAll(async () => {
  project = ferryProject();
  project.write("assay.config.json", '{"tuning":{"embedded":false},"retrieval":{"topK":2}}');
  project.write("examples.jsonl", `${Array.from({ length: 36 }, (_, at) => row(at)).join("\n")}\n`);
  const table = boats.map((boat, at) => `| ${boat} | ${100 + at} seats | ${at % 7} crew |`).join("\n");
  project.write("docs/boats.md", `# Boats\n\n| Boat | Seats | Crew |\n|---|---|---|\n${table}\n`);
  expect((await inProject("ingest")).exitCode).toBe(0);
});
afterAll(() => project.remove());

const inProject = (...args: string[]) => assay(...args, "--project", project.directory, "--json");
const firstRow = async <T>(...args: string[]) => (await inProject(...args)).rows[0] as unknown as T;

type Tuned = {
  readonly tuning: {
    readonly id: string;
    readonly status: string;
    readonly notes: readonly string[];
    readonly settings: { readonly force?: true };
    readonly result: { readonly origin: unknown };
  };
};

async function compared(name: string): Promise<ComparedApproach> {
  const { report } = await firstRow<{ report: string }>("compare", "--approaches", name);
  const { approaches } = JSON.parse(readFileSync(`${dirname(report)}/report.json`, "utf8")) as ComparisonReport;
  return approaches.find((approach) => approach.name === name)!;
}

const labelsOf = (approach: ComparedApproach): string =>
  approach.status === "scored" ? approach.labels.join("; ") : "";

const lines = (name: string) =>
  readFileSync(project.path(name), "utf8")
    .trim()
    .split("\n")
    .map(
      (line) => JSON.parse(line) as { messages: { role: string; content: string }[]; raft?: { oracle: number | null } },
    );

test("raft from random weights is refused, and with --force rendered, trained, scored and labelled for what it is", async () => {
  const refused = await inProject("tune", "--method", "raft");
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toContain("needs a base that reads");
  expect(existsSync(project.path("raft.jsonl"))).toBe(false);
  expect(await compared("raft")).toMatchObject({
    status: "not-run",
    reason: expect.stringContaining("needs a base that reads"),
  });

  const { tuning } = await firstRow<Tuned>("tune", "--method", "raft", "--force", "--steps", "60");
  expect(tuning).toMatchObject({ status: "succeeded", settings: { force: true }, result: { origin: "random" } });
  expect(tuning.notes[0]).toMatch(/^raft\.jsonl was rendered from the documents and examples: \d+ rows/);
  const rendered = lines("raft.jsonl");
  // As many passages as are served, in the served words; one in five without the right one, which declines.
  for (const { messages } of rendered) expect(messages.at(-2)!.content.match(/<passage number=/g)).toHaveLength(2);
  const without = rendered.filter(({ raft }) => raft!.oracle === null);
  expect(without.length).toBe(Math.round(0.2 * rendered.length));
  expect(without.every(({ messages }) => messages.at(-1)!.content === "I could not find this in the documents.")).toBe(
    true,
  );
  const asked = JSON.stringify(rendered);
  expect(asked).not.toContain("How often does the island ferry leave?");

  const scored = await compared("raft");
  expect(scored).toMatchObject({ status: "scored", traits: { offline: true } });
  expect(labelsOf(scored)).toContain("knows only your examples");
  expect(labelsOf(scored)).toContain("forced: random weights copy no passage faithfully");
}, 120_000);

test("a base in a Hugging Face directory makes hybrid and raft possible; runs on random weights do not make one", async () => {
  const first = await firstRow<Tuned>("tune", "--steps", "15");
  expect(await compared("hybrid")).toMatchObject({
    status: "not-run",
    reason: expect.stringContaining("assay tune --method slots"),
  });
  const onRandom = await inProject("tune", "--method", "raft", "--from", first.tuning.id);
  expect(onRandom.stderr).toContain("needs a base that reads");
  expect((await inProject("tune", "export", "--format", "huggingface", "--output", project.path("hub"))).exitCode).toBe(
    0,
  );
  // Whoever gives a folder of Hugging Face says that it is a base; where it came from nobody can see. A longer context than it was trained for is asked of it here.
  const config = JSON.parse(readFileSync(project.path("hub/config.json"), "utf8"));
  project.write("hub/config.json", JSON.stringify({ ...config, max_position_embeddings: 2048 }));
  const sft = await firstRow<Tuned>("tune", "--base", "hub", "--steps", "30");
  const raft = await firstRow<Tuned>("tune", "--method", "raft", "--base", "hub", "--weights", "full", "--steps", "60");
  for (const { tuning } of [sft, raft])
    expect(tuning).toMatchObject({ status: "succeeded", result: { origin: { base: "hub" } } });
  for (const name of ["hybrid", "raft"]) {
    const scored = await compared(name);
    expect(scored).toMatchObject({ status: "scored" });
    expect(labelsOf(scored)).toContain("tuned from hub on your examples");
    expect(labelsOf(scored)).not.toContain("forced");
  }
  project.write("hub/config.json", JSON.stringify({ ...config, model_type: "gpt2" }));
  const refused = await inProject("tune", "--base", "hub", "--steps", "2", "--seed", "2");
  expect(refused.exitCode).not.toBe(0);
  expect(refused.stderr).toMatch(/cannot be tuned: its architecture is gpt2/);
}, 180_000);

test("slots: examples with questions that a quote answers, and a hybrid whose facts are the reader's", async () => {
  const other = ferryProject();
  try {
    for (const file of ["assay.config.json", "examples.jsonl", "docs/boats.md"])
      other.write(file, readFileSync(project.path(file), "utf8"));
    const here = (...args: string[]) => assay(...args, "--project", other.directory, "--json");
    expect((await here("ingest")).exitCode).toBe(0);
    const run = await here("tune", "--method", "slots", "--steps", "60");
    const { tuning } = run.rows[0] as unknown as Tuned;
    expect(tuning.notes[0]).toMatch(/^slots\.jsonl was rendered/);
    const slots = readFileSync(other.path("slots.jsonl"), "utf8").trim().split("\n");
    expect(slots.filter((line) => line.includes("<quote/>")).length).toBeGreaterThan(25);
    expect(slots.filter((line) => line.includes("Sort this note"))).toHaveLength(36);
    const { rows } = await here("compare", "--approaches", "hybrid,rag");
    const { approaches } = rows[0] as unknown as { approaches: ComparedApproach[] };
    const hybrid = approaches.find(({ name }) => name === "hybrid")!;
    expect(hybrid).toMatchObject({ status: "scored", traits: { knowledge: "index" } });
    expect(labelsOf(hybrid)).toContain("writes the envelope");
    expect(labelsOf(hybrid)).toContain("fills its slot with quotes");
    const asked = await here("ask", "What is Seats for Boat C2?", "--approach", "hybrid");
    const answer = asked.rows[0] as unknown as { outcome: string; text: string; citations: { verified: true }[] };
    // The envelope of sixty steps may be anything; a slot, where it wrote one, is never left open.
    expect(answer.text).not.toContain("<quote/>");
  } finally {
    other.remove();
  }
}, 120_000);
