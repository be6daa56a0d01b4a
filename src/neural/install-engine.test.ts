// `assay engines install` against an npm that the test writes: what it is told, what it leaves, and how its failures read.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { silentProgress } from "../core/progress.ts";
import { enginesDirectory } from "./engines-directory.ts";
import { installNativeEngine, nativeVersion } from "./install-engine.ts";

const scratch = mkdtempSync(join(tmpdir(), "assay-engines-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
afterEach(() => void vi.unstubAllEnvs());
let count = 0;

/** Runs `script` in place of npm; the engine of the development tree does not count. */
async function install(script: string) {
  const bin = join(scratch, `bin${count}`);
  const directory = join(scratch, `with blanks ${count++}`);
  mkdirSync(bin);
  writeFileSync(join(bin, "npm"), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, "npm"), 0o755);
  vi.stubEnv("PATH", `${bin}:/usr/bin:/bin`);
  const result = installNativeEngine(directory, silentProgress, async () =>
    existsSync(join(directory, "node_modules")),
  );
  return { directory, result };
}

const writesAnEngine = `
printf '%s\\n' "$@" > arguments
mkdir -p node_modules/onnxruntime-node
echo 'exports.InferenceSession = {}' > node_modules/onnxruntime-node/index.js`;

describe.skipIf(process.platform === "win32")("assay engines install", () => {
  test("asks npm for the tested version, without its script, in a folder of its own", async () => {
    const { directory, result } = await install(writesAnEngine);
    expect(await result).toEqual({ engine: "onnxruntime-node", version: nativeVersion, directory, fetched: true });
    const told = readFileSync(join(directory, "arguments"), "utf8").split("\n");
    expect(told.slice(0, 3)).toEqual(["install", `onnxruntime-node@${nativeVersion}`, "--ignore-scripts"]);
    expect(told.slice(-3, -1)).toEqual(["--prefix", directory]);
  });

  test("what is there is not fetched again", async () => {
    const { directory, result } = await install(writesAnEngine);
    await result;
    const again = await installNativeEngine(directory, silentProgress, async () => true);
    expect(again.fetched).toBe(false);
  });

  test.each([
    ["echo 'npm error code ENOTFOUND' >&2; exit 1", /could not reach its registry/, /assay engines install/],
    ["echo 'npm error code ENOSPC' >&2; exit 1", /no room in/, /ASSAY_ENGINES/],
    ["printf 'npm error code E404\\nnpm error 404 Not Found\\n' >&2; exit 1", /404 Not Found/, /--ignore-scripts/],
    ["exit 0", /does not load on this machine/, /WebAssembly/],
  ])("%s", async (script, message, remedy) => {
    const { result } = await install(script);
    await expect(result).rejects.toMatchObject({
      code: "missing-package",
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(remedy),
    });
  });

  test("without npm it says so and how to do it by hand", async () => {
    vi.stubEnv("PATH", scratch);
    const result = installNativeEngine(join(scratch, "none"), silentProgress, async () => false);
    await expect(result).rejects.toMatchObject({ message: expect.stringMatching(/npm was not found/) });
  });
});

test("the version is the one the tests run on", () => {
  const manifest = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"));
  expect(manifest.devDependencies["onnxruntime-node"]).toBe(nativeVersion);
  expect(manifest.dependencies["onnxruntime-web"]).toBe(nativeVersion);
});

test("engines live where a user's data does, or where the user says", () => {
  expect(enginesDirectory({ ASSAY_ENGINES: "/opt/assay" })).toBe("/opt/assay");
  expect(enginesDirectory({ XDG_DATA_HOME: "/data" })).toBe(join("/data", "assay", "engines"));
});
