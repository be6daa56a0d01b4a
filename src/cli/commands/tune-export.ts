// assay tune export [ID] --format F --output DIR: the tuned model for transformers, PEFT and llama.cpp
import { type Command, Option } from "commander";
import pc from "picocolors";
import type { TuneExport, TuneExportOptions } from "../../project/tuning/tune-export.ts";
import {
  type CommonOptions,
  fromWorkingDirectory,
  printJson,
  printLine,
  withCommonOptions,
  withProject,
} from "../common-options.ts";

type Options = CommonOptions & {
  readonly format: TuneExportOptions["format"];
  readonly output: string;
  readonly precision?: NonNullable<TuneExportOptions["precision"]>;
};

const formats = ["huggingface", "peft", "gguf", "gguf-lora"] as const satisfies readonly Options["format"][];

export function registerTuneExport(tune: Command): void {
  const command = tune
    .command("export")
    .description("the tuned model for transformers, PEFT and llama.cpp, checked to answer as it does here")
    .argument("[id]", "default: the newest run that succeeded")
    .addOption(new Option("--format <name>", "whole model or adapter").choices(formats).makeOptionMandatory())
    .requiredOption("--output <dir>", "folder for the files; those of the same names are replaced")
    .addOption(new Option("--precision <name>", "of GGUF matrices; default float32").choices(["float32", "float16"]));
  withCommonOptions(command).action(async (id: string | undefined, options: Options) => {
    const { format, precision } = options;
    const output = fromWorkingDirectory(options.output);
    const exported = await withProject(options, async (context) => {
      const { exportTuning } = await import("../../project/tuning/tune-export.ts");
      return exportTuning(context, {
        format,
        output,
        ...(precision && { precision }),
        ...(id !== undefined && { id }),
      });
    });
    if (options.json) printJson(exported);
    else printExport(exported);
  });
}

function printExport({ id, export: { output, files, note, check } }: TuneExport): void {
  printLine(`${pc.bold(id)} exported to ${output}`);
  for (const { name, bytes } of files) printLine(`  ${name}  ${bytes.toLocaleString("en")} bytes`);
  printLine(
    `  read back as the same model: ${check.texts} texts tokenized alike, logits of ${check.prompts} prompts within ${check.largestDifference.toExponential(0)} of their size`,
  );
  if (check.rounding)
    printLine(`  float16 leaves ${check.rounding.sameGreedyPrompts} of ${check.prompts} answers as they were`);
  printLine(`  ${note}`);
}
