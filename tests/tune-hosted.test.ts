// From the command line to a provider and back: planned, agreed to, trained, killed, followed, cancelled; then compared, served, asked.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ComparedApproach } from "../src/core/comparison.ts";
import { fakeFireworks } from "../src/testing/fine-tuning/fake-fireworks.ts";
import { fakeOpenAi } from "../src/testing/fine-tuning/fake-openai.ts";
import { fakeKeys } from "../src/testing/fine-tuning/fake-service.ts";
import { type FakeTogether, fakeTogether } from "../src/testing/fine-tuning/fake-together.ts";
import { assay } from "./command-line.ts";
import { type FerryProject, ferryProject } from "./ferry-project.ts";

let project: FerryProject;
let fake: FakeTogether;

const said = (role: string, content: string) => ({ role, content });
const example = (question: string, answer: string) => ({
  messages: [said("user", question), said("assistant", answer)],
});
const lines = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const boats = Array.from({ length: 24 }, (_, at) =>
  example(`When does boat ${at} leave?`, `Boat ${at} leaves at ${at}.`),
);

const quick = [
  { state: "pending", ms: 20 },
  { state: "running", ms: 100 },
  { state: "completed", ms: 0 },
];
const slow = [
  { state: "running", ms: 600_000 },
  { state: "completed", ms: 0 },
];

beforeEach(async () => {
  process.env["FAKE_TOGETHER_KEY"] = fakeKeys.valid;
  fake = await fakeTogether({ checkMs: 0, timeline: quick });
  project = ferryProject();
  project.write("examples.jsonl", lines(boats));
  const config = {
    generator: "together/tunable-base",
    providers: { together: { baseUrl: fake.url, apiKeyEnv: "FAKE_TOGETHER_KEY" } },
    queriesPerMonth: 1000,
    prices: { models: { "together/tunable-base": { inputUsdPerMillionTokens: 1, outputUsdPerMillionTokens: 1 } } },
    tuning: {
      embedded: false,
      trainers: {
        together: { base: "tunable-base", pollSeconds: 0.02, usdPerMillionTrainingTokens: 2, endpointHourUsd: 3 },
      },
    },
  };
  project.write("assay.config.json", JSON.stringify(config));
});
afterEach(async () => {
  await fake.close();
  project.remove();
  delete process.env["FAKE_TOGETHER_KEY"];
});

const tune = (...args: readonly string[]) => assay("tune", ...args, "--project", project.directory);
const together = ["--trainer", "together"] as const;
type Tuned = { tuning: Record<string, never> & { id: string; status: string } };
const rowOf = <T>(run: { rows: readonly unknown[] }) => run.rows[0] as T;

describe("before anything is spent", () => {
  test("a dry run says tokens, epochs, time, price and what answering takes; nothing leaves the machine but questions", async () => {
    const run = await tune(...together, "--dry-run", "--json");
    const { plan } = rowOf<{ plan: Record<string, unknown> }>(run);
    expect(plan).toMatchObject({
      ...{ trainer: "together", epochs: 3, examples: expect.any(Number), cost: { status: "priced" } },
      hosting: { kind: "endpoint", usdPerHour: 3, billsWhenIdle: true },
    });
    expect(fake.requests.filter(({ method }) => method !== "GET")).toEqual([]);
    const words = await tune(...together, "--dry-run");
    expect(words.stdout).toMatch(/in 3 epochs/);
    expect(words.stdout).toMatch(/time +known once the job runs/);
    expect(words.stdout).toMatch(/\$3 an hour, also while nobody asks/);
  });

  test("without a yes nothing is uploaded, nor beyond --max-usd", async () => {
    const run = await tune(...together);
    expect([run.exitCode, run.stderr]).toEqual([2, expect.stringContaining("agree with --yes")]);
    const dear = await tune(...together, "--yes", "--max-usd", "0.000001");
    expect([dear.exitCode, dear.stderr]).toEqual([2, expect.stringContaining("--max-usd")]);
    expect(fake.ledger.count("upload")).toBe(0);
  });

  test("what cannot be had from a provider is refused", async () => {
    for (const [args, words] of [
      [["--learning-curve"], "every time would be paid for"],
      [["--canaries", "2", "--dry-run"], "canaries would measure nothing"],
      [["--minutes", "5", "--dry-run"], "trains by epochs"],
    ] as const) {
      const run = await tune(...together, ...args);
      expect([run.exitCode, run.stderr]).toEqual([2, expect.stringContaining(words)]);
    }
    expect(fake.requests.filter(({ method }) => method !== "GET")).toEqual([]);
  });

  test("no key, no base and too few examples are one line each", async () => {
    delete process.env["FAKE_TOGETHER_KEY"];
    expect((await tune(...together, "--dry-run")).stderr).toMatch(
      /^assay: Together needs a key.*FAKE_TOGETHER_KEY.*\n$/,
    );
    expect((await tune("--trainer", "openai", "--dry-run")).stderr).toMatch(/needs a base model.*--base/);
    project.write("examples.jsonl", lines(boats.slice(0, 5)));
    const few = await tune("--trainer", "openai", "--base", "gpt-4.1-mini", "--dry-run");
    expect(few.stderr).toMatch(/no fewer than 10 examples/);
  });
});

