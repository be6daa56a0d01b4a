// The workers' side of the protocol, in Python itself: engines/worker_protocol.py under a toy that trains nothing, and both workers
// where their packages are missing. Needs a Python 3 and its standard library.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { messagesIn, readWorkerLog } from "../src/tuning/local/worker-log.ts";

/** Processes are started and waited for: on a busy machine that takes its time. */
vi.setConfig({ testTimeout: 120_000 });

const engines = resolve(import.meta.dirname, "../engines");
const python = "python3";

function hasPython(): boolean {
  try {
    return execFileSync(python, ["--version"], { encoding: "utf8" }).startsWith("Python 3");
  } catch {
    return false;
  }
}

const toy = `
import os, sys, time
sys.path.insert(0, ${JSON.stringify(engines)})
from worker_protocol import WorkerError, converse, read_rows, require

def train(talk, job):
    print("a library prints")
    os.write(1, b"and another writes past Python\\n")
    talk.say("hello", engine="toy", pid=os.getpid(), versions={}, resumedFromStep=0)
    fault = job.get("fault")
    if fault == "memory": raise MemoryError()
    if fault == "typed": raise WorkerError("bad-base", "no such base", "name another")
    if fault == "bug": raise ZeroDivisionError("one\\ntwo")
    if fault == "disk": raise OSError(28, "No space left on device")
    if fault == "packages": require(["json", "no_such_package"], "install it")
    talk.enter("training")
    for step in range(1, job["steps"] + 1):
        if talk.stop_requested.is_set(): break
        talk.step = step
        talk.say("eval", step=step, loss=float("nan"), best=False)
        if talk.checkpoint_requested.is_set():
            talk.checkpoint_requested.clear()
            talk.say("checkpoint", step=step, path="here")
        time.sleep(job.get("pause", 0))
    talk.say("warn", code="end", message="stopped" if talk.stop_requested.is_set() else "whole")

sys.exit(converse(sys.argv[2], train, lambda error: None))
`;

let folder: string;
const running: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "assay-protocol-"));
  writeFileSync(join(folder, "toy.py"), toy);
});
afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

type Worker = { readonly child: ChildProcess; out(): string; readonly ended: Promise<number | null> };

function start(job: object, script = join(folder, "toy.py"), flags: readonly string[] = []): Worker {
  const file = join(folder, "job.json");
  writeFileSync(file, JSON.stringify(job));
  const child = spawn(python, [...flags, script, "--job", file], { stdio: ["pipe", "pipe", "ignore"] });
  running.push(child);
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  return { child, out: () => out, ended: new Promise((done) => child.on("close", done)) };
}

async function until(fits: () => boolean): Promise<void> {
  const giveUp = Date.now() + 60_000;
  while (!fits()) {
    if (Date.now() > giveUp) throw new Error("it did not come to pass in time");
    await wait(20);
  }
}

const typesIn = (text: string) => messagesIn(text).map(({ type }) => type);
const isTraining = () => readWorkerLog(folder).some(({ type }) => type === "eval");
const lastOf = () => readWorkerLog(folder).at(-1);

describe.skipIf(!hasPython())("a worker in Python (skipped: no python3 on the path)", () => {
  test("says on stdout what it writes to its log, and nothing else, whatever libraries print", async () => {
    const worker = start({ steps: 2 });
    expect(await worker.ended).toBe(0);
    expect(worker.out()).toBe(readFileSync(join(folder, "events.jsonl"), "utf8"));
    expect(typesIn(worker.out())).toEqual(["hello", "status", "eval", "eval", "warn"]);
    expect(readWorkerLog(folder)[2]).toMatchObject({ loss: null });
  });

  test("stops when told so, by its stdin or by SIGTERM, and ends well", async () => {
    const told = start({ steps: 10_000, pause: 0.01 });
    await until(isTraining);
    told.child.stdin?.write('{"cmd":"checkpoint"}\n');
    await until(() => readWorkerLog(folder).some(({ type }) => type === "checkpoint"));
    told.child.stdin?.write('nonsense\n{"cmd":"dance"}\n{"cmd":"stop"}\n');
    expect(await told.ended).toBe(0);
    const warnings = readWorkerLog(folder).flatMap((message) => (message.type === "warn" ? [message.message] : []));
    expect(warnings).toEqual(["not a command: nonsense", "unknown command 'dance'", "stopped"]);
    rmSync(join(folder, "events.jsonl"));
    const signalled = start({ steps: 10_000, pause: 0.01 });
    await until(isTraining);
    signalled.child.kill("SIGTERM");
    expect(await signalled.ended).toBe(0);
    expect(lastOf()).toMatchObject({ message: "stopped" });
  });

  test("goes on when nobody listens any more", async () => {
    const worker = start({ steps: 40, pause: 0.02 });
    await until(isTraining);
    worker.child.stdout?.destroy();
    worker.child.stdin?.destroy();
    await worker.ended;
    expect(lastOf()).toMatchObject({ message: "whole" });
  });

  test("refuses a folder where another works", async () => {
    const first = start({ steps: 10_000, pause: 0.01 });
    await until(isTraining);
    const second = start({ steps: 1 });
    expect(await second.ended).toBe(1);
    expect(messagesIn(second.out())).toMatchObject([{ type: "error", code: "already-running" }]);
    first.child.kill("SIGKILL");
    await first.ended;
    // The system let go of the lock with the process.
    const third = start({ steps: 1 });
    expect(await third.ended).toBe(0);
  });

  test("begins a line of its own where a kill cut the last one", async () => {
    writeFileSync(join(folder, "events.jsonl"), '{"v":1,"type":"progr');
    expect(await start({ steps: 1 }).ended).toBe(0);
    expect(readWorkerLog(folder)[0]).toMatchObject({ type: "hello" });
  });

  test.each([
    ["memory", { code: "out-of-memory", advice: expect.stringContaining("tuning.local.microBatchSize") }],
    ["typed", { code: "bad-base", message: "no such base", advice: "name another" }],
    ["bug", { code: "internal", message: "ZeroDivisionError: one" }],
    ["disk", { code: "disk-full" }],
    ["packages", { code: "missing-package", message: expect.stringContaining("no_such_package") }],
  ])("tells a %s fault as one line with advice", async (fault, expected) => {
    expect(await start({ steps: 1, fault }).ended).toBe(1);
    expect(lastOf()).toMatchObject({ type: "error", ...expected });
  });

  test.each([
    ["trl_worker.py", "torch"],
    ["mlx_worker.py", "mlx_lm"],
  ])("%s without its packages names them before anything else", async (script, lacking) => {
    const job = { method: "sft", base: "hub/base", weights: "lora" };
    // -S: without the packages that were installed, whatever this machine has.
    const worker = start(job, join(engines, script), ["-S"]);
    expect(await worker.ended).toBe(1);
    expect(lastOf()).toMatchObject({
      type: "error",
      code: "missing-package",
      message: expect.stringContaining(lacking),
    });
  });
});
