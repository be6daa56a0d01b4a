// The driver against a worker that speaks the protocol and goes wrong on demand: killed on either side, it goes on and loses nothing.
import { spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { silentProgress } from "../../core/progress.ts";
import type { Trainer, TuningJob } from "../../core/training.ts";
import type { EngineCommand } from "./engine-command.ts";
import { type LocalSettings, localTrainer } from "./local-trainer.ts";
import { logFile, readWorkerLog } from "./worker-log.ts";
import { lastSession } from "./worker-story.ts";

/** Processes are started and waited for: on a busy machine that takes its time. */
vi.setConfig({ testTimeout: 120_000 });

const script = fileURLToPath(new URL("../../testing/fake-training-worker.mjs", import.meta.url));
const settings: LocalSettings = { device: "cpu", batchSize: 4, maxLength: 128, patience: 3 };
const engine = { name: "fake", version: "1", script: "none", packages: [], install: "nothing", check() {} };

const started = (faults: object): EngineCommand => ({
  command: process.execPath,
  args: [script],
  environment: { ASSAY_FAKE_WORKER: JSON.stringify(faults) },
  label: "fake worker",
});

const trainer = (faults: object = {}): Trainer => localTrainer(engine, settings, async () => started(faults));

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "assay-worker-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const job = (steps = 10): TuningJob => ({
  method: "sft",
  settings: { base: "hub/base", weights: "lora", budget: { steps }, seed: 1 },
  examples: Array.from({ length: 12 }, (_, at) => ({
    messages: [
      { role: "user", content: `question ${at}` },
      { role: "assistant", content: `answer ${at}` },
    ],
  })),
  heldOut: [],
  directory,
});

const train = (faults: object = {}, signal?: AbortSignal, steps = 10) =>
  trainer(faults).train(job(steps), { progress: silentProgress, ...(signal ? { signal } : {}) });

const curve = () =>
  trainer()
    .events(directory)
    .flatMap((event) => (event.type === "step" ? [event.loss] : []));

/** What an unbroken run tells. */
const unbroken = Array.from({ length: 10 }, (_, at) => 4 * Math.exp(-(at + 1) / 10) + 0.1);

test("a run tells its curve and gives weights that can be found", async () => {
  const result = await train();
  expect(result).toMatchObject({ reason: "budget", steps: 10, resumedFromStep: 0, origin: { base: "hub/base" } });
  expect(result.weights).toEqual({ kind: "adapter", path: "adapter", sha256: "0".repeat(64) });
  expect(curve()).toEqual(unbroken);
});

describe("a worker that dies", () => {
  test("by kill -9 is told as what it mostly is, and its run goes on from the checkpoint", async () => {
    await expect(train({ diesAt: 7 })).rejects.toMatchObject({
      code: "out-of-memory",
      message: expect.stringContaining("at step 7"),
    });
    const result = await train();
    expect(result.resumedFromStep).toBe(6);
    expect(curve()).toEqual(unbroken);
  });

  test("in the middle of a line leaves a log that still reads", async () => {
    await expect(train({ cutsLineAt: 5, diesAt: 5 })).rejects.toMatchObject({ code: "out-of-memory" });
    expect((await train()).resumedFromStep).toBe(4);
    expect(curve()).toEqual(unbroken);
  });

  test.each([
    ["out-of-memory", "out-of-memory"],
    ["no-cuda", "no-device"],
    ["driver", "no-device"],
    ["missing-package", "missing-package"],
    ["bad-base", "bad-input"],
    ["a word of a later worker", "internal"],
  ])("of %s says so in its own words, with the next command", async (code, expected) => {
    await expect(train({ failsAt: 3, code })).rejects.toMatchObject({
      code: expected,
      message: "it went wrong",
      remedy: "do less, then: assay tune resume",
    });
    expect((await train()).reason).toBe("budget");
  });

  test("before it can write a log is heard all the same", async () => {
    const refuses = { code: "already-running", message: "another worker trains this very run", advice: "wait" };
    await expect(train({ refuses })).rejects.toMatchObject({ code: "state-in-use", message: refuses.message });
  });

  test("because there is no such program is told what to install", async () => {
    const absent = localTrainer(engine, settings, async () => ({ ...started({}), command: "/nowhere/python" }));
    await expect(absent.train(job(), { progress: silentProgress })).rejects.toMatchObject({
      code: "missing-package",
      remedy: expect.stringContaining("uv"),
    });
  });
});

