// CSV files: one document, one line per row that repeats the column names, so that every row can be quoted by itself.
import type { Parser } from "../core/documents.ts";
import { decodeText } from "./decode-text.ts";
import { titleOf } from "./document-fields.ts";
import { unreadable } from "./read-result.ts";
import { tidyText } from "./tidy-text.ts";

export const csvParser: Parser = {
  name: "documents/csv",
  version: "1",
  config: null,
  extensions: ["csv", "tsv"],
  async *parse({ source, bytes }) {
    const content = decodeText(bytes);
    const delimiter = delimiterOf(content);
    const [header = [], ...rows] = await parseRows(content, delimiter);
    if (header.length === 0) throw unreadable("the table has no rows");
    const columns = header.map((name) => oneLine(name));
    // A table without rows still says which columns it has.
    const lines = rows.length === 0 ? [columns.join("; ")] : rows.map((row) => recordLine(columns, row));
    const text = tidyText(lines.filter((line) => line !== "").join("\n"));
    if (text === "") throw unreadable("the table holds no text");
    const metadata = { columns: columns.filter((name) => name !== ""), rowCount: rows.length };
    yield { id: source, source, title: titleOf(source, ""), text, format: "csv", metadata, groups: [] };
  },
};

async function parseRows(content: string, delimiter: string): Promise<readonly (readonly string[])[]> {
  const { parse } = await import("csv-parse/sync");
  try {
    return parse(content, {
      bom: true,
      delimiter,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw unreadable(`the table cannot be read (${reason})`, cause);
  }
}

const delimiters: readonly string[] = [",", ";", "\t", "|"];

/** The one that occurs most, outside quotes, in the first line that has any. */
function delimiterOf(content: string): string {
  for (const line of content.slice(0, 20_000).split(/\r\n?|\n/, 20)) {
    const bare = line.replace(/"[^"]*"/g, "");
    const counts = delimiters.map((delimiter) => bare.split(delimiter).length - 1);
    const most = Math.max(...counts);
    if (most > 0) return delimiters[counts.indexOf(most)] as string;
  }
  return ",";
}

/** `Plan: Basic; Price: 12 €`. Empty cells are left out; cells beyond the header have no name. */
function recordLine(columns: readonly string[], row: readonly string[]): string {
  const cells = row.map((value, index) => {
    const name = columns[index];
    const cell = oneLine(value);
    return cell === "" ? "" : name ? `${name}: ${cell}` : cell;
  });
  return cells.filter((cell) => cell !== "").join("; ");
}

function oneLine(value: string): string {
  return value.replace(/\s+/g, " ").trim();
}
