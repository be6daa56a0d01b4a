// Which files are this project's documents. Its own questions, examples and later revisions never are: gold must not be retrieved.
import { existsSync } from "node:fs";
import { basename, matchesGlob, relative, resolve } from "node:path";
import { discoverSources } from "../../documents/discover.ts";
import { configFileNames } from "../config/config-file.ts";
import { readRoots } from "../state/roots.ts";
import type { ProjectContext } from "../wiring/context.ts";

export type DiscoveredDocuments = Awaited<ReturnType<typeof discoverSources>>;

/**
 * The configured documents and every path that was ingested by name. Whoever names paths needs no `docs` folder: a configured
 * path that never was is then left out.
 */
export function documentPaths({ config, database, directory, documents }: ProjectContext): readonly string[] {
  const roots = readRoots(database);
  const isKnown = (path: string) =>
    existsSync(resolve(directory, path)) || documents.sources().some((source) => source.startsWith(path));
  return [...config.documents.filter((path) => roots.length === 0 || isKnown(path)), ...roots];
}

/** Files under `paths`, without the project's own. */
export async function discoverDocuments(
  context: Pick<ProjectContext, "directory" | "config">,
  paths: readonly string[],
): Promise<DiscoveredDocuments> {
  const { directory, config } = context;
  const found = await discoverSources(paths, { projectDirectory: directory, ignore: config.ignore });
  return {
    sources: found.sources.filter(({ absolutePath }) => !isOwnFile(context, absolutePath)),
    failures: found.failures.filter(({ source }) => !isOwnFile(context, resolve(directory, source))),
  };
}

/** `changes/` holds documents as they will be; all these count at the project's root only, so `docs/changes/` is knowledge. */
function isOwnFile({ directory, config }: Pick<ProjectContext, "directory" | "config">, path: string): boolean {
  const inside = relative(directory, path).replaceAll("\\", "/");
  if (configFileNames.includes(inside) || inside.startsWith("changes/")) return true;
  if (basename(inside) === "changes.jsonl" && config.questions.some((pattern) => sameFolder(pattern, inside)))
    return true;
  return [...config.questions, ...config.examples].some((pattern) => matchesGlob(inside, pattern));
}

function sameFolder(pattern: string, path: string): boolean {
  const folderOf = (file: string) => file.split("/").slice(0, -1).join("/");
  return folderOf(pattern) === folderOf(path);
}
