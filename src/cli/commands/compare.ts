// assay compare
import type { Command } from "commander";
import { renderTerminal } from "../../report/terminal.ts";
import {
  type CommonOptions,
  printJson,
  printLine,
  type Register,
  withCommonOptions,
  withProject,
} from "../common-options.ts";

type Options = CommonOptions & { readonly approaches?: string };

export const registerCompare: Register = (program: Command) => {
  const command = program
    .command("compare")
    .description("measure every approach on the held-out questions and recommend one")
    .option("--approaches <names>", "only these, separated by commas; yardsticks are always measured");
  withCommonOptions(command).action(async (options: Options) => {
    const approaches = options.approaches?.split(",").map((name) => name.trim());
    const comparison = await withProject(options, async (context, progress) => {
      const { compare } = await import("../../project/compare.ts");
      return compare(context, { ...(approaches ? { approaches } : {}), progress });
    });
    if (options.json) printJson(comparison);
    else printLine(renderTerminal(comparison));
  });
};
