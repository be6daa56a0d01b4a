// What lies under the watched paths, told without opening a file: enough to see that something changed, and what.
import { stat } from "node:fs/promises";
import { discoverDocuments, documentPaths } from "../knowledge/discover-documents.ts";
import type { ProjectContext } from "../wiring/context.ts";

/** By source: size, time of the last change and inode. */
export type FileMarks = ReadonlyMap<string, string>;

export type FileChanges = {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
};

export async function markFiles(context: ProjectContext): Promise<FileMarks> {
  const { sources } = await discoverDocuments(context, documentPaths(context));
  const marks = new Map<string, string>();
  for (const { source, absolutePath } of sources) {
    const found = await stat(absolutePath).catch(() => undefined);
    if (found) marks.set(source, `${found.size} ${found.mtimeMs} ${found.ino}`);
  }
  return marks;
}

export function changesBetween(before: FileMarks, after: FileMarks): FileChanges {
  const sources = [...after.keys()];
  return {
    added: sources.filter((source) => !before.has(source)),
    changed: sources.filter((source) => before.has(source) && before.get(source) !== after.get(source)),
    removed: [...before.keys()].filter((source) => !after.has(source)),
  };
}
