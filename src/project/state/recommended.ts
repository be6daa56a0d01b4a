// The approach that the last comparison recommended: what `ask` uses by default.
import type { ControlDatabase } from "./control-database.ts";

export function readRecommended(database: ControlDatabase): string | undefined {
  return (
    database.sqlite.prepare("SELECT value FROM meta WHERE key = 'recommended'").get() as { value: string } | undefined
  )?.value;
}

export function writeRecommended(database: ControlDatabase, approach: string): void {
  const write = database.sqlite.prepare("INSERT OR REPLACE INTO meta VALUES ('recommended', ?)");
  database.transaction(() => write.run(approach));
}
