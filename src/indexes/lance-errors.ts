// Turns what LanceDB throws into the one error users meet. Knows nothing of tables or searches.
import { AssayError } from "../core/errors.ts";

/** The failure of work on the index in `directory`, as an `AssayError`; one that already is stays as it is. */
export function asIndexError(failure: unknown, directory: string): unknown {
  if (AssayError.isInstance(failure) || isAbort(failure)) return failure;
  const text = failure instanceof Error ? failure.message : String(failure);
  if (/no space left|os error 28|ENOSPC|disk quota|os error 122/i.test(text)) {
    return new AssayError({
      code: "disk-full",
      message: `${directory}: no space left for the index`,
      remedy: "free some space, then run `assay ingest` again: what is already indexed is kept",
      isRetryable: true,
      cause: failure,
    });
  }
  if (/permission denied|os error 13|EACCES|read-only file system|EROFS/i.test(text)) {
    return new AssayError({
      code: "corrupt-state",
      message: `${directory}: the index folder cannot be read or written`,
      remedy: `give this user access to ${directory}`,
      cause: failure,
    });
  }
  return damagedIndex(directory, firstLine(text), failure);
}

/** The index is derived from the documents, so the cure for any damage is to build it anew. */
export function damagedIndex(directory: string, what: string, cause?: unknown): AssayError {
  return new AssayError({
    code: "corrupt-state",
    message: `${directory}: the index is damaged (${what})`,
    remedy: "run `assay doctor --fix`, which builds it anew",
    cause,
  });
}

function isAbort(failure: unknown): boolean {
  return failure instanceof Error && (failure.name === "AbortError" || failure.name === "TimeoutError");
}

function firstLine(text: string): string {
  const [line = ""] = text.split("\n");
  return line.length > 160 ? `${line.slice(0, 160)}…` : line;
}
