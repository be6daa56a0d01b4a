// The machinery of training runs, with a trainer that needs no model: identity, records, resuming, cancelling, failing.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { silentProgress } from "../src/core/progress.ts";
import type { TuningSettings } from "../src/core/training.ts";
import { learningCurve } from "../src/project/tuning/learning-curve.ts";
import { planTuning, tune } from "../src/project/tuning/tune.ts";
import { cancelTuning, resumeTuning, tuningStatus } from "../src/project/tuning/tune-jobs.ts";
import { modelDirectory } from "../src/project/tuning/tune-run.ts";
import { listTunings, readStoredExamples } from "../src/project/tuning/tuning-records.ts";
import { openContext, type ProjectContext } from "../src/project/wiring/context.ts";
import { type FakeTrainerOptions, fakeTrainer } from "../src/testing/fake-trainer.ts";
import { type FerryProject, ferryProject } from "./ferry-project.ts";

let project: FerryProject;
let context: ProjectContext;

const exampleLine = (at: number) =>
  JSON.stringify({
    group: `customer ${Math.floor(at / 2)}`,
    messages: [
      { role: "user", content: `Pier ${at} wants to know when boat number ${at * 7} leaves` },
      { role: "assistant", content: `{"pier":${at},"boat":${at * 7}}` },
    ],
  });

beforeEach(async () => {
  project = ferryProject();
  project.write("examples.jsonl", `${Array.from({ length: 40 }, (_, at) => exampleLine(at)).join("\n")}\n`);
  context = await openContext(project.directory);
});
afterEach(() => {
  context.close();
  project.remove();
});

const settings: TuningSettings = { size: "1m", weights: "full", budget: { steps: 12 }, seed: 1 };

const options = (fake: FakeTrainerOptions = {}, more: Partial<TuningSettings> = {}) => ({
  method: "sft" as const,
  trainer: fakeTrainer(fake),
  settings: { ...settings, ...more },
  progress: silentProgress,
});

const trainers = () => fakeTrainer();
const losses = (directory: string) =>
  fakeTrainer()
    .events(directory)
    .flatMap((event) => (event.type === "step" ? [event.loss] : []));

describe("a training run", () => {
  test("holds out 10 to 15 percent, keeps groups whole, and ends as a record", async () => {
    const { tuning, reused } = await tune(context, options());
    expect(reused).toBe(false);
    expect(tuning).toMatchObject({ status: "succeeded", trainer: "fake", method: "sft" });
    expect(tuning.examples + tuning.heldOut).toBe(40);
    expect(tuning.heldOut).toBeGreaterThanOrEqual(4);
    expect(tuning.heldOut).toBeLessThanOrEqual(6);
    const { examples, heldOut } = readStoredExamples(tuning.directory);
    const groups = new Set(heldOut.map(({ group }) => group));
    expect(groups.size).toBeGreaterThan(0);
    expect(examples.filter(({ group }) => groups.has(group))).toEqual([]);
  });

  test("is the same run for the same examples and settings, and another one when either changes", async () => {
    const first = await tune(context, options());
    expect(await tune(context, options())).toEqual({ tuning: first.tuning, reused: true });
    const other = await tune(context, options({}, { seed: 2 }));
    expect(other.tuning.id).not.toBe(first.tuning.id);
    project.write("examples.jsonl", `${Array.from({ length: 41 }, (_, at) => exampleLine(at)).join("\n")}\n`);
    expect((await tune(context, options())).tuning.id).not.toBe(first.tuning.id);
    expect(listTunings(context)).toHaveLength(3);
  });

  test("planned only, writes nothing", async () => {
    const plan = await planTuning(context, options());
    expect(plan).toMatchObject({ expectedMinutes: 1, tokensPerEpoch: 20 * plan.examples, warnings: [] });
    expect(existsSync(context.state.tunings)).toBe(false);
  });

  test("warns of held-out questions among the examples", async () => {
    const line = {
      messages: [
        { role: "user", content: "How often does the island ferry leave?" },
        { role: "assistant", content: "Every 25 minutes." },
      ],
    };
    project.write("examples.jsonl", `${JSON.stringify(line)}\n${exampleLine(1)}\n${exampleLine(2)}\n`);
    expect((await planTuning(context, options())).warnings).toEqual([expect.stringContaining("q1")]);
  });

  test("that costs something waits for a yes", async () => {
    const paid = options({ cost: { status: "priced", usd: 3.5 } });
    await expect(tune(context, paid)).rejects.toMatchObject({ code: "bad-usage", message: /3\.50/ });
    const unknown = options({ cost: { status: "unpriced", reason: "nobody knows" } });
    await expect(tune(context, unknown)).rejects.toMatchObject({ message: /nobody knows/ });
    const asked: number[] = [];
    const answer =
      (yes: boolean) =>
      async ({ examples }: { examples: number }) => {
        asked.push(examples);
        return yes;
      };
    await expect(tune(context, { ...paid, confirm: answer(false) })).rejects.toMatchObject({ code: "bad-usage" });
    await expect(tune(context, { ...paid, yes: true, atMostUsd: 3 })).rejects.toMatchObject({ message: /--max-usd/ });
    expect((await tune(context, { ...paid, confirm: answer(true) })).tuning.status).toBe("succeeded");
    expect(asked).toHaveLength(2);
  });
});

