// What reading yields: documents, and what could not be read, side by side.
import type { SourceDocument } from "../core/documents.ts";
import { AssayError, type ErrorCode } from "../core/errors.ts";

/** A file, or a row of one, that could not be read. `message` is one line for the user. */
export type SourceFailure = { readonly source: string; readonly code: ErrorCode; readonly message: string };

export type ReadResult = { readonly document: SourceDocument } | { readonly failure: SourceFailure };

/** The error that parsers throw. `message` names no file: whoever reads the file adds that. */
export function unreadable(message: string, cause?: unknown): AssayError {
  return new AssayError({ code: "unreadable-document", message, ...(cause === undefined ? {} : { cause }) });
}
