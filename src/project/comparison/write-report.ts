// Puts a comparison's report where people and scripts find it.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ComparisonReport } from "../../core/comparison.ts";
import { hashOf } from "../../core/hash.ts";
import type { ComparisonLedger } from "../../economics/ledger.ts";
import { renderHtml } from "../../report/html.ts";
import { renderMarkdown } from "../../report/markdown.ts";
import { comparisonFormat } from "../state/last-comparison.ts";
import { diskError } from "../state/state-folder.ts";
import type { ProjectContext } from "../wiring/context.ts";

/** Returns the path of the HTML page. The same results give the same folder: a repeated run replaces its own report. */
export async function writeReport(
  context: ProjectContext,
  report: ComparisonReport,
  ledger: ComparisonLedger,
): Promise<string> {
  const { createdAt: _, ...content } = report;
  const directory = join(context.state.runs, hashOf(JSON.parse(JSON.stringify(content))).slice(0, 12));
  const page = join(directory, "report.html");
  try {
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, "report.json"), JSON.stringify({ format: comparisonFormat, ...report }, null, 1));
    await writeFile(join(directory, "ledger.json"), JSON.stringify({ format: comparisonFormat, ...ledger }));
    await writeFile(join(directory, "report.md"), renderMarkdown(report));
    await writeFile(page, renderHtml(report));
    return page;
  } catch (cause) {
    throw diskError(cause, directory);
  }
}
