// assay data check | mask | split | export; `synthesize` has its own file
import { type Command, InvalidArgumentError, Option } from "commander";
import { AssayError } from "../../core/errors.ts";
import {
  type CommonOptions,
  fromWorkingDirectory,
  printJson,
  type Register,
  type SetExitCode,
  withCommonOptions,
  withProject,
} from "../common-options.ts";
import { positiveInteger, wholeNumber } from "../numbers.ts";
import { registerSynthesize } from "./data-synthesize.ts";

type FileOptions = CommonOptions & { readonly out?: string; readonly force?: boolean; readonly skipBad?: boolean };
type CheckOptions = CommonOptions & { readonly schema?: string; readonly maxTokens?: number };
type SplitOptions = FileOptions & { readonly heldOut?: number; readonly seed?: number };
type ExportOptions = FileOptions & { readonly format: (typeof formats)[number] };

const formats = ["openai", "together", "fireworks", "trl", "axolotl", "mlx"] as const;

export const registerData: Register = (program: Command, setExitCode: SetExitCode) => {
  const data = program
    .command("data")
    .description("check, mask, split, synthesize and export training examples")
    .action((_, command: Command) => {
      throw new AssayError({
        code: "bad-usage",
        message: command.args[0] ? `data has no command "${command.args[0]}"` : "data needs a command",
        remedy: "type `assay data check`, `mask`, `split`, `synthesize` or `export`",
      });
    })
    .allowExcessArguments();
  registerCheck(data, setExitCode);
  registerMask(data);
  registerSplit(data);
  registerSynthesize(data);
  registerExport(data);
};

function registerCheck(data: Command, setExitCode: SetExitCode): void {
  const command = data
    .command("check")
    .description("find what would spoil training; exit 1 if anything would")
    .argument("[file]", "JSON lines; default: the project's examples")
    .option("--schema <file>", "JSON Schema that every answer must satisfy")
    .option("--max-tokens <n>", "examples longer than this are cut by the trainer; default 4096", positiveInteger);
  withCommonOptions(command).action(async (file: string | undefined, options: CheckOptions) => {
    const { schema, maxTokens } = options;
    const check = await withProject(options, async (context) => {
      const { dataCheck } = await import("../../project/data/check.ts");
      return dataCheck(context, {
        ...pathOf(file),
        ...(schema === undefined ? {} : { schema: fromWorkingDirectory(schema) }),
        ...(maxTokens === undefined ? {} : { maxTokens }),
      });
    });
    if (options.json) printJson(check);
    else (await import("../print-data.ts")).printCheck(check);
    if (!check.verdict.isReady) setExitCode(1);
  });
}

function registerMask(data: Command): void {
  const command = data
    .command("mask")
    .description("write a copy with placeholders for personal data and secrets")
    .argument("[file]", "JSON lines; default: the project's examples")
    .option("--out <file>", "default: <name>.masked.jsonl beside the file");
  withFileOptions(command).action(async (file: string | undefined, options: FileOptions) => {
    const result = await withProject(options, async (context) => {
      const { dataMask } = await import("../../project/data/mask.ts");
      return dataMask(context, { ...pathOf(file), ...written(options) });
    });
    if (options.json) printJson(result);
    else (await import("../print-data.ts")).printMask(result);
  });
}

function registerSplit(data: Command): void {
  const command = data
    .command("split")
    .description("part examples into training and held-out files; groups and near duplicates stay together")
    .argument("[file]", "JSON lines; default: the project's examples")
    .option("--held-out <share>", "share of held-out examples, 0.1 to 0.15; default 0.12", heldOutShare)
    .option("--seed <n>", "the same seed gives the same split; default 1", wholeNumber)
    .option("--out <dir>", "default: the file's own folder");
  withFileOptions(command).action(async (file: string | undefined, options: SplitOptions) => {
    const result = await withProject(options, async (context) => {
      const { dataSplit } = await import("../../project/data/split.ts");
      return dataSplit(context, {
        ...pathOf(file),
        ...written(options),
        ...(options.heldOut === undefined ? {} : { share: options.heldOut }),
        ...(options.seed === undefined ? {} : { seed: options.seed }),
      });
    });
    if (options.json) printJson(result);
    else (await import("../print-data.ts")).printSplit(result);
  });
}

function registerExport(data: Command): void {
  const command = data
    .command("export")
    .description("write examples in the shape that a trainer takes")
    .argument("[file]", "JSON lines; default: the project's examples")
    .addOption(new Option("--format <name>", "whose shape").choices(formats).makeOptionMandatory())
    .option("--out <file>", "default: <name>.<format>.jsonl beside the file");
  withFileOptions(command).action(async (file: string | undefined, options: ExportOptions) => {
    const result = await withProject(options, async (context) => {
      const { dataExport } = await import("../../project/data/export.ts");
      return dataExport(context, { ...pathOf(file), ...written(options), format: options.format });
    });
    if (options.json) printJson(result);
    else (await import("../print-data.ts")).printExport(result);
  });
}

function withFileOptions(command: Command): Command {
  return withCommonOptions(
    command.option("--force", "overwrite what stands there").option("--skip-bad", "leave bad lines out and say which"),
  );
}

function pathOf(file: string | undefined): { readonly path?: string } {
  return file === undefined ? {} : { path: fromWorkingDirectory(file) };
}

function written({ out, force = false, skipBad = false }: FileOptions) {
  return { force, skipBad, ...(out === undefined ? {} : { out: fromWorkingDirectory(out) }) };
}

function heldOutShare(text: string): number {
  const value = Number(text);
  if (!(value >= 0.1 && value <= 0.15)) throw new InvalidArgumentError("expected a share from 0.1 to 0.15.");
  return value;
}
