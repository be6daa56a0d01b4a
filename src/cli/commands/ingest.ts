// assay ingest
import type { Command } from "commander";
import pc from "picocolors";
import type { IngestResult } from "../../project/ingest.ts";
import {
  type CommonOptions,
  fromWorkingDirectory,
  printJson,
  printLine,
  type Register,
  withCommonOptions,
  withProject,
} from "../common-options.ts";

type Options = CommonOptions & { readonly readapt?: boolean };

export const registerIngest: Register = (program: Command) => {
  const command = program
    .command("ingest")
    .description("read documents and bring the index in line with them")
    .argument("[paths...]", "files, folders or globs; default: the configured documents")
    .option("--readapt", "adapt tokenizer and vectors to the documents anew, and replace the index in one step");
  withCommonOptions(command).action(async (paths: string[], options: Options) => {
    const result = await withProject(options, async (context, progress) => {
      const { ingest } = await import("../../project/ingest.ts");
      return ingest(context, {
        ...(paths.length > 0 ? { paths: paths.map(fromWorkingDirectory) } : {}),
        readapt: options.readapt ?? false,
        progress,
      });
    });
    if (options.json) printJson(result);
    else printSummary(result);
  });
};

function printSummary({ documents, chunks, failures, ms }: IngestResult): void {
  const { added, changed, unchanged, removed } = documents;
  printLine(
    `${added} added, ${changed} changed, ${unchanged} unchanged, ${removed} removed; ${chunks} chunks in the index (${(ms / 1000).toFixed(1)} s)`,
  );
  for (const failure of failures)
    printLine(`${pc.yellow("not read")} ${failure.source}: ${failure.message} [${failure.code}]`);
}
