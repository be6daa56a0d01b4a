// Where the last comparison left its report and ledger, so that `cost` and `decide` can draw on what was measured.
import { readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import type { ComparisonReport } from "../../core/comparison.ts";
import type { ComparisonLedger } from "../../economics/ledger.ts";
import type { ProjectContext } from "../wiring/context.ts";

export type LastComparison = { readonly report: ComparisonReport; readonly ledger: ComparisonLedger };

/** `page` is the path that `writeReport` gave; kept relative to the project, which may move. */
export function writeLastComparison({ database, directory }: ProjectContext, page: string): void {
  const write = database.sqlite.prepare("INSERT OR REPLACE INTO meta VALUES ('lastComparison', ?)");
  database.transaction(() => write.run(relative(directory, dirname(page))));
}

/** Undefined before the first comparison, and where its files are gone. */
export async function readLastComparison({ database, directory }: ProjectContext): Promise<LastComparison | undefined> {
  const row = database.sqlite.prepare("SELECT value FROM meta WHERE key = 'lastComparison'").get();
  if (row === undefined) return undefined;
  const folder = join(directory, String(row["value"]));
  try {
    const [report, ledger] = await Promise.all(
      ["report.json", "ledger.json"].map(async (name) => JSON.parse(await readFile(join(folder, name), "utf8"))),
    );
    return { report, ledger };
  } catch {
    return undefined;
  }
}
