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
import { printComparePlan } from "../print-compare-plan.ts";

type Options = CommonOptions & {
  readonly approaches?: string;
  readonly failBelow: readonly string[];
  readonly junit?: string;
  readonly repeats?: string;
  readonly looks?: string;
  readonly dryRun?: boolean;
};

export const registerCompare: Register = (program: Command, setExitCode) => {
  const command = program
    .command("compare")
    .description("measure every approach on the held-out questions and recommend one")
    .option("--approaches <names>", "only these, separated by commas; yardsticks are always measured")
    .option("--fail-below <gate>", "exit 1 below this, e.g. rag:f1=0.7; may be repeated", collect, [])
    .option("--junit <file>", "write the outcome as JUnit XML");
  command
    .option("--repeats <k>", "ask every question k times more, uncached, to measure the model's own noise")
    .option("--looks <k>", "ask in k portions and stop as soon as the best approach is decided, at the same error rate")
    .option("--dry-run", "say what these questions can show and what asking them costs; ask nothing");
  withCommonOptions(command).action(async (options: Options) => {
    if (options.dryRun) {
      await printPlan(options);
      return;
    }
    const { comparison, gates } = await compareWithGates(options);
    if (options.json) printJson(comparison);
    else printComparison(comparison);
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
  const { checkGates, parseGate } = await import("../../project/comparison/compare-gates.ts");
  const wanted = options.failBelow.map(parseGate);
  const selection = selectionOf(options);
  const comparison = await withProject(options, async (context, progress) => {
    const { compare } = await import("../../project/comparison/compare.ts");
    return compare(context, { ...selection, gates: wanted, progress });
  });
  return { comparison, gates: checkGates(comparison, wanted) };
}

function printComparison(comparison: Comparison): void {
  printLine(renderTerminal(comparison));
  for (const { name, repeats, n, alwaysRight, onceRight, modelNoise, questionNoise } of comparison.repeats ?? []) {
    const shares = `right in all ${repeats} repeats ${percent(alwaysRight)}, at least once ${percent(onceRight)}`;
    const noise = `model noise ${percent(modelNoise)}, question noise ${percent(questionNoise)}`;
    printLine(`${name}: ${shares}; ${noise} (n ${n})`);
  }
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)}`;
}

type Selection = { readonly approaches?: readonly string[]; readonly repeats?: number; readonly looks?: number };

function selectionOf(options: Options): Selection {
  const approaches = options.approaches?.split(",").map((name) => name.trim());
  const repeats = atLeastTwo("--repeats", options.repeats);
  const looks = atLeastTwo("--looks", options.looks);
  return {
    ...(approaches ? { approaches } : {}),
    ...(repeats === undefined ? {} : { repeats }),
    ...(looks === undefined ? {} : { looks }),
  };
}

function atLeastTwo(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (Number.isInteger(number) && number >= 2) return number;
  const message = `${option} ${text}: expected a whole number of at least 2`;
  throw new AssayError({ code: "bad-usage", message, remedy: `for example ${option} 4` });
}

async function printPlan(options: Options): Promise<void> {
  const selection = selectionOf(options);
  const plan = await withProject(options, async (context) => {
    const { comparePlan } = await import("../../project/comparison/compare-plan.ts");
    return comparePlan(context, selection);
  });
  if (options.json) printJson(plan);
  else printComparePlan(plan);
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
