// How a worker is started here: by the Python that is named, by uv, which brings what the worker needs, or by the Python on the path.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { AssayError } from "../../core/errors.ts";

export type Engine = {
  /** Under `engines/` in the package. */
  readonly script: string;
  /** What its Python must have, by the names under which packages are installed. */
  readonly packages: readonly string[];
  readonly install: string;
};

export type EngineCommand = {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** What was found, in a phrase. */
  readonly label: string;
};

export type EngineSearch = {
  /** The configuration's Python. */
  readonly python?: string;
  /** Default `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
};

const run = promisify(execFile);

/** Installs and imports nothing. Throws `AssayError` `missing-package` with the one thing to install. */
export async function engineCommand(engine: Engine, search: EngineSearch = {}): Promise<EngineCommand> {
  const environment = search.environment ?? process.env;
  const named = search.python ?? environment["ASSAY_PYTHON"];
  if (named) return byPython(engine, named, await packagesIn(named, engine));
  const uv = await versionOf("uv", environment);
  if (uv) return byUv(engine, uv);
  const onPath = await packagesIn("python3", engine, environment).catch(() => undefined);
  if (onPath && missingIn(engine, onPath).length === 0) return byPython(engine, "python3", onPath);
  throw new AssayError({
    code: "missing-package",
    message: onPath
      ? `neither uv nor a Python with ${missingIn(engine, onPath).join(", ")} was found`
      : "neither uv nor Python was found",
    remedy:
      "install uv, which brings Python and all packages (https://docs.astral.sh/uv), or name a Python: tuning.local.python",
  });
}

const scriptPath = ({ script }: Engine): string =>
  fileURLToPath(new URL(`../../../engines/${script}`, import.meta.url));

const environment = {
  // Caches stand beside the script, which may be a folder that nobody may write to.
  PYTHONDONTWRITEBYTECODE: "1",
  PYTHONUNBUFFERED: "1",
  TOKENIZERS_PARALLELISM: "false",
  // Threads that spin while they wait take the processor from those they wait for.
  OMP_WAIT_POLICY: "PASSIVE",
};

const byUv = (engine: Engine, version: string): EngineCommand => ({
  command: "uv",
  args: ["run", "--script", scriptPath(engine)],
  environment,
  label: `${version}, which brings ${engine.packages.join(", ")}`,
});

function byPython(engine: Engine, python: string, found: Readonly<Record<string, string>>): EngineCommand {
  const missing = missingIn(engine, found);
  if (missing.length > 0) {
    throw new AssayError({
      code: "missing-package",
      message: `${python} lacks ${missing.join(", ")}`,
      remedy: `${python} -m ${engine.install}`,
    });
  }
  const versions = Object.entries(found).map(([name, version]) => `${name} ${version}`);
  return { command: python, args: [scriptPath(engine)], environment, label: `${python} with ${versions.join(", ")}` };
}

const missingIn = ({ packages }: Engine, found: Readonly<Record<string, string>>): readonly string[] =>
  packages.filter((name) => found[name] === undefined);

const askVersions = `
import json, sys
from importlib.metadata import PackageNotFoundError, version
found = {}
for name in sys.argv[1:]:
    try:
        found[name] = version(name)
    except PackageNotFoundError:
        pass
print(json.dumps(found))
`;

/** By asking for their names alone: importing them takes seconds. */
async function packagesIn(
  python: string,
  { packages }: Engine,
  environment: EngineSearch["environment"] = process.env,
): Promise<Readonly<Record<string, string>>> {
  try {
    const { stdout } = await run(python, ["-c", askVersions, ...packages], { env: environment, timeout: 30_000 });
    return JSON.parse(stdout) as Record<string, string>;
  } catch (cause) {
    throw new AssayError({
      code: "missing-package",
      message: `${python} is no Python that can be started`,
      remedy: "correct tuning.local.python or ASSAY_PYTHON, or install uv: https://docs.astral.sh/uv",
      cause,
    });
  }
}

async function versionOf(command: string, environment: EngineSearch["environment"]): Promise<string | undefined> {
  try {
    return (await run(command, ["--version"], { env: environment, timeout: 30_000 })).stdout.trim().split(" (")[0];
  } catch {
    return undefined;
  }
}
