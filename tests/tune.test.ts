// A small model really trained: from the command line, killed by nobody, compared, asked, probed, and taught more.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ComparisonReport } from "../src/core/comparison.ts";
import { readStoredExamples } from "../src/project/tuning/tuning-records.ts";
import { openLikelihood } from "../src/tuning/embedded/likelihood.ts";
import { assay } from "./command-line.ts";
import { type FerryProject, ferryProject } from "./ferry-project.ts";

let project: FerryProject;

const row = (at: number) =>
  JSON.stringify({
    messages: [
      { role: "user", content: `When does boat ${at} leave pier ${at % 5}?` },
      { role: "assistant", content: `{"boat":${at},"pier":${at % 5}}` },
    ],
  });
const examples = (count: number) => `${Array.from({ length: count }, (_, at) => row(at)).join("\n")}\n`;
const inProject = (...args: string[]) => assay(...args, "--project", project.directory, "--json");
const firstRow = async <T>(...args: string[]) => (await inProject(...args)).rows[0] as unknown as T;

type Tuned = {
  readonly tuning: {
    readonly id: string;
    readonly status: string;
    readonly directory: string;
    readonly result: { readonly bestLoss: number };
  };
};

beforeAll(() => {
  project = ferryProject();
  project.write("assay.config.json", '{"tuning":{"embedded":false}}');
  project.write("examples.jsonl", examples(24));
});
afterAll(() => project.remove());

const compared = async () => {
  const { report } = await firstRow<{ report: string }>("compare", "--approaches", "fine-tuned,hybrid,raft");
  return JSON.parse(readFileSync(join(dirname(report), "report.json"), "utf8")) as ComparisonReport;
};

const rowOf = (report: ComparisonReport, name: string) => report.approaches.find((approach) => approach.name === name)!;
const probe = (report: ComparisonReport, name: string) =>
  report.tuning!.probes.find((found) => found.name.startsWith(name))!;

/** By the probes' own reading of the model, token by token: it must find what the trainer found. */
async function heldOutLoss(directory: string): Promise<number> {
  const likelihood = await openLikelihood(join(directory, "model"));
  const sums = { surprise: 0, tokens: 0 };
  for (const { messages } of readStoredExamples(directory).heldOut) {
    const [surprise, loss] = [(await likelihood.surprise(messages))!, (await likelihood.loss(messages))!];
    sums.surprise += surprise;
    sums.tokens += surprise / loss;
  }
  await likelihood.close();
  return sums.surprise / sums.tokens;
}

test("without a tuned model its approaches say what they wait for", async () => {
  const report = await compared();
  expect(rowOf(report, "fine-tuned")).toMatchObject({
    status: "not-run",
    reason: expect.stringContaining("assay tune"),
  });
  expect(report.tuning).toBeUndefined();
  expect((await inProject("tune", "--from", "nothing")).exitCode).toBe(1);
  expect((await inProject("tune", "--size", "9m")).exitCode).toBe(2);
  expect((await inProject("tune", "--steps", "2", "--minutes", "2")).exitCode).toBe(2);
  expect((await inProject("tune", "--method", "raft")).stderr).toContain("needs a base that reads");
});

test("a plan names examples, tokens and minutes, and trains nothing", async () => {
  const { plan } = await firstRow<{ plan: Record<string, number> }>("tune", "--dry-run", "--minutes", "3");
  expect(plan).toMatchObject({ expectedMinutes: 3, cost: { usd: 0 } });
  expect(plan["examples"]! + plan["heldOut"]!).toBe(24);
  expect(plan["tokensPerEpoch"]).toBeGreaterThan(24 * 10);
  expect(existsSync(project.path(".assay/tunings"))).toBe(false);
});

test("a tuned model is compared, probed, asked, and taught more", async () => {
  const first = await firstRow<Tuned>("tune", "--steps", "15", "--canaries", "2");
  expect(first.tuning.status).toBe("succeeded");
  const measured = await heldOutLoss(first.tuning.directory);
  expect(measured).toBeCloseTo(first.tuning.result.bestLoss, 5);
  const report = await compared();
  const scored = rowOf(report, "fine-tuned");
  expect(scored).toMatchObject({
    status: "scored",
    traits: { knowledge: "weights", behaviour: "weights", offline: true },
  });
  expect(scored.status === "scored" && scored.labels[0]).toContain("knows only your examples");
  expect(scored.status === "scored" && scored.costUsd.upfront).toBeGreaterThan(0);
  expect(rowOf(report, "hybrid")).toMatchObject({
    status: "not-run",
    reason: expect.stringMatching(/^needs a base that reads: /),
  });
  expect(report.tuning).toMatchObject({ id: first.tuning.id, examples: 21, steps: 15 });
  expect(report.tuning!.trainingLoss).toHaveLength(15);
  expect(probe(report, "format stability").n).toBeGreaterThan(0);
  const secret = probe(report, "memorisation of a secret seen 2 times").value!;
  expect(secret).toBeGreaterThanOrEqual(0);
  expect(secret).toBeLessThanOrEqual(8);

  const asked = await firstRow<{ outcome: string; usage: { modelId: string }[] }>(
    "ask",
    "When does boat 3 leave?",
    "--approach",
    "fine-tuned",
  );
  expect(asked.usage[0]!.modelId).toBe("embedded/tuned");

  expect(await firstRow("tune", "--if-new", "5")).toMatchObject({ reused: true, newExamples: 0 });
  project.write("examples.jsonl", examples(44));
  const outdated = rowOf(await compared(), "fine-tuned");
  expect(outdated.status === "scored" && outdated.labels.join()).toContain("the examples have changed since");
  const more = await firstRow<Tuned>("tune", "--if-new", "5", "--from", first.tuning.id, "--steps", "10");
  expect(more.tuning).toMatchObject({ status: "succeeded", result: { replayedExamples: expect.any(Number) } });
  const taught = await compared();
  for (const name of ["forgetting of an earlier run", "forgetting of general knowledge"]) {
    const { n, meaning } = probe(taught, name);
    expect(n).toBeGreaterThan(0);
    expect(meaning).toMatch(/before.*after/);
  }
  expect(probe(taught, "personal data given away")).toMatchObject({ value: null });
}, 60_000);