describe("a parent that dies", () => {
  test("is followed by one that joins the worker: no second one is started", async () => {
    const orphan = orphanedWorker({ stepMs: 60 });
    await until(() => readWorkerLog(directory).length > 3);
    const result = await train({ refuses: { code: "internal", message: "a second worker was started", advice: "" } });
    expect(result).toMatchObject({ reason: "budget", steps: 10, resumedFromStep: 0 });
    expect(curve()).toEqual(unbroken);
    expect(hellos()).toBe(1);
    await orphan;
  });

  test("and whose worker ended meanwhile has its result found, and nothing trained again", async () => {
    await orphanedWorker({});
    const result = await train({ refuses: { code: "internal", message: "a second worker was started", advice: "" } });
    expect(result).toMatchObject({ reason: "budget", steps: 10 });
    expect(hellos()).toBe(1);
  });

  test("and whose worker died too is followed by one that starts anew from the checkpoint", async () => {
    await orphanedWorker({ diesAt: 5 });
    expect((await train()).resumedFromStep).toBe(4);
    expect(curve()).toEqual(unbroken);
  });

  test("leaves a worker that `cancel` can stop, and `resume` go on from", async () => {
    const orphan = orphanedWorker({ stepMs: 400 });
    await until(() => readWorkerLog(directory).length > 3);
    await trainer().stopLeftover?.(directory);
    await orphan;
    expect(lastSession(readWorkerLog(directory))?.ended).toMatchObject({ reason: "cancelled" });
    expect((await train()).resumedFromStep).toBeGreaterThan(0);
    expect(curve()).toEqual(unbroken);
  });
});

test("an abort has the worker save and stop", async () => {
  const stop = new AbortController();
  const running = train({ stepMs: 400 }, stop.signal);
  await until(() => curve().length > 1);
  stop.abort();
  const result = await running;
  expect(result).toMatchObject({ reason: "cancelled" });
  expect(result.weights).toBeUndefined();
  expect((await train()).resumedFromStep).toBe(result.steps);
  expect(curve()).toEqual(unbroken);
});

test("a process that took the dead worker's number is not taken for it", async () => {
  await expect(train({ diesAt: 3 })).rejects.toThrow();
  const hello = { v: 1, type: "hello", at: 1, engine: "fake", pid: process.pid, versions: {}, resumedFromStep: 2 };
  appendFileSync(logFile(directory), `${JSON.stringify(hello)}\n`);
  expect((await train()).reason).toBe("budget");
});

test("each answer of a conversation is a row of its own; a preference is one row", async () => {
  const turns = ["a", "b"].flatMap((name) => [
    { role: "user" as const, content: `ask ${name}` },
    { role: "assistant" as const, content: `say ${name}` },
  ]);
  const first = { messages: turns };
  const examples = [first, ...job().examples.slice(1)];
  await trainer().train({ ...job(), examples }, { progress: silentProgress });
  const rows = readFileSync(join(directory, "train.jsonl"), "utf8").trim().split("\n");
  expect(rows.slice(0, 2).map((row) => JSON.parse(row))).toEqual([
    { prompt: turns.slice(0, 1), completion: turns.slice(1, 2), example: 0 },
    { prompt: turns.slice(0, 3), completion: turns.slice(3), example: 0 },
  ]);
  expect(rows).toHaveLength(13);
});

/** As a parent that was killed leaves it: its stdin at an end, its stdout read by nobody. Resolves when it is gone. */
async function orphanedWorker(faults: object): Promise<void> {
  // Writes the job's files, and goes no further.
  const none = localTrainer(engine, settings, () => Promise.reject(new Error("no worker yet")));
  await none.train(job(), { progress: silentProgress }).catch(() => undefined);
  const { command, args, environment } = started(faults);
  const child = spawn(command, [...args, "--job", join(directory, "job.json")], {
    stdio: "ignore",
    detached: true,
    env: { ...process.env, ...environment },
  });
  await new Promise((done) => child.on("exit", done));
}

const hellos = () => readWorkerLog(directory).filter(({ type }) => type === "hello").length;

async function until(fits: () => boolean): Promise<void> {
  const giveUp = Date.now() + 60_000;
  while (!(existsSync(directory) && fits())) {
    if (Date.now() > giveUp) throw new Error("it did not come to pass in time");
    await wait(10);
  }
}
