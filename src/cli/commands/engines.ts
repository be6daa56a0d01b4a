// assay engines
import type { Command } from "commander";
import { AssayError } from "../../core/errors.ts";
import { type CommonOptions, printJson, printLine, type Register } from "../common-options.ts";
import { terminalProgress } from "../terminal-progress.ts";

type Options = Pick<CommonOptions, "json" | "verbose">;

const installable = "onnxruntime-node";

export const registerEngines: Register = (program: Command) => {
  const command = program.command("engines").description("what trains and runs embedded models");
  command
    .command("install")
    .description(
      `fetch the native engine with npm, without running its install script: four to five times as fast as WebAssembly`,
    )
    .argument("[engine]", `only ${installable} so far`, installable)
    .option("--json", "print JSON for scripts")
    .option("--verbose", "on failure, print the chain of causes")
    .action(async (engine: string, options: Options) => {
      if (engine !== installable) throw unknown(engine);
      const { installEngine } = await import("../../project/wiring/install-engine.ts");
      const installed = await installEngine(terminalProgress());
      if (options.json) return printJson(installed);
      const { version, directory, fetched } = installed;
      printLine(
        fetched
          ? `${engine} ${version} is in ${directory}; training uses it from now on`
          : `${engine} is there already`,
      );
    });
};

const unknown = (engine: string): AssayError =>
  new AssayError({
    code: "bad-usage",
    message: `unknown engine "${engine}"`,
    remedy: `assay engines install ${installable}`,
  });
