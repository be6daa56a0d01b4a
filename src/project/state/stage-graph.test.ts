import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Json } from "../../core/json.ts";
import { type ControlDatabase, openControlDatabase } from "./control-database.ts";
import { type StageGraph, stageGraph, stageKey } from "./stage-graph.ts";
import { type StateFolder, stateFolderOf } from "./state-folder.ts";

let root: string;
let state: StateFolder;
let database: ControlDatabase;
let stages: StageGraph;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "assay-stages-"));
  state = stateFolderOf(root);
  database = openControlDatabase(state);
  stages = stageGraph(database, state);
});

afterEach(() => {
  database.close();
  rmSync(root, { recursive: true, force: true });
});

const stage = (config: Json, inputs: Record<string, string> = {}) => ({
  component: { name: "test", version: "1", config },
  inputs,
});

describe("stage keys", () => {
  test("equal components and inputs have equal keys, whatever the order of their members", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), fc.jsonValue(), (inputs, config) => {
        const reversed = Object.fromEntries(Object.entries(inputs).reverse());
        expect(stageKey(stage(config as Json, inputs))).toBe(stageKey(stage(config as Json, reversed)));
      }),
    );
  });

  test("a change of config, version or any input changes the key", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (config, input, other) => {
        fc.pre(input !== other);
        const key = stageKey(stage(config, { from: input }));
        expect(stageKey(stage(config, { from: other }))).not.toBe(key);
        expect(stageKey(stage([config], { from: input }))).not.toBe(key);
        expect(stageKey({ component: { name: "test", version: "2", config }, inputs: { from: input } })).not.toBe(key);
      }),
    );
  });
});

describe("a stage with JSON output", () => {
  test("is computed once and then reused", async () => {
    let calls = 0;
    const compute = async () => ({ calls: ++calls });
    const first = await stages.json(stage("a"), compute);
    const second = await stages.json(stage("a"), compute);
    expect([first.reused, second.reused]).toEqual([false, true]);
    expect(second.value).toEqual({ calls: 1 });
  });

  test("that fails leaves nothing behind", async () => {
    await expect(stages.json(stage("a"), () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect((await stages.json(stage("a"), async () => 7)).reused).toBe(false);
  });
});

test("a value that may not be kept is computed again", async () => {
  const keepIf = (value: number) => value > 1;
  let calls = 0;
  const compute = async () => ++calls;
  expect((await stages.json(stage("k"), compute, { keepIf })).value).toBe(1);
  expect((await stages.json(stage("k"), compute, { keepIf })).value).toBe(2);
  expect((await stages.json(stage("k"), compute, { keepIf })).value).toBe(2);
});

describe("a stage with files", () => {
  const write = (text: string) => async (directory: string) => {
    writeFileSync(join(directory, "out.txt"), text);
    return text.length;
  };

  test("keeps its folder and its record together", async () => {
    const made = await stages.folder(stage("a"), write("hello"));
    expect(readFileSync(join(made.directory, "out.txt"), "utf8")).toBe("hello");
    const again = await stages.folder(stage("a"), write("other"));
    expect(again.reused).toBe(true);
    expect(readFileSync(join(again.directory, "out.txt"), "utf8")).toBe("hello");
  });

  test("is made again when its folder was deleted", async () => {
    const made = await stages.folder(stage("a"), write("hello"));
    rmSync(made.directory, { recursive: true });
    expect((await stages.folder(stage("a"), write("again"))).reused).toBe(false);
    expect(existsSync(made.directory)).toBe(true);
  });

  test("that fails half-way leaves no folder, and nothing of an earlier try gets into the next", async () => {
    const failing = async (directory: string) => {
      writeFileSync(join(directory, "half.txt"), "half");
      throw new Error("killed");
    };
    await expect(stages.folder(stage("a"), failing)).rejects.toThrow("killed");
    expect(readdirSync(state.artefacts)).toEqual([]);
    const made = await stages.folder(stage("a"), write("whole"));
    expect(readdirSync(made.directory)).toEqual(["out.txt"]);
  });
});
