// `assay data export`: examples in the shape that one trainer takes.
import { AssayError } from "../../core/errors.ts";
import { type ExportFormat, exportRow, fewestExamples } from "../../tuning/data/export-formats.ts";
import type { LineProblem } from "../../tuning/data/read-rows.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { badLine, besides, nameOf, openData, refuseOverwriting, usableLines, writeLines } from "./rows.ts";

export type DataExportOptions = {
  readonly path?: string;
  readonly format: ExportFormat;
  /** Absolute; default `<name>.<format>.jsonl` beside the file. */
  readonly out?: string;
  readonly force?: boolean;
  readonly skipBad?: boolean;
};

/** What `assay data export --json` prints. */
export type DataExportResult = {
  readonly file: string;
  readonly format: ExportFormat;
  readonly exported: string;
  readonly examples: number;
  /** More than `examples` where an example with several answers became a row for each. */
  readonly rows: number;
  readonly leftOut: readonly LineProblem[];
};

/** Throws `AssayError` `bad-examples` at the first row that the trainer would refuse, unless `skipBad`. */
export async function dataExport(context: ProjectContext, options: DataExportOptions): Promise<DataExportResult> {
  const { format, skipBad = false } = options;
  const data = await openData(context, options.path);
  const { lines, leftOut } = usableLines(data, skipBad);
  const out = options.out ?? besides(data.path, format);
  refuseOverwriting([out], options.force === true && out !== data.path);
  const exported = lines.map(({ line, row }) => ({ line, ...exportRow(row, format) }));
  const refused = exported.flatMap((item) => ("refused" in item ? [{ line: item.line, message: item.refused }] : []));
  if (refused.length > 0 && !skipBad) throw badLine(data.name, refused);
  const taken = exported.flatMap((item) => ("rows" in item ? [item.rows] : []));
  if (taken.length < fewestExamples[format]) throw tooFew(data.name, format, taken.length);
  const texts = taken.flat().map((row) => JSON.stringify(row));
  await writeLines(out, texts);
  const result = { file: data.name, format, exported: nameOf(context, out), examples: taken.length };
  return { ...result, rows: texts.length, leftOut: [...leftOut, ...refused] };
}

function tooFew(name: string, format: ExportFormat, examples: number): AssayError {
  return new AssayError({
    code: "bad-examples",
    message: `${name}: ${format} takes no fewer than ${fewestExamples[format]} examples, and there are ${examples}`,
    remedy: "add examples, e.g. from documents: `assay data synthesize`",
  });
}
