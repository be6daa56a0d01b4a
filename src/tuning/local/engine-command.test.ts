// Which Python is started, and the one thing that is said where there is none.
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { engineCommand } from "./engine-command.ts";

const engine = {
  script: "trl_worker.py",
  packages: ["torch", "trl"],
  install: "pip install torch trl",
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "assay-path-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program that prints one line whatever it is asked. */
function program(name: string, prints: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\necho '${prints}'\n`);
  chmodSync(path, 0o755);
  return path;
}

const whole = '{"torch":"2.6.0","trl":"1.16.0"}';
const here = () => ({ environment: { PATH: folder } });

test("the named Python goes before uv, uv before the Python on the path", async () => {
  const named = program("mine", whole);
  program("uv", "uv 0.13.9 (x86_64)");
  program("python3", whole);
  expect(await engineCommand(engine, { ...here(), python: named })).toMatchObject({
    command: named,
    label: `${named} with torch 2.6.0, trl 1.16.0`,
  });
  const byVariable = { environment: { PATH: folder, ASSAY_PYTHON: named } };
  expect((await engineCommand(engine, byVariable)).command).toBe(named);
  const found = await engineCommand(engine, here());
  expect(found.command).toBe("uv");
  expect(found.args.slice(0, 2)).toEqual(["run", "--script"]);
  expect(existsSync(found.args[2]!)).toBe(true);
  expect(found.label).toMatch(/^uv 0\.13\.9, which brings/);
});

test("without uv a Python on the path does if it has everything", async () => {
  program("python3", whole);
  expect((await engineCommand(engine, here())).command).toBe("python3");
  program("python3", '{"torch":"2.6.0"}');
  await expect(engineCommand(engine, here())).rejects.toMatchObject({
    code: "missing-package",
    message: "neither uv nor a Python with trl was found",
    remedy: expect.stringContaining("install uv"),
  });
});

test("no uv and no Python is one line on what to install", async () => {
  await expect(engineCommand(engine, here())).rejects.toMatchObject({
    code: "missing-package",
    message: "neither uv nor Python was found",
    remedy: expect.stringContaining("install uv"),
  });
});

test("a named Python that lacks packages, or is none, is told so: nothing else is tried in its place", async () => {
  program("uv", "uv 0.13.9");
  const poor = program("poor", "{}");
  await expect(engineCommand(engine, { ...here(), python: poor })).rejects.toMatchObject({
    message: `${poor} lacks torch, trl`,
    remedy: `${poor} -m pip install torch trl`,
  });
  await expect(engineCommand(engine, { ...here(), python: join(folder, "absent") })).rejects.toMatchObject({
    code: "missing-package",
    message: expect.stringContaining("no Python that can be started"),
  });
});
