// assay ingest
import { extname } from "node:path";
import type { Command } from "commander";
import pc from "picocolors";
import type { IngestResult } from "../../project/knowledge/ingest.ts";
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
      const { ingest } = await import("../../project/knowledge/ingest.ts");
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

/** Failures shown one by one; more of them tell nobody anything that the count does not. */
const shownFailures = 10;

function printSummary({ documents, chunks, failures, ms }: IngestResult): void {
  const { added, changed, unchanged, removed } = documents;
  printLine(
    `${added} added, ${changed} changed, ${unchanged} unchanged, ${removed} removed; ${chunks} ${chunks === 1 ? "chunk" : "chunks"} in the index (${(ms / 1000).toFixed(1)} s)`,
  );
  const [unknown, broken] = [
    failures.filter(({ code }) => code === "unknown-format"),
    failures.filter(({ code }) => code !== "unknown-format"),
  ];
  for (const failure of broken.slice(0, shownFailures)) {
    printLine(`${pc.yellow("not read")} ${failure.source}: ${failure.message} [${failure.code}]`);
  }
  if (broken.length > shownFailures) printLine(pc.dim(`… and ${broken.length - shownFailures} more: --json lists all`));
  if (unknown.length > 0)
    printLine(
      `${pc.yellow("no reader")} for ${unknown.length} ${unknown.length === 1 ? "file" : "files"}: ${extensionCounts(unknown)}`,
    );
}

/** ".eml (71), .json (12)" */
function extensionCounts(failures: IngestResult["failures"]): string {
  const counts = new Map<string, number>();
  for (const { source } of failures) {
    const extension = extname(source).toLowerCase() || "without extension";
    counts.set(extension, (counts.get(extension) ?? 0) + 1);
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([extension, count]) => `${extension} (${count})`)
    .join(", ");
}
