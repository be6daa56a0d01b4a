// Finds the files that paths, folders and globs name. Opens none of them.
import { glob, readdir, realpath, stat } from "node:fs/promises";
import { isAbsolute, join, matchesGlob, relative, resolve, sep } from "node:path";
import { parserFor } from "./formats.ts";
import type { SourceFailure } from "./read-result.ts";

export type FoundSource = {
  /** Relative to the project with `/` where the file lies in it, else the path as given. */
  readonly source: string;
  readonly absolutePath: string;
};

export type DiscoverOptions = {
  readonly projectDirectory: string;
  /** Globs on `source`, or names of folders and files, to leave out in silence. */
  readonly ignore?: readonly string[];
};

type Discovery = { readonly sources: readonly FoundSource[]; readonly failures: readonly SourceFailure[] };
type Found = { readonly named: string; readonly absolutePath: string };

const skippedFolders: ReadonlySet<string> = new Set(["node_modules"]);
const globCharacters = /[*?[\]{}!]/;

/**
 * Every supported file below `paths`, each once, in order of `source`. Folders are walked without following links into
 * a folder twice; names that begin with a dot, and `node_modules`, are skipped. Files of unknown format are failures.
 */
export async function discoverSources(paths: readonly string[], options: DiscoverOptions): Promise<Discovery> {
  const sources = new Map<string, FoundSource>();
  const failures: SourceFailure[] = [];
  for (const path of paths) {
    const found = await filesNamedBy(path, options.projectDirectory);
    if (typeof found === "string") failures.push({ source: path, code: "not-found", message: found });
    else for (const file of found) sort(file, options, sources, failures);
  }
  const bySource = (a: { source: string }, b: { source: string }) =>
    a.source < b.source ? -1 : a.source > b.source ? 1 : 0;
  return { sources: [...sources.values()].sort(bySource), failures: failures.sort(bySource) };
}

function sort(
  file: Found,
  options: DiscoverOptions,
  sources: Map<string, FoundSource>,
  failures: SourceFailure[],
): void {
  const source = sourceName(file, options.projectDirectory);
  if (sources.has(file.absolutePath) || isIgnored(source, options.ignore ?? [])) return;
  if (parserFor(source)) sources.set(file.absolutePath, { source, absolutePath: file.absolutePath });
  else if (!failures.some((failure) => failure.source === source)) failures.push(unknownFormat(source));
}

function unknownFormat(source: string): SourceFailure {
  const extension = /\.[^./\\]+$/.exec(source)?.[0];
  const what = extension ? `no reader for ${extension} files` : "no reader for a file without an extension";
  return {
    source,
    code: "unknown-format",
    message: `${what}: convert it, or list it under "ignore"`,
  };
}

function isIgnored(source: string, ignore: readonly string[]): boolean {
  return ignore.some((pattern) => matchesGlob(source, pattern) || source.split("/").includes(pattern));
}

function sourceName({ named, absolutePath }: Found, projectDirectory: string): string {
  const inside = relative(projectDirectory, absolutePath);
  return inside.startsWith("..") || isAbsolute(inside) ? named : inside.split(sep).join("/");
}

/** A sentence where nothing is there. */
async function filesNamedBy(path: string, projectDirectory: string): Promise<readonly Found[] | string> {
  const absolutePath = resolve(projectDirectory, path);
  const status = await stat(absolutePath).catch(() => undefined);
  if (status?.isFile()) return [{ named: path, absolutePath }];
  if (status?.isDirectory()) return await walk({ named: path, absolutePath }, new Set());
  if (!globCharacters.test(path)) return "there is no such file or folder";
  const found: Found[] = [];
  for await (const match of glob(path, { cwd: projectDirectory, exclude: isSkipped })) {
    const file = { named: match, absolutePath: resolve(projectDirectory, match) };
    if ((await stat(file.absolutePath).catch(() => undefined))?.isFile()) found.push(file);
  }
  return found.length > 0 ? found : `no file matches "${path}"`;
}

function isSkipped(path: string): boolean {
  const name = path.split(/[\\/]/).at(-1) ?? path;
  return skippedFolders.has(name) || (name.startsWith(".") && !/^\.+$/.test(name));
}

/** `entered` holds real paths, so that a link to a folder above ends the walk. */
async function walk(folder: Found, entered: Set<string>): Promise<readonly Found[]> {
  const real = await realpath(folder.absolutePath).catch(() => undefined);
  if (real === undefined || entered.has(real)) return [];
  entered.add(real);
  const files: Found[] = [];
  for (const name of (await readdir(folder.absolutePath).catch(() => [])).sort()) {
    if (isSkipped(name)) continue;
    const entry = { named: join(folder.named, name), absolutePath: join(folder.absolutePath, name) };
    const status = await stat(entry.absolutePath).catch(() => undefined);
    if (status?.isDirectory()) files.push(...(await walk(entry, entered)));
    else if (status?.isFile()) files.push(entry);
  }
  return files;
}
