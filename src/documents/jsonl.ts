// JSONL files: one document per row, read as a stream. A broken row is reported by its line and costs no other row.
import { isUtf8 } from "node:buffer";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { Parser, SourceDocument } from "../core/documents.ts";
import type { Json } from "../core/json.ts";
import { groupsOf } from "./document-fields.ts";
import { type ReadResult, unreadable } from "./read-result.ts";

const expected = 'expected {"id": "…", "text": "…", "title"?: "…", …metadata}';

/** Throws at the first broken row; `readRows` reports it and goes on. */
export const jsonlParser: Parser = {
  name: "documents/jsonl",
  version: "1",
  config: null,
  extensions: ["jsonl", "ndjson", "jsonl.gz", "ndjson.gz"],
  async *parse({ source, bytes }) {
    for await (const result of readRows([bytes], source)) {
      if ("failure" in result) throw unreadable(result.failure.message);
      yield result.document;
    }
  },
};

/** Rows of a JSONL file whose bytes, gzipped or not, come in `parts`. */
export async function* readRows(
  parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  source: string,
): AsyncGenerator<ReadResult> {
  const lineOfId = new Map<string, number>();
  let line = 0;
  try {
    for await (const text of linesOf(unzipped(parts))) {
      line += 1;
      if (text?.trim() === "") continue;
      const row = text === undefined ? "not UTF-8" : rowOf(text, source);
      const earlier = typeof row === "string" ? undefined : lineOfId.get(row.id);
      if (typeof row === "string") yield failureAt(source, line, `${row}; ${expected}`);
      else if (earlier !== undefined)
        yield failureAt(source, line, `id "${row.id}" was already used on line ${earlier}`);
      else {
        lineOfId.set(row.id, line);
        yield { document: row };
      }
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    yield failureAt(source, line + 1, `the file cannot be read any further (${reason})`);
  }
}

function failureAt(source: string, line: number, message: string): ReadResult {
  return { failure: { source, code: "bad-input", message: `line ${line}: ${message}` } };
}

/** The document, or what is wrong with the row. The text stays as it is: offsets of the user's own gold point into it. */
function rowOf(line: string, source: string): SourceDocument | string {
  let row: Json;
  try {
    row = JSON.parse(line) as Json;
  } catch {
    return "not valid JSON";
  }
  if (row === null || typeof row !== "object" || Array.isArray(row)) return "not a JSON object";
  const { id, title, text, groups, ...metadata } = row as { readonly [key: string]: Json };
  if (typeof id !== "string" && typeof id !== "number") return '"id" is missing';
  if (id === "") return '"id" is empty';
  if (typeof text !== "string") return '"text" is missing or not a string';
  if (text.trim() === "") return '"text" is empty';
  const heading = typeof title === "string" ? title.trim() : "";
  return {
    id: String(id),
    source,
    title: heading || String(id),
    text,
    format: "row",
    metadata,
    groups: groupsOf(groups),
  };
}

/** A gzip file is known by its first two bytes, whatever its name is. */
async function* unzipped(parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = Readable.from(parts);
  const iterator: AsyncIterator<Uint8Array> = source[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done) return;
  const rejoined = (async function* () {
    yield first.value;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  })();
  const isGzip = first.value[0] === 0x1f && first.value[1] === 0x8b;
  if (isGzip) {
    const unzip = createGunzip();
    // An error of either side surfaces while `unzip` is read.
    pipeline(Readable.from(rejoined), unzip, () => {});
    yield* unzip as AsyncIterable<Uint8Array>;
  } else yield* rejoined;
}

/** Undefined stands for a line that is not UTF-8. Cut as bytes, so that such a line spoils no other. */
async function* linesOf(parts: AsyncIterable<Uint8Array>): AsyncGenerator<string | undefined> {
  let rest: Buffer[] = [];
  for await (const part of parts) {
    const bytes = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
    let start = 0;
    for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, start)) {
      yield decoded([...rest, bytes.subarray(start, end)]);
      rest = [];
      start = end + 1;
    }
    rest.push(bytes.subarray(start));
  }
  yield decoded(rest);
}

function decoded(parts: readonly Buffer[]): string | undefined {
  const bytes = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
  return isUtf8(bytes) ? bytes.toString("utf8").replace(/^\ufeff/, "") : undefined;
}
