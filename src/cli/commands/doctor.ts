// assay doctor
import type { Command } from "commander";
import pc from "picocolors";
import {
  type CommonOptions,
  fromWorkingDirectory,
  printJson,
  printLine,
  type Register,
  withCommonOptions,
} from "../common-options.ts";
import { terminalProgress } from "../terminal-progress.ts";

type Options = CommonOptions & { readonly fix?: boolean };

export const registerDoctor: Register = (program: Command, setExitCode) => {
  const command = program
    .command("doctor")
    .description("check Node, config, keys, state, and the index against the sources")
    .option("--fix", "mend what can be mended: rebuilds derived state, never touches your files");
  withCommonOptions(command).action(async (options: Options) => {
    const { doctor } = await import("../../project/doctor/doctor.ts");
    const checks = await doctor(fromWorkingDirectory(options.project), {
      fix: options.fix ?? false,
      progress: terminalProgress(),
    });
    if (options.json) printJson({ checks });
    else {
      for (const check of checks) {
        const mark = { ok: pc.green("ok  "), warn: pc.yellow("warn"), fail: pc.red("fail") }[check.status];
        printLine(`${mark} ${check.name.padEnd(14)} ${check.message}${check.fix ? pc.dim(` → ${check.fix}`) : ""}`);
      }
    }
    if (checks.some((check) => check.status === "fail")) setExitCode(1);
  });
};
