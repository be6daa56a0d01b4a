// assay init
import type { Command } from "commander";
import {
  type CommonOptions,
  fromWorkingDirectory,
  printJson,
  printLine,
  type Register,
  withCommonOptions,
} from "../common-options.ts";

export const registerInit: Register = (program: Command) => {
  withCommonOptions(program.command("init").description("write a config file and a docs folder to start from")).action(
    async (options: CommonOptions) => {
      const { init } = await import("../../project/init.ts");
      const result = await init(fromWorkingDirectory(options.project));
      if (options.json) return printJson(result);
      printLine(
        result.created.length > 0
          ? `Created ${result.created.join(", ")}.`
          : "Everything is already there; nothing was changed.",
      );
      printLine('Next: put documents into docs/, then `assay ingest` and `assay ask "…"`.');
    },
  );
};
