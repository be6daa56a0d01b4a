// The readers there are, by file extension. To add a format, add its file here.
import type { Parser } from "../core/documents.ts";
import { csvParser } from "./csv.ts";
import { docxParser } from "./docx.ts";
import { htmlParser } from "./html.ts";
import { jsonlParser } from "./jsonl.ts";
import { markdownParser } from "./markdown.ts";
import { pdfParser } from "./pdf.ts";
import { textParser } from "./text.ts";

export const parsers: readonly Parser[] = [
  markdownParser,
  htmlParser,
  textParser,
  pdfParser,
  docxParser,
  csvParser,
  jsonlParser,
];

const parserOfExtension: ReadonlyMap<string, Parser> = new Map(
  parsers.flatMap((parser) => parser.extensions.map((extension) => [extension, parser] as const)),
);

/** The reader for a file, by the longest known extension of its name; undefined where there is none. */
export function parserFor(source: string): Parser | undefined {
  const name = (source.split(/[\\/]/).at(-1) ?? source).toLowerCase();
  const [, ...parts] = name.split(".");
  for (let from = Math.max(0, parts.length - 2); from < parts.length; from++) {
    const parser = parserOfExtension.get(parts.slice(from).join("."));
    if (parser) return parser;
  }
  return undefined;
}
