// Real training at toy size: what is learnt, kept, continued after a kill, and refused.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { TrainingExample } from "../../core/questions.ts";
import { type EmbeddedTrainingOptions, trainEmbedded } from "./train-embedded.ts";
import { readEvents, type TrainingEvent } from "./training-events.ts";
import { openTunedModel } from "./tuned-model.ts";

const scratch = mkdtempSync(join(tmpdir(), "assay-train-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const folder = (name: string) => join(scratch, name);

const rooms = ["hall", "attic", "cellar", "kitchen", "study", "porch"];
const acts = ["light", "heat", "close", "open"];
const example = (act: string, room: string, prefix = ""): TrainingExample => ({
  messages: [
    { role: "user", content: `please ${act} the ${room}` },
    { role: "assistant", content: JSON.stringify({ act: `${prefix}${act}`, room }) },
  ],
});
const every = acts.flatMap((act) => rooms.map((room) => example(act, room)));
/** Each act and each room is seen, four of their pairs are not. */
const heldOut = [0, 7, 14, 21].map((at) => every[at]!);
const examples = every.filter((one) => !heldOut.includes(one));

const options: EmbeddedTrainingOptions = {
  examples,
  heldOut,
  directory: "",
  seed: 3,
  size: "1m",
  method: "full",
  budget: { steps: 60 },
  hyperparameters: { batchTokens: 256, evaluateEvery: 10, warmUpSteps: 5, patience: 100 },
  engine: { prefer: "native", threads: 1 },
};

const question = (text: string, schema?: object) => ({
  instructions: "",
  examples: [],
  passages: [],
  question: text,
  ...(schema && { schema: schema as never }),
});

const losses = (directory: string): readonly (readonly [number, number])[] =>
  readEvents(directory).flatMap((event: TrainingEvent) =>
    event.type === "step" ? [[event.step, event.loss] as const] : [],
  );

async function answers(directory: string, texts: readonly string[], schema?: object): Promise<readonly string[]> {
  const model = await openTunedModel(directory, { engine: { prefer: "native", threads: 1 } });
  const results: string[] = [];
  for (const text of texts) results.push((await model.generate(question(text, schema))).text);
  await model.close();
  return results;
}

describe("training from random weights", () => {
  test("learns the examples, answers unseen pairs, and says what it is", async () => {
    const directory = folder("full");
    const report = await trainEmbedded({ ...options, directory });
    expect(report).toMatchObject({ reason: "budget", steps: 60, origin: "random", tooLong: [], resumedFromStep: 0 });
    expect(report.bestLoss!).toBeLessThan(report.firstLoss! / 10);
    const replies = await answers(
      directory,
      heldOut.map(({ messages }) => messages[0]!.content),
    );
    expect(replies).toEqual(heldOut.map(({ messages }) => messages[1]!.content));

    const model = await openTunedModel(directory);
    expect(model.label).toBe("trained from random weights: knows only your examples");
    expect(model.followsInstructions).toBe(false);
    let streamed = "";
    for await (const event of model.stream(question("please heat the hall"))) {
      if (event.type === "text-delta") streamed += event.text;
      if (event.type === "generation-end") {
        expect(event.generation.text).toBe(streamed);
        expect(event.generation.usage[0]).toMatchObject({ modelId: "embedded/tuned" });
        expect(event.generation.usage[0]!.cpuMs).toBeGreaterThan(0);
      }
    }
    expect(JSON.parse(streamed)).toEqual({ act: "heat", room: "hall" });
    await model.close();
  });

  test("a schema holds even a model that never saw its shape, at any temperature and length", async () => {
    const schema = {
      type: "object",
      required: ["mood", "count"],
      properties: {
        mood: { enum: ["calm", "wild"] },
        count: { type: "integer" },
        notes: { type: "array", items: { type: "string" } },
      },
    };
    const model = await openTunedModel(folder("full"), { seed: 8 });
    for (let at = 0; at < 12; at++) {
      const settings = { temperature: at % 3, maxOutputTokens: 30 + 10 * at };
      const { text } = await model.generate(question("please open the door", schema), settings);
      const { mood, count, ...rest } = JSON.parse(text);
      expect(["calm", "wild"]).toContain(mood);
      expect(Number.isInteger(count)).toBe(true);
      expect(Object.keys(rest).every((key) => key === "notes")).toBe(true);
    }
    await model.close();
  });
});

describe("continuing", () => {
  test("a run killed in the middle goes on as if nothing had happened", async () => {
    const directory = folder("killed");
    const script = join(scratch, "run.ts");
    const run = { ...options, directory };
    writeFileSync(
      script,
      `import { trainEmbedded } from ${JSON.stringify(join(import.meta.dirname, "train-embedded.ts"))};
       await trainEmbedded(${JSON.stringify(run)});`,
    );
    const child = spawn(process.execPath, [script], { stdio: "ignore" });
    await until(
      () => existsSync(join(directory, "checkpoint.safetensors")) && (losses(directory).at(-1)?.[0] ?? 0) > 12,
    );
    await killed(child);

    const resumed = await trainEmbedded(run);
    expect(resumed.resumedFromStep).toBeGreaterThanOrEqual(10);
    expect(resumed.resumedFromStep).toBeLessThan(60);
    const unbroken = losses(folder("full"));
    const broken = losses(directory);
    expect(broken.map(([step]) => step)).toEqual(unbroken.map(([step]) => step));
    broken.forEach(([, loss], at) => {
      expect(Math.abs(loss - unbroken[at]![1])).toBeLessThan(1e-5);
    });
  });

  test("a cancelled run saves where it stands; other examples start afresh", async () => {
    const directory = folder("cancelled");
    const stop = new AbortController();
    const progress = { start: () => ({ advance: () => stop.abort(), end() {} }) };
    const first = await trainEmbedded({ ...options, directory, progress, signal: stop.signal });
    expect(first).toMatchObject({ reason: "cancelled", steps: 1 });
    const short = { ...options, directory, budget: { steps: 60 } };
    expect((await trainEmbedded({ ...short, signal: AbortSignal.abort() })).resumedFromStep).toBe(1);
    const other = await trainEmbedded({ ...short, seed: 4, signal: AbortSignal.abort() });
    expect(other.resumedFromStep).toBe(0);
  });

  test("a LoRA adapter learns on a frozen base, and what is rehearsed is not forgotten", async () => {
    const directory = folder("adapter");
    const renamed = acts.flatMap((act) => rooms.slice(0, 3).map((room) => example(act, `old ${room}`, "re")));
    const report = await trainEmbedded({
      ...options,
      directory,
      examples: renamed,
      heldOut: [],
      method: "lora",
      from: folder("full"),
      budget: { steps: 80 },
    });
    expect(report.trainableParameters).toBeLessThan(report.parameters / 5);
    expect(report.replayedExamples).toBe(12);
    const base = readFileSync(join(folder("full"), "model.safetensors"));
    expect(readFileSync(join(directory, "model.safetensors")).subarray(-1000)).toEqual(base.subarray(-1000));
    const [fresh, old] = await answers(directory, ["please heat the old attic", "please heat the attic"]);
    expect(JSON.parse(fresh!)).toEqual({ act: "reheat", room: "old attic" });
    expect(JSON.parse(old!)).toEqual({ act: "heat", room: "attic" });
  });
});

describe("what goes wrong", () => {
  test("a loss that runs away stops training and keeps the best weights", async () => {
    const directory = folder("diverged");
    const hyperparameters = { ...options.hyperparameters, learningRate: 30, clipNorm: 1e9, evaluateEvery: 1 };
    const report = await trainEmbedded({ ...options, directory, hyperparameters });
    expect(report.reason).toBe("diverged");
    expect(report.steps).toBeLessThan(60);
    expect(Number.isFinite(report.bestLoss)).toBe(true);
    expect(await answers(directory, ["please heat the hall"])).toHaveLength(1);
  });

  test.skipIf(!existsSync("/dev/full"))("a full disk costs one checkpoint, not the run", async () => {
    const directory = folder("full-disk");
    mkdirSync(directory);
    // The next file of this name meets a full disk; when that is cleared away, the one after finds room.
    symlinkSync("/dev/full", join(directory, "checkpoint.safetensors.partial"));
    const report = await trainEmbedded({ ...options, directory, budget: { steps: 20 } });
    expect(report).toMatchObject({ reason: "budget", steps: 20, bestStep: 20 });
    const warnings = readEvents(directory).filter(({ type }) => type === "warning");
    expect(warnings).toMatchObject([{ step: 10, message: expect.stringContaining("the disk is full") }]);
    expect((await trainEmbedded({ ...options, directory, budget: { steps: 20 } })).resumedFromStep).toBe(20);
  });

  test("accumulation changes memory, not results", async () => {
    // One batch holds all examples either way.
    const whole = { ...options.hyperparameters, batchTokens: 4096 };
    const one = await trainEmbedded({
      ...options,
      directory: folder("one"),
      budget: { steps: 2 },
      hyperparameters: whole,
    });
    const halves = { ...whole, batchTokens: Math.ceil(one.tokens / 2 / 2), accumulation: 2 };
    await trainEmbedded({ ...options, directory: folder("two"), budget: { steps: 2 }, hyperparameters: halves });
    losses(folder("one")).forEach(([, loss], at) => {
      expect(losses(folder("two"))[at]![1]).toBeCloseTo(loss, 4);
    });
  });

  test.each([
    ["too few examples", { examples: examples.slice(0, 4) }, "4 examples are too few"],
    ["LoRA without a base", { method: "lora" as const }, "none is given"],
    ["a base that is none", { base: scratch }, "holds no model"],
  ])("%s is named", async (_, change, message) => {
    await expect(trainEmbedded({ ...options, ...change, directory: folder("bad") })).rejects.toThrow(message);
  });

  test("examples beyond the model's length are reported and left out", async () => {
    const long = {
      messages: [...examples[0]!.messages.slice(0, 1), { role: "assistant", content: "x1".repeat(2000) }],
    } as const;
    const report = await trainEmbedded({
      ...options,
      examples: [...examples, long],
      directory: folder("long"),
      budget: { steps: 1 },
    });
    expect(report.tooLong).toEqual([examples.length]);
  });

  test("a tokenizer that does not fit its weights is named", async () => {
    const directory = folder("mismatch");
    await trainEmbedded({ ...options, directory, budget: { steps: 1 } });
    const description = JSON.parse(readFileSync(join(directory, "model.json"), "utf8"));
    description.tokenizer.merges.pop();
    writeFileSync(join(directory, "model.json"), JSON.stringify(description));
    await expect(openTunedModel(directory)).rejects.toThrow("do not belong together");
  });
});

async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 10));
}

async function killed(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
}
