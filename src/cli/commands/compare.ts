// assay compare
import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import type { Comparison } from "../../core/comparison.ts";
import { AssayError } from "../../core/errors.ts";
import { type GateResult, renderJunit } from "../../report/junit.ts";
import { renderTerminal } from "../../report/terminal.ts";
import {
  type CommonOptions,
  fromWorkingDirectory,
  printJson,
  printLine,
  type Register,
  withCommonOptions,
  withProject,
} from "../common-options.ts";

type Options = CommonOptions & {
  readonly approaches?: string;
  readonly failBelow: readonly string[];
  readonly junit?: string;
};

export const registerCompare: Register = (program: Command, setExitCode) => {
  const command = program
    .command("compare")
    .description("measure every approach on the held-out questions and recommend one")
    .option("--approaches <names>", "only these, separated by commas; yardsticks are always measured")
    .option("--fail-below <gate>", "exit 1 below this, e.g. rag:f1=0.7; may be repeated", collect, [])
    .option("--junit <file>", "write the outcome as JUnit XML");
  withCommonOptions(command).action(async (options: Options) => {
    const { comparison, gates } = await compareWithGates(options);
    if (options.json) printJson(comparison);
    else printLine(renderTerminal(comparison));
    if (options.junit !== undefined) await writeJunit(options.junit, renderJunit(comparison, gates));
    const missed = gates.filter(({ passed }) => !passed);
    for (const { message } of missed) process.stderr.write(`assay: ${message}\n`);
    if (missed.length > 0) setExitCode(1);
  });
};

/** Thresholds are read before anything runs, so that a mistyped one costs nothing. */
async function compareWithGates(
  options: Options,
): Promise<{ readonly comparison: Comparison; readonly gates: readonly GateResult[] }> {
  const { checkGates, parseGate } = await import("../../project/compare-gates.ts");
  const wanted = options.failBelow.map(parseGate);
  const approaches = options.approaches?.split(",").map((name) => name.trim());
  const comparison = await withProject(options, async (context, progress) => {
    const { compare } = await import("../../project/compare.ts");
    return compare(context, { ...(approaches ? { approaches } : {}), progress });
  });
  return { comparison, gates: checkGates(comparison, wanted) };
}

async function writeJunit(file: string, xml: string): Promise<void> {
  try {
    await writeFile(fromWorkingDirectory(file), xml);
  } catch (cause) {
    const remedy = "check the path given to --junit";
    throw new AssayError({ code: "bad-input", message: `${file}: cannot be written`, remedy, cause });
  }
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