describe("a learning curve", () => {
  test("trains on nested parts, each once, and leaves no model behind", async () => {
    const curve = await learningCurve(context, options());
    const counts = curve.points.map(({ examples }) => examples);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(counts.length).toBeGreaterThanOrEqual(2);
    expect(counts.at(-1)! + curve.heldOut).toBe(40);
    // The trainer's losses follow from the step alone, so the last doubling gains nothing.
    expect(curve).toMatchObject({ lastGain: 0, verdict: expect.stringContaining("hardly help") });
    expect(listTunings(context)).toEqual([]);
    const never = { ...fakeTrainer(), train: () => Promise.reject(new Error("trained again")) };
    expect(await learningCurve(context, { ...options(), trainer: never })).toEqual(curve);
  });

  test("that is stopped says how to go on", async () => {
    const stop = { ...options(), signal: AbortSignal.abort() };
    await expect(learningCurve(context, stop)).rejects.toMatchObject({ code: "cancelled" });
  });
});

describe("going on", () => {
  test("after kill -9, the losses are those of an unbroken run", async () => {
    const whole = await tune(context, options({}, { seed: 3 }));
    const unbroken = losses(modelDirectory(whole.tuning));
    const other = ferryProject();
    other.write("examples.jsonl", readFileSync(project.path("examples.jsonl"), "utf8"));
    const child = spawn(process.execPath, [scriptIn(other, 3)], { stdio: "ignore" });
    const there = await openContext(other.directory);
    const killed = await runningAfter(there, 3);
    child.kill("SIGKILL");
    await new Promise((resolve) => child.on("exit", resolve));
    const left = await tuningStatus(there, killed, trainers);
    expect(left.status).toBe("interrupted");
    expect(left.progress!.step).toBeLessThan(12);
    const resumed = await resumeTuning(there, { trainers, progress: silentProgress });
    expect(resumed).toMatchObject({ id: killed, status: "succeeded" });
    expect(resumed.result!.resumedFromStep).toBeGreaterThanOrEqual(3);
    expect(losses(modelDirectory(resumed))).toEqual(unbroken);
    there.close();
    other.remove();
  });

  test("after a cancel from another process, from where it stopped", async () => {
    const running = tune(context, options({ stepMs: 150 }));
    const id = await runningAfter(context, 1);
    expect((await cancelTuning(context, id, trainers)).status).toBe("running");
    const { tuning } = await running;
    expect(tuning.status).toBe("cancelled");
    const stoppedAt = tuning.result!.steps;
    expect(stoppedAt).toBeLessThan(12);
    const resumed = await resumeTuning(context, { id, trainers, progress: silentProgress });
    expect(resumed).toMatchObject({ status: "succeeded", result: { resumedFromStep: stoppedAt, steps: 12 } });
  });

  test("refuses a second process on the same run", async () => {
    const running = tune(context, options({ stepMs: 60 }));
    const id = await runningAfter(context, 1);
    writeFileSync(join(context.state.tunings, id, "lock"), String(process.ppid));
    const again = resumeTuning(context, { id, trainers, progress: silentProgress });
    await expect(again).rejects.toMatchObject({ code: "state-in-use", message: expect.stringContaining(id) });
    await running;
  });

  test("of nothing is said in one line", async () => {
    await expect(resumeTuning(context, { trainers, progress: silentProgress })).rejects.toMatchObject({
      code: "not-found",
      remedy: "assay tune",
    });
    await expect(tuningStatus(context, "nothing", trainers)).rejects.toThrow(/nothing/);
    await expect(cancelTuning(context, undefined, trainers)).rejects.toThrow(/no training is running/);
  });
});

describe("what goes wrong", () => {
  test("a full disk: state is kept, and the same run goes on", async () => {
    await expect(tune(context, options({ diskFullAt: 5 }))).rejects.toMatchObject({
      code: "disk-full",
      remedy: expect.stringContaining("assay tune resume"),
    });
    expect(await tuningStatus(context, undefined, trainers)).toMatchObject({ status: "failed", progress: { step: 4 } });
    const { tuning } = await tune(context, options());
    expect(tuning).toMatchObject({ status: "succeeded", result: { resumedFromStep: 4, steps: 12 } });
    expect(tuning.error).toBeUndefined();
  });

  test("a loss that runs away keeps the best weights, and says so", async () => {
    const { tuning } = await tune(context, options({ divergesAt: 6 }));
    expect(tuning.status).toBe("succeeded");
    expect(tuning.notes).toEqual([expect.stringContaining("ran away at step 6")]);
  });

  test("a loss that runs away at once is a failure", async () => {
    const { tuning } = await tune(context, options({ divergesAt: 0 }));
    expect(tuning).toMatchObject({ status: "failed", error: { code: "bad-examples" } });
  });
});

/** The id of the run as soon as it has done `steps` steps. */
async function runningAfter(there: ProjectContext, steps: number): Promise<string> {
  for (let tries = 0; tries < 400; tries++) {
    const [run] = listTunings(there).filter(({ status }) => status === "running");
    if (run && losses(modelDirectory(run)).length >= steps) return run.id;
    await wait(25);
  }
  throw new Error("the run never began");
}

/** A program that trains slowly, for killing. */
function scriptIn(folder: FerryProject, seed: number): string {
  const from = (name: string) => JSON.stringify(join(import.meta.dirname, "..", "src", name));
  folder.write(
    "train.ts",
    `import { openContext } from ${from("project/wiring/context.ts")};
import { tune } from ${from("project/tuning/tune.ts")};
import { silentProgress } from ${from("core/progress.ts")};
import { fakeTrainer } from ${from("testing/fake-trainer.ts")};
const settings = ${JSON.stringify({ ...settings, seed })} as const;
const context = await openContext(${JSON.stringify(folder.directory)});
await tune(context, { method: "sft", trainer: fakeTrainer({ stepMs: 120 }), settings, progress: silentProgress });
`,
  );
  return folder.path("train.ts");
}
