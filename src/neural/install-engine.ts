// Fetches the native engine with npm into a folder of its own. Its install script is not run: on Linux that insists on graphics-card
// libraries from another host and fails without them, while all that a processor needs is in the package already.
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { AssayError } from "../core/errors.ts";
import type { Progress } from "../core/progress.ts";
import { loadFrom, loadNative } from "./onnx-engine.ts";

/** The version that the graphs were tested on; `onnxruntime-web` has the same. */
export const nativeVersion = "1.30.0";

export type InstalledEngine = {
  readonly engine: "onnxruntime-node";
  readonly version: string;
  readonly directory: string;
  /** False where it was there already. */
  readonly fetched: boolean;
};

/** Unpacked: binaries of five platforms. */
const expectedMegabytes = 288;
const lookEveryMs = 500;

/**
 * Throws `missing-package` where npm is not there, cannot fetch the package, or what it fetched does not load. `isThere` says
 * whether an engine is there already: by default Assay's own counts too.
 */
export async function installNativeEngine(
  directory: string,
  progress: Progress,
  isThere: () => Promise<boolean> = async () => (await loadNative(directory)) !== undefined,
): Promise<InstalledEngine> {
  const installed = { engine: "onnxruntime-node", version: nativeVersion, directory } as const;
  if (await isThere()) return { ...installed, fetched: false };
  mkdirSync(directory, { recursive: true });
  const wanted = `onnxruntime-node@${nativeVersion}`;
  await fetched(directory, wanted, progress);
  if (loadFrom(directory)) return { ...installed, fetched: true };
  throw new AssayError({
    code: "missing-package",
    message: `${wanted} was fetched into ${directory} and does not load on this machine (${process.platform} ${process.arch})`,
    remedy: "go on without it: training and generation use WebAssembly, four to five times slower",
  });
}

async function fetched(directory: string, wanted: string, progress: Progress): Promise<void> {
  const stage = progress.start("fetch engine", expectedMegabytes);
  let shown = 0;
  const look = setInterval(() => {
    const size = Math.min(expectedMegabytes - 1, Math.round(bytesBelow(directory) / 1e6));
    if (size > shown) stage.advance(size - shown, "MB on disk");
    shown = Math.max(shown, size);
  }, lookEveryMs);
  try {
    await npmInstall(directory, wanted);
    stage.end(`${wanted}, ${Math.round(bytesBelow(directory) / 1e6)} MB in ${directory}`);
  } catch (error) {
    stage.end("nothing was fetched");
    throw error;
  } finally {
    clearInterval(look);
  }
}

function npmInstall(directory: string, wanted: string): Promise<void> {
  const rules = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"];
  const byHand = `npm install ${wanted} --ignore-scripts --prefix "${directory}"`;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const child = spawn("npm", ["install", wanted, ...rules, "--prefix", directory], {
    // On Windows npm is a script, which only a shell can start.
    shell: process.platform === "win32",
    cwd: directory,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  child.on("error", () => {
    reject(
      failure(
        "npm was not found, and it fetches the engine",
        `install npm (it comes with Node.js), or elsewhere: ${byHand}`,
      ),
    );
  });
  child.on("close", (code) => {
    if (code === 0) resolve();
    else if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH/.test(said))
      reject(
        failure(
          "npm could not reach its registry",
          `connect to a network or name a mirror (npm config set registry …), then: assay engines install`,
        ),
      );
    else if (/ENOSPC/.test(said))
      reject(
        failure(
          `no room in ${directory}: the engine takes ${expectedMegabytes} MB`,
          "make room, or choose another folder: ASSAY_ENGINES=DIR assay engines install",
        ),
      );
    else reject(failure(`npm could not install ${wanted}: ${lastError(said)}`, byHand));
  });
  return promise;
}

const failure = (message: string, remedy: string): AssayError =>
  new AssayError({ code: "missing-package", message, remedy });

const lastError = (said: string): string =>
  said
    .split("\n")
    .map((line) => line.replace(/^npm (error|ERR!) ?/, "").trim())
    .find((line) => line !== "" && !line.startsWith("code ")) ?? "it gave no reason";

function bytesBelow(directory: string): number {
  let sum = 0;
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) sum += statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return sum;
}
