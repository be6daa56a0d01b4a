// Paths that were ingested by name, so that a later `assay ingest` without a path keeps them in step as well.
import { relative, resolve } from "node:path";
import type { ControlDatabase } from "./control-database.ts";

export function readRoots(database: ControlDatabase): readonly string[] {
  return (database.sqlite.prepare("SELECT path FROM roots ORDER BY path").all() as { path: string }[]).map(
    (row) => row.path,
  );
}

/** Remembers `paths`, absolute, unless the configured documents or an earlier root already cover them. */
export function addRoots(
  database: ControlDatabase,
  projectDirectory: string,
  configured: readonly string[],
  paths: readonly string[],
): void {
  const covering = [...configured, ...readRoots(database)].map((path) => resolve(projectDirectory, path));
  const fresh = paths
    .map((path) => resolve(projectDirectory, path))
    .filter((path) => !covering.some((root) => covers(root, path)));
  const add = database.sqlite.prepare("INSERT OR IGNORE INTO roots VALUES (?)");
  database.transaction(() => {
    for (const path of fresh) add.run(path);
  });
}

function covers(root: string, path: string): boolean {
  const inside = relative(root, path);
  return inside === "" || !inside.startsWith("..");
}
