// Finds and reads the project's configuration. It knows no component: only names, numbers and paths.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { AssayError } from "../../core/errors.ts";
import { issueLine, issueWords } from "../../evaluation/issue-words.ts";
import { configSchema, type ResolvedConfig } from "./config-schema.ts";

export const configFileNames: readonly string[] = [
  "assay.config.ts",
  "assay.config.mjs",
  "assay.config.js",
  "assay.config.json",
];

export type LoadedConfig = {
  readonly config: ResolvedConfig;
  /** Absolute path; absent where the project has none and every default holds. */
  readonly file?: string;
};

/** Reads `.env` and the first config file of `directory`. Throws `AssayError` `bad-config` naming every wrong key. */
export async function loadConfig(directory: string): Promise<LoadedConfig> {
  const environment = join(directory, ".env");
  if (existsSync(environment)) process.loadEnvFile(environment);
  const file = configFileNames.map((name) => join(directory, name)).find((path) => existsSync(path));
  if (file === undefined) return { config: configSchema.parse({}) };
  return { config: parseConfig(await importConfig(file), file), file };
}

/** Checks `value` against the schema; `origin` is what the error names. */
export function parseConfig(value: unknown, origin: string): ResolvedConfig {
  const parsed = configSchema.safeParse(value, { error: issueWords });
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => issueLine(issue, "(root)"));
  throw new AssayError({
    code: "bad-config",
    message: `${origin}: ${issues.join("; ")}`,
    remedy: "correct the keys named above; `assay init` in an empty folder writes a commented example",
  });
}

async function importConfig(file: string): Promise<unknown> {
  try {
    if (file.endsWith(".json")) return JSON.parse(await readFile(file, "utf8"));
    const module = (await import(pathToFileURL(file).href)) as { default?: unknown };
    if (module.default !== undefined) return module.default;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw new AssayError({
      code: "bad-config",
      message: `${file}: ${reason}`,
      remedy: "correct the file and run the command again",
      cause,
    });
  }
  throw new AssayError({
    code: "bad-config",
    message: `${file}: has no default export`,
    remedy: 'write `export default defineConfig({ … })` with `import { defineConfig } from "assay"`',
  });
}
