// The trainers of this machine from the command line, with a stand-in for Python: it starts a worker that speaks the protocol and trains
// nothing. What it "trained" is answered by a server that says which weights answered.
import { spawn } from "node:child_process";
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { ComparedApproach } from "../src/core/comparison.ts";
import { type LoraWireServer, loraWireServer } from "../src/testing/lora-wire-server.ts";
import { readWorkerLog } from "../src/tuning/local/worker-log.ts";
import { assay } from "./command-line.ts";
import { type FerryProject, ferryProject } from "./ferry-project.ts";

const root = resolve(import.meta.dirname, "..");
const worker = join(root, "src/testing/fake-training-worker.mjs");
const versions = '{"torch":"2","transformers":"5","peft":"0","trl":"1","accelerate":"1","datasets":"5"}';

/** Processes are started and waited for: on a busy machine that takes its time. */
vi.setConfig({ testTimeout: 120_000 });

let project: FerryProject;
let server: LoraWireServer;

const chat = (question: string, answer: string) => ({
  messages: [
    { role: "user", content: question },
    { role: "assistant", content: answer },
  ],
});
const lines = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const many = (make: (at: number) => object) => lines(Array.from({ length: 40 }, (_, at) => make(at)));

beforeEach(async () => {
  project = ferryProject();
  server = await loraWireServer({ server: "vllm", base: "acme", loadsAtRuntime: true });
  project.write(
    "examples.jsonl",
    many((at) => chat(`Pier ${at}, boat ${at * 7}?`, `{"pier":${at}}`)),
  );
  project.write(
    "raft.jsonl",
    many((at) => chat(`Passage ${at * 3}. Which?`, `Boat ${at * 5} [1].`)),
  );
  project.write(
    "preferences.jsonl",
    many((at) => ({ prompt: `Quay ${at * 11}?`, chosen: `${at}`, rejected: "no" })),
  );
  const python = project.path("python");
  writeFileSync(
    python,
    `#!/bin/sh\nif [ "$1" = "-c" ]; then echo '${versions}'; exit; fi\nshift\nexec "${process.execPath}" "${worker}" "$@"\n`,
  );
  chmodSync(python, 0o755);
  configure({});
});
afterEach(async () => {
  delete process.env["ASSAY_FAKE_WORKER"];
  await server.close();
  project.remove();
});

function configure(local: object): void {
  const config = {
    generator: "vllm/acme",
    providers: { vllm: { baseUrl: `${server.origin}/v1` } },
    tuning: {
      base: "acme/llama-1b",
      local: { python: project.path("python"), ...local },
      serve: { engine: "vllm", baseUrl: server.origin },
    },
  };
  project.write("assay.config.json", JSON.stringify(config));
}

type Tuning = { id: string; status: string; directory: string; result?: Record<string, unknown> };
const run = async (...args: readonly string[]) => {
  const { exitCode, rows, stderr } = await assay("tune", ...args, "--project", project.directory, "--json");
  return { exitCode, stderr, row: rows[0] as unknown as { tuning: Tuning; plan: Record<string, unknown> } };
};
const train = (...more: readonly string[]) => run("--trainer", "trl", "--steps", "6", ...more);

test("a plan tells tokens, memory and the engine that was found, and starts nothing", async () => {
  const { row } = await train("--dry-run");
  expect(row.plan).toMatchObject({ trainer: "trl", cost: { status: "priced", usd: 0 } });
  expect(row.plan["tokensPerEpoch"]).toBeGreaterThan(100);
  expect(row.plan["notes"]).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^engine: .*python with torch 2, transformers 5/),
      expect.stringMatching(/^memory: unknown until the base is here; .* GiB/),
    ]),
  );
  expect(existsSync(join(project.directory, ".assay/tunings"))).toBe(false);
});