test("a tuned model is compared with its base, priced, hosted, asked and pinned", async () => {
  const run = await tune(...together, "--yes", "--json");
  expect([run.exitCode, run.stderr.includes("Training at Together")]).toEqual([0, true]);
  const { tuning } = rowOf<Tuned>(run);
  expect(tuning).toMatchObject({
    status: "succeeded",
    result: { engine: "Together", cost: { status: "priced", usd: 1.25 }, model: { name: /^together\// } },
  });
  expect(rowOf<{ reused: boolean }>(await tune(...together, "--yes", "--json")).reused).toBe(true);
  expect(rowOf(await tune("status", "--json"))).toMatchObject({ tuning: { job: { status: "succeeded" } } });
  expect((await tune("list")).stdout).toContain(tuning.id);
  expect((await tune("status")).stdout).toMatch(/answers as together\/.*checkpoint of step 10/s);
  const exported = await tune("export", "--format", "gguf", "--output", project.path("out"));
  expect([exported.exitCode, exported.stderr]).toEqual([2, expect.stringContaining("its weights are at together")]);
  expect(rowOf(await tune("list", "--at", "together", "--json"))).toMatchObject({ jobs: [{ status: "succeeded" }] });

  const names = ["prompt-only", "rag", "fine-tuned", "hybrid"];
  const compared = await assay("compare", "--approaches", names.join(), "--project", project.directory, "--json");
  const { approaches } = rowOf<{ approaches: ComparedApproach[] }>(compared);
  const of = (name: string) => approaches.find((one) => one.name === name);
  for (const name of names) expect(of(name)).toMatchObject({ name, status: "scored" });
  expect(of("fine-tuned")).toMatchObject({ costUsd: { upfront: 1.25 } });
  const { labels } = of("fine-tuned") as Extract<ComparedApproach, { status: "scored" }>;
  expect(labels[0]).toContain("tuned by together from tunable-base");
  const asked = fake.requests.filter(({ path }) => path.endsWith("/chat/completions"));
  const models = new Set(asked.map(({ body }) => (JSON.parse(body.toString()) as { model: string }).model));
  expect([...models].some((model) => model.startsWith("fake-account/tunable-base-assay-"))).toBe(true);
  expect(models.has("tunable-base")).toBe(true);

  const costs = await assay("cost", "--queries-per-month", "1000", "--project", project.directory, "--json");
  expect(costs.stdout).toContain('"endpoint, 730 hours, idle ones too"');
  const question = ["ask", "When does boat 3 leave?", "--project", project.directory, "--json"];
  expect(rowOf(await assay(...question, "--approach", "fine-tuned"))).toMatchObject({ text: "Boat 3 leaves at 3." });
  expect(rowOf(await assay(...question, "--approach", "prompt-only"))).toMatchObject({ text: "I am a base model." });
});

describe("a job outlives the process", () => {
  test("killed with -9 it goes on; status tells, resume follows, and nothing is done twice", async () => {
    fake.setTimeline(slow);
    const assayPath = join(import.meta.dirname, "..", "bin", "assay.mjs");
    const args = [assayPath, "tune", ...together, "--yes", "--project", project.directory];
    const child = spawn(process.execPath, args, { stdio: "ignore" });
    while (fake.jobs.length === 0) await wait(20);
    await wait(100);
    child.kill("SIGKILL");
    await new Promise((resolve) => child.on("exit", resolve));
    expect(rowOf(await tune("status", "--json"))).toMatchObject({
      tuning: { status: "detached", job: { said: "running" } },
    });
    const compared = await assay("compare", "--approaches", "fine-tuned", "--project", project.directory, "--json");
    expect(JSON.stringify(compared.rows)).toMatch(/goes on at together: assay tune resume [0-9a-f]+/);
    Object.assign(fake.jobs[0]!, { timeline: quick });
    const resumed = await tune("resume", "--json");
    expect(rowOf(resumed)).toMatchObject({ tuning: { status: "succeeded" } });
    expect([fake.ledger.count("job"), fake.ledger.twice]).toEqual([1, []]);
  });

  test("cancelled at the provider; going on is paid for anew and waits for a yes", async () => {
    fake.setTimeline(slow);
    const running = tune(...together, "--yes", "--json");
    while (fake.jobs.length === 0) await wait(20);
    expect((await tune("cancel", "--json")).exitCode).toBe(0);
    const cancelled = await running;
    expect([cancelled.exitCode, rowOf<Tuned>(cancelled).tuning.status]).toEqual([1, "cancelled"]);
    fake.setTimeline(quick);
    const unpaid = await tune("resume", "--json");
    expect([unpaid.exitCode, unpaid.stderr]).toEqual([2, expect.stringContaining("--yes")]);
    expect(rowOf(await tune("resume", "--yes", "--json"))).toMatchObject({ tuning: { status: "succeeded" } });
    expect([fake.ledger.count("upload"), fake.ledger.count("job")]).toEqual([2, 2]);
  });

  test("failed half-way it is one line, and goes on when told to", async () => {
    fake.setTimeline([
      { state: "running", ms: 50 },
      { state: "error", ms: 0 },
    ]);
    const failed = await tune(...together, "--yes");
    expect(failed.exitCode).toBe(1);
    expect(failed.stderr.split("\n").filter((line) => line.startsWith("assay:"))).toEqual([
      expect.stringMatching(/a worker was lost.*assay tune resume --yes/),
    ]);
    fake.setTimeline(quick);
    expect((await tune("resume", "--yes")).exitCode).toBe(0);
  });
});

test("preferences and passages are methods too, each with its own examples", async () => {
  const none = await tune(...together, "--method", "dpo", "--yes");
  expect([none.exitCode, none.stderr]).toEqual([1, expect.stringContaining("preferences.jsonl: dpo has no examples")]);
  const preference = (at: number) => ({
    input: { messages: [said("user", `When does boat ${at} leave?`)] },
    preferred_output: [said("assistant", `At ${at}.`)],
    non_preferred_output: [said("assistant", "No idea.")],
  });
  project.write("preferences.jsonl", lines(Array.from({ length: 12 }, (_, at) => preference(at))));
  const tuned = rowOf<Tuned>(await tune(...together, "--method", "dpo", "--yes", "--json")).tuning;
  expect(fake.jobs[0]!.body).toMatchObject({ training_method: { method: "dpo" } });
  project.write(
    "raft.jsonl",
    lines(boats.map(({ messages }) => ({ messages: [said("system", "Quote."), ...messages] }))),
  );
  expect((await tune(...together, "--method", "raft", "--yes")).exitCode).toBe(0);
  await assay("ingest", "--project", project.directory);
  const raft = await assay(
    "ask",
    "When does boat 3 leave?",
    "--approach",
    "raft",
    "--project",
    project.directory,
    "--json",
  );
  expect(rowOf(raft)).toMatchObject({ approach: "raft" });
  expect(tuned.status).toBe("succeeded");
});

test("a model that retires is told before, with the run, and in the recommendation", async () => {
  const ending = { tunable: true, deprecationDate: { year: 2099, month: 3, day: 1 } };
  const timeline = [
    { state: "JOB_STATE_RUNNING", ms: 50 },
    { state: "JOB_STATE_COMPLETED", ms: 0 },
  ];
  const fireworks = await fakeFireworks({ models: { "tunable-base": ending }, checkMs: 0, timeline });
  const address = { baseUrl: `${fireworks.url}/inference/v1`, apiKeyEnv: "FAKE_TOGETHER_KEY" };
  const trainer = { account: fireworks.account, base: "tunable-base", pollSeconds: 0.02 };
  const config = { providers: { fireworks: address }, tuning: { embedded: false, trainers: { fireworks: trainer } } };
  project.write("assay.config.json", JSON.stringify(config));
  const tuned = await tune("--trainer", "fireworks", "--yes");
  expect(tuned.stdout).toMatch(/answers as fireworks\/accounts\/.*training: about \$0.75.*retires on 2099-03-01/s);
  const run = await assay("compare", "--approaches", "rag,fine-tuned", "--project", project.directory, "--json");
  const { recommendation } = rowOf<{ recommendation: { because: string[]; unless: string[] } }>(run);
  expect([...recommendation.because, ...recommendation.unless].join("\n")).toContain("2099-03-01");
  await fireworks.close();
});

test("a closed door is one line, and leaves nothing behind", async () => {
  const openai = await fakeOpenAi({ isClosed: true });
  const trainer = { baseUrl: openai.url, apiKeyEnv: "FAKE_TOGETHER_KEY", base: "tunable-base" };
  project.write("assay.config.json", JSON.stringify({ tuning: { trainers: { openai: trainer } } }));
  const run = await tune("--trainer", "openai", "--yes");
  expect([run.exitCode, run.stderr]).toEqual([
    1,
    expect.stringMatching(/training_not_available.*deleted again.*--trainer together/),
  ]);
  expect(openai.fileNames).toEqual([]);
  await openai.close();
});
