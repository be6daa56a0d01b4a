// From the bytes of a JSON Lines file to its examples, with every problem by line: encoding, JSON, shape. Reads no file.
import type { Json } from "../../core/json.ts";
import type { ExampleRow } from "./example-row.ts";
import { type RowShape, readRow } from "./read-row.ts";

export type LineProblem = { readonly line: number; readonly message: string };

export type DataLine = {
  /** Counted from 1. */
  readonly line: number;
  /** As it stands in the file, without its end. */
  readonly text: string;
  readonly json: Json;
  readonly row: ExampleRow;
};

export type DataFile = {
  /** Lines that hold an example, in file order. */
  readonly lines: readonly DataLine[];
  /** Lines that hold none, and why; a line may have several. */
  readonly broken: readonly LineProblem[];
  /** Undefined for a file without examples. */
  readonly shape: RowShape | undefined;
};

const newline = 10;

/** Blank lines and a byte-order mark are skipped. A file holds one shape, that of its first example. */
export function readRows(bytes: Uint8Array): DataFile {
  const lines: DataLine[] = [];
  const broken: LineProblem[] = [];
  let shape: RowShape | undefined;
  for (const { line, text, encoding } of textLines(bytes)) {
    if (encoding) broken.push({ line, message: encoding });
    if (text === undefined) continue;
    const json = parsed(text);
    if (json === undefined) {
      broken.push({ line, message: "not JSON" });
      continue;
    }
    const read = readRow(json, line);
    if (read.status === "broken") broken.push(...read.problems.map((message) => ({ line, message })));
    else if (shape !== undefined && read.shape !== shape) {
      broken.push({ line, message: `is a ${read.shape} row in a file of ${shape} rows` });
    } else {
      shape = read.shape;
      const encodingProblems = encodingProblemsOf(json);
      broken.push(...encodingProblems.map((message) => ({ line, message })));
      if (encodingProblems.length === 0) lines.push({ line, text, json, row: read.row });
    }
  }
  return { lines, broken, shape };
}

type TextLine = { readonly line: number; readonly text?: string; readonly encoding?: string };

function* textLines(bytes: Uint8Array): Generator<TextLine> {
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let line = 0;
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(newline, start);
    const end = found < 0 ? bytes.length : found;
    line += 1;
    try {
      const text = strict.decode(bytes.subarray(start, end)).replace(/^\uFEFF|\r$/g, "");
      if (text.trim() !== "") yield { line, text };
    } catch {
      yield { line, encoding: "not UTF-8" };
    }
    start = end + 1;
  }
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** All but tab and line ends. */
const controlCharacter = /(?![\t\n\r])\p{Cc}/u;

/** UTF-8 that was read as windows-1252 and saved again: "Ã¼" for "ü", "â€™" for "’". */
const misread = /Ã[\u0080-\u00bf¡-¿„ƒ…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ€]|â€[™œ“”˜¦\u009d]/;

function encodingProblemsOf(json: Json): readonly string[] {
  const text = [...stringsIn(json)].join("\n");
  const problems: string[] = [];
  if (text.includes("\ufffd")) problems.push("holds the character U+FFFD, which stands for text that was lost");
  if (!text.isWellFormed()) problems.push("holds half of a character (a lone surrogate)");
  if (controlCharacter.test(text)) problems.push("holds control characters");
  const sign = misread.exec(text)?.[0];
  if (sign) problems.push(`holds "${sign}": UTF-8 that was read as windows-1252`);
  return problems;
}

function* stringsIn(value: Json): Generator<string> {
  if (typeof value === "string") yield value;
  else if (typeof value === "object" && value !== null)
    for (const member of Object.values(value)) yield* stringsIn(member);
}
