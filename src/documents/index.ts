// Reads a file into documents: the way in for everything above this folder.
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import type { Parser } from "../core/documents.ts";
import { AssayError } from "../core/errors.ts";
import type { FoundSource } from "./discover.ts";
import { parserFor } from "./formats.ts";
import { jsonlParser, readRows } from "./jsonl.ts";
import { parseInWorker } from "./parse-in-worker.ts";
import { type ReadResult, type SourceFailure, unreadable } from "./read-result.ts";

export { parserFor } from "./formats.ts";
export type { ReadResult } from "./read-result.ts";

export type ReadOptions = {
  /** Larger files are refused; JSONL files are streamed and know no limit. Default 100 MB. */
  readonly maxBytes?: number;
  /** For one file of a format that is parsed in a worker. Default 60,000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
};

/** Every document of a file, and every failure in it. Never throws for what a file holds; a cancelled call throws. */
export async function* readDocuments(file: FoundSource, options: ReadOptions = {}): AsyncGenerator<ReadResult> {
  const parser = parserFor(file.source);
  try {
    if (!parser) throw new AssayError({ code: "unknown-format", message: "no reader for this kind of file" });
    if (parser === jsonlParser) yield* rowsOf(file);
    else yield* parsed(parser, file, options);
  } catch (cause) {
    options.signal?.throwIfAborted();
    yield { failure: failureOf(file.source, cause) };
  }
}

async function* rowsOf(file: FoundSource): AsyncGenerator<ReadResult> {
  let isEmpty = true;
  for await (const result of readRows(createReadStream(file.absolutePath), file.source)) {
    isEmpty = false;
    yield result;
  }
  if (isEmpty) throw unreadable("the file holds no rows");
}

async function* parsed(parser: Parser, file: FoundSource, options: ReadOptions): AsyncGenerator<ReadResult> {
  const { maxBytes = 100_000_000, timeoutMs = 60_000, signal } = options;
  const { size } = await stat(file.absolutePath);
  if (size === 0) throw unreadable("the file is empty");
  if (size > maxBytes) throw unreadable(`the file has ${size} bytes, more than the limit of ${maxBytes}`);
  const bytes = await readFile(file.absolutePath, signal ? { signal } : {});
  const raw = { source: file.source, bytes };
  const documents = isHeavy(parser)
    ? await parseInWorker(raw, { timeoutMs, ...(signal ? { signal } : {}) })
    : parser.parse(raw, signal ? { signal } : {});
  for await (const document of documents) {
    if (document.text.trim() === "") throw unreadable("the file holds no text");
    yield { document };
  }
}

/** Formats whose libraries can be made to loop or to run out of memory by a hostile file. */
function isHeavy({ name }: Parser): boolean {
  return name === "documents/pdf" || name === "documents/docx" || name === "documents/html";
}

/** One line, whatever was thrown: libraries' messages may have many. */
function failureOf(source: string, cause: unknown): SourceFailure {
  if (AssayError.isInstance(cause)) return { source, code: cause.code, message: cause.message };
  const reason = (cause instanceof Error ? cause.message : String(cause)).split("\n")[0] ?? "";
  return { source, code: "unreadable-document", message: `the file cannot be read (${reason})` };
}
