// Training files on disk: which one is meant, what is in it, and how results are written beside it.
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join, parse, relative } from "node:path";
import { AssayError } from "../../core/errors.ts";
import { type DataFile, type DataLine, type LineProblem, readRows } from "../../tuning/data/read-rows.ts";
import { diskError } from "../state/state-folder.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { filesOf } from "./data-files.ts";

export type OpenedData = { readonly path: string; readonly name: string; readonly file: DataFile };

/** `path`, absolute, or the project's one examples file. Throws `AssayError`: `not-found`, `bad-usage`. */
export async function openData(context: ProjectContext, path: string | undefined): Promise<OpenedData> {
  const chosen = path ?? (await onlyExamplesFile(context));
  let bytes: Uint8Array;
  try {
    bytes = await readFile(chosen);
  } catch (cause) {
    throw new AssayError({
      code: "not-found",
      message: `${chosen}: cannot be read`,
      remedy: "name a file of JSON lines: `assay data check FILE`",
      cause,
    });
  }
  return { path: chosen, name: nameOf(context, chosen), file: readRows(bytes) };
}

async function onlyExamplesFile(context: ProjectContext): Promise<string> {
  const files = await filesOf(context, context.config.examples);
  const [first, second] = files;
  if (first && !second) return first.path;
  throw new AssayError({
    code: first ? "bad-usage" : "not-found",
    message: first
      ? `the project has ${files.length} examples files: ${files.map(({ name }) => name).join(", ")}`
      : `${context.config.examples.join(", ")}: no examples file found in ${context.directory}`,
    remedy: "name one: `assay data check FILE`",
  });
}

/** Relative to the project where it lies inside. */
export function nameOf(context: ProjectContext, path: string): string {
  const inside = relative(context.directory, path);
  return inside.startsWith("..") ? path : inside;
}

/** The lines that can be used. Throws `AssayError` `bad-examples` at the first that cannot, unless `skipBad`. */
export function usableLines(
  { name, file }: OpenedData,
  skipBad: boolean,
): { readonly lines: readonly DataLine[]; readonly leftOut: readonly LineProblem[] } {
  const [first] = file.broken;
  if (first && !skipBad) throw badLine(name, file.broken);
  if (file.lines.length === 0) {
    throw new AssayError({
      code: "bad-examples",
      message: `${name}: holds no example`,
      remedy: 'write one a line: {"messages":[{"role":"user","content":"…"},{"role":"assistant","content":"…"}]}',
    });
  }
  return { lines: file.lines, leftOut: file.broken };
}

export function badLine(
  name: string,
  problems: readonly LineProblem[],
  remedy: string = "correct the line, or leave bad lines out: --skip-bad",
): AssayError {
  const [first] = problems;
  const others = new Set(problems.map(({ line }) => line)).size - 1;
  return new AssayError({
    code: "bad-examples",
    message: `${name}, line ${first?.line}: ${first?.message}${others > 0 ? ` (and ${others} more bad lines)` : ""}`,
    remedy,
  });
}

/** `dir/name.suffix.jsonl` for `dir/name.jsonl`. */
export function besides(path: string, suffix: string, directory: string = dirname(path)): string {
  return join(directory, `${parse(path).name}.${suffix}.jsonl`);
}

/** Throws `AssayError` `bad-usage` where one of the files exists and `force` is not set: before any is written. */
export function refuseOverwriting(paths: readonly string[], force: boolean): void {
  const standing = force ? undefined : paths.find((path) => existsSync(path));
  if (standing === undefined) return;
  throw new AssayError({
    code: "bad-usage",
    message: `${standing} exists already`,
    remedy: "name another place with --out, or overwrite it with --force",
  });
}

/** One JSON value a line; in place all at once or not at all. */
export async function writeLines(path: string, lines: readonly string[]): Promise<void> {
  const unfinished = `${path}.unfinished`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(unfinished, lines.map((line) => `${line}\n`).join(""));
    await rename(unfinished, path);
  } catch (cause) {
    throw diskError(cause, path);
  }
}
