// Where the last comparison left its report and ledger, so that `cost` and `decide` can draw on what was measured.
import { readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import type { ComparisonReport } from "../../core/comparison.ts";
import { AssayError } from "../../core/errors.ts";
import type { ComparisonLedger } from "../../economics/ledger.ts";
import type { ProjectContext } from "../wiring/context.ts";

/** Written into both files; raised where a reader of today would misread those of yesterday. */
export const comparisonFormat = 1;

export type LastComparison = { readonly report: ComparisonReport; readonly ledger: ComparisonLedger };

/** `page` is the path that `writeReport` gave; kept relative to the project, which may move. */
export function writeLastComparison({ database, directory }: ProjectContext, page: string): void {
  const write = database.sqlite.prepare("INSERT OR REPLACE INTO meta VALUES ('lastComparison', ?)");
  database.transaction(() => write.run(relative(directory, dirname(page))));
}

/** Undefined before the first comparison, and where its files are gone. Throws `AssayError` `corrupt-state` for files of another version. */
export async function readLastComparison({ database, directory }: ProjectContext): Promise<LastComparison | undefined> {
  const row = database.sqlite.prepare("SELECT value FROM meta WHERE key = 'lastComparison'").get();
  if (row === undefined) return undefined;
  const folder = join(directory, String(row["value"]));
  const files = await Promise.all(["report.json", "ledger.json"].map((name) => readJson(join(folder, name))));
  const [report, ledger] = files;
  if (report === undefined || ledger === undefined) return undefined;
  if (files.some((file) => file?.format !== comparisonFormat)) {
    throw new AssayError({
      code: "corrupt-state",
      message: `${folder}: the last comparison was written by another version of Assay`,
      remedy: "run `assay compare` again: answers that are kept are not paid for twice",
    });
  }
  return { report, ledger } as unknown as LastComparison;
}

type Formatted = { readonly format?: unknown };

async function readJson(path: string): Promise<Formatted | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path, "utf8"));
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
