// The options that every command shares, and how a command opens its project.
import { resolve } from "node:path";
import type { Command } from "commander";
import type { Progress } from "../core/progress.ts";
import type { ProjectContext } from "../project/wiring/context.ts";
import { terminalProgress } from "./terminal-progress.ts";

export type CommonOptions = { readonly project: string; readonly json?: boolean; readonly verbose?: boolean };

export type SetExitCode = (exitCode: number) => void;
/** Adds one command to the program. */
export type Register = (program: Command, setExitCode: SetExitCode) => void;

export function withCommonOptions(command: Command): Command {
  return command
    .option("--project <dir>", "the project's folder", ".")
    .option("--json", "print JSON for scripts")
    .option("--verbose", "on failure, print the chain of causes");
}

/** Where the user stood when typing: npm scripts run in the package's folder instead. */
export function workingDirectory(): string {
  return process.env["INIT_CWD"] ?? process.cwd();
}

export function fromWorkingDirectory(path: string): string {
  return resolve(workingDirectory(), path);
}

/** Opens the project, hands it to `work` with a progress display on stderr, and closes it whatever happens. */
export async function withProject<T>(
  options: CommonOptions,
  work: (context: ProjectContext, progress: Progress) => Promise<T>,
): Promise<T> {
  const { openContext } = await import("../project/wiring/context.ts");
  const context = await openContext(fromWorkingDirectory(options.project));
  try {
    return await work(context, terminalProgress());
  } finally {
    context.close();
  }
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

export function printLine(text = ""): void {
  process.stdout.write(`${text}\n`);
}

/** `--groups a,b` → ["a", "b"]; absent stays absent, which means the operator. */
export function groupList(value: string | undefined): { groups?: readonly string[] } {
  if (value === undefined) return {};
  return {
    groups: value
      .split(",")
      .map((label) => label.trim())
      .filter((label) => label !== ""),
  };
}
