// A training worker without an engine: it speaks the protocol of engines/worker_protocol.py, saves after every second step, and goes
// wrong where ASSAY_FAKE_WORKER says so. Its losses follow from the step alone, so that a resumed curve can be compared with an unbroken one.
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";

const jobFile = process.argv[process.argv.indexOf("--job") + 1];
const folder = dirname(jobFile);
const job = JSON.parse(readFileSync(jobFile, "utf8"));
const faults = JSON.parse(process.env.ASSAY_FAKE_WORKER ?? "{}");
const checkpointFile = join(folder, "fake-checkpoint.json");
const log = join(folder, "events.jsonl");

function say(type, fields) {
  const line = `${JSON.stringify({ v: 1, type, at: Date.now() / 1000, ...fields })}\n`;
  const isCut = existsSync(log) && !readFileSync(log, "utf8").endsWith("\n");
  appendFileSync(log, isCut ? `\n${line}` : line);
  process.stdout.write(line);
}

if (faults.refuses) {
  process.stdout.write(`${JSON.stringify({ v: 1, type: "error", at: 0, ...faults.refuses })}\n`);
  process.exit(1);
}
process.stdout.on("error", () => {});
let stops = false;
process.on("SIGTERM", () => {
  stops = true;
});
createInterface({ input: process.stdin }).on("line", (line) => {
  if (JSON.parse(line).cmd === "stop") stops = true;
});

let step = existsSync(checkpointFile) ? JSON.parse(readFileSync(checkpointFile, "utf8")).step : 0;
const resumedFromStep = step;
const lossAt = (at) => 4 * Math.exp(-at / 10) + 0.1;
const totalSteps = job.budget.steps;
say("hello", { engine: "fake", pid: process.pid, versions: { fake: "1" }, resumedFromStep });
say("status", { state: "training", step });
while (step < totalSteps && !stops) {
  if (faults.stepMs) await wait(faults.stepMs);
  step += 1;
  const pace = { tokensPerSecond: 100, elapsedMs: step * 10, etaMs: (totalSteps - step) * 10, peakBytes: 1000 };
  say("progress", { step, totalSteps, epoch: step / 4, loss: lossAt(step), ...pace });
  if (faults.failsAt === step) {
    say("error", { code: faults.code, message: "it went wrong", advice: "do less" });
    process.exit(1);
  }
  if (faults.cutsLineAt === step) appendFileSync(log, '{"v":1,"type":"progress","step":');
  if (faults.diesAt === step && resumedFromStep === 0) process.kill(process.pid, faults.signal ?? "SIGKILL");
  if (step % 2 === 0) {
    writeFileSync(checkpointFile, JSON.stringify({ step }));
    say("checkpoint", { step, path: checkpointFile });
    say("eval", { step, loss: lossAt(step) + 0.2, best: true });
  }
}
if (stops) writeFileSync(checkpointFile, JSON.stringify({ step }));
const path = join(folder, "adapter");
if (!stops) {
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "adapter_config.json"), "{}");
}
say("done", {
  reason: stops ? "cancelled" : "budget",
  step,
  resumedFromStep,
  tokens: step * 100,
  parameters: 1000,
  trainableParameters: 10,
  tooLong: [],
  firstLoss: lossAt(1),
  bestLoss: lossAt(step) + 0.2,
  bestStep: step,
  ms: step * 10,
  cpuMs: step * 10,
  peakBytes: 1000,
  artefact: stops ? null : { kind: "adapter", path, sha256: "0".repeat(64) },
});
process.exit(0);