test("base and tuned model are both scored, each by its own weights; hybrid and raft too", async () => {
  const sft = (await train()).row.tuning;
  const raft = (await train("--method", "raft", "--weights", "qlora")).row.tuning;
  expect([sft.status, raft.status]).toEqual(["succeeded", "succeeded"]);
  const names = ["prompt-only", "rag", "fine-tuned", "hybrid", "raft"];
  const compared = await assay("compare", "--approaches", names.join(), "--project", project.directory, "--json");
  const { approaches } = compared.rows[0] as unknown as { approaches: ComparedApproach[] };
  for (const name of names) {
    expect(approaches.find((one) => one.name === name)).toMatchObject({ status: "scored" });
  }
  const asked = server.requests.flatMap(({ path, body }) => {
    if (path !== "/v1/chat/completions") return [];
    return [
      `${(body as { model: string }).model}${JSON.stringify(body).includes("<passage") ? ", with passages" : ""}`,
    ];
  });
  expect(new Set(asked)).toEqual(
    new Set([
      "acme",
      "acme, with passages",
      `assay-${sft.id}`,
      `assay-${sft.id}, with passages`,
      `assay-${raft.id}, with passages`,
    ]),
  );
  const answered = await assay("ask", "Boat?", "--approach", "fine-tuned", "--project", project.directory, "--json");
  expect(answered.rows[0]).toMatchObject({ text: `the adapter of ${join(sft.directory, "model/adapter")}` });
});

test("preferences are a method of trl alone", async () => {
  expect((await train("--method", "dpo")).row.tuning).toMatchObject({ status: "succeeded", method: "dpo" });
  const mlx = await run("--trainer", "mlx", "--method", "dpo");
  expect(mlx.exitCode).toBe(2);
  expect(mlx.stderr).toContain("assay tune --method dpo --trainer trl");
});

describe("what goes wrong is a line, and the state is kept", () => {
  const faulty = (faults: object) => {
    process.env["ASSAY_FAKE_WORKER"] = JSON.stringify(faults);
  };

  test.each([
    ["out-of-memory", 1],
    ["no-cuda", 1],
    ["bad-base", 1],
  ])("%s", async (code, exitCode) => {
    faulty({ failsAt: 3, code });
    const failed = await train();
    expect(failed.exitCode).toBe(exitCode);
    expect(failed.stderr).toContain("it went wrong → do less, then: assay tune resume");
    expect((await run("status")).row.tuning.status).toBe("failed");
    faulty({});
    expect((await run("resume")).row.tuning).toMatchObject({ status: "succeeded", result: { resumedFromStep: 2 } });
  });

  test("no CUDA where it is demanded, no Python where it is named, a base that is not there", async () => {
    configure({ python: "/nowhere/python" });
    const absent = await train();
    expect([absent.exitCode, absent.stderr]).toEqual([2, expect.stringContaining("correct tuning.local.python")]);
    configure({});
    const nothing = await train("--base", "docs");
    expect([nothing.exitCode, nothing.stderr]).toEqual([1, expect.stringContaining("no Hugging Face model directory")]);
    const unnamed = await run("--trainer", "trl", "--from", "none");
    expect(unnamed.exitCode).toBe(1);
  });
});

test("a command that is killed leaves a worker that the next one joins, and a worker that `cancel` stops", async () => {
  const environment = { ...process.env, ASSAY_FAKE_WORKER: '{"stepMs":500}' };
  const args = ["tune", "--trainer", "trl", "--steps", "40", "--project", project.directory];
  const parent = spawn(process.execPath, [join(root, "bin/assay.mjs"), ...args], { env: environment, stdio: "ignore" });
  const folder = () => readdirOf(project.path(".assay/tunings"));
  await until(() => folder() !== undefined && readWorkerLog(join(folder()!, "model")).length > 4);
  parent.kill("SIGKILL");
  await new Promise((done) => parent.on("exit", done));
  const model = join(folder()!, "model");
  const told = readWorkerLog(model).length;
  expect((await run("status")).row.tuning.status).toBe("interrupted");
  await until(() => readWorkerLog(model).length > told + 2);
  expect((await run("cancel")).row.tuning.status).toBe("cancelled");
  await until(() => readWorkerLog(model).at(-1)?.type === "done");
  const resumed = (await run("resume")).row.tuning;
  expect(resumed.status).toBe("succeeded");
  expect(resumed.result!["resumedFromStep"]).toBeGreaterThan(2);
  expect(JSON.parse(readFileSync(join(model, "tuned.json"), "utf8"))).toMatchObject({ base: "acme/llama-1b" });
});

function readdirOf(parent: string): string | undefined {
  if (!existsSync(parent)) return undefined;
  const [id] = readdirSync(parent);
  return id === undefined ? undefined : join(parent, id);
}

async function until(fits: () => boolean): Promise<void> {
  const giveUp = Date.now() + 60_000;
  while (!fits()) {
    if (Date.now() > giveUp) throw new Error("it did not come to pass in time");
    await wait(20);
  }
}
