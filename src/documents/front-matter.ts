// Reads the simple YAML that stands above Markdown: scalars, lists and folded text. Nested maps are left out.
import type { Metadata } from "../core/documents.ts";
import type { Json } from "../core/json.ts";

export type FrontMatter = { readonly metadata: Metadata; readonly body: string };

/** Splits front matter off. Text without it, or with a block that never closes, comes back whole. */
export function splitFrontMatter(text: string): FrontMatter {
  const opening = /^---[ \t]*\n/.exec(text);
  if (!opening) return { metadata: {}, body: text };
  const closing = /^(?:---|\.\.\.)[ \t]*$/m.exec(text.slice(opening[0].length));
  if (!closing) return { metadata: {}, body: text };
  const yaml = text.slice(opening[0].length, opening[0].length + closing.index);
  const lines = yaml.split("\n");
  const holdsKeys = lines.every((line) => /^(?:\s*$|\s*#|\s*-|\s|[^\s:#][^:]*:)/.test(line));
  if (!holdsKeys) return { metadata: {}, body: text };
  return { metadata: parseKeys(lines), body: text.slice(opening[0].length + closing.index + closing[0].length) };
}

function parseKeys(lines: readonly string[]): Metadata {
  const entries: [string, Json][] = [];
  for (const [index, line] of lines.entries()) {
    const match = /^([^\s:#-][^:]*):(?:\s+(.*))?$/.exec(line);
    if (!match) continue;
    const value = parsedValue((match[2] ?? "").trim(), () => indentedBelow(lines, index));
    if (value !== undefined) entries.push([(match[1] as string).trim(), value]);
  }
  return Object.fromEntries(entries);
}

/** Lines that belong to the key on line `index`: indented ones, and list items at its own depth. */
function indentedBelow(lines: readonly string[], index: number): readonly string[] {
  const rest = lines.slice(index + 1);
  const end = rest.findIndex((line) => /^[^\s-]/.test(line));
  return (end < 0 ? rest : rest.slice(0, end)).map((line) => line.trim()).filter((line) => line !== "");
}

function parsedValue(text: string, below: () => readonly string[]): Json | undefined {
  if (/^[|>][+-]?$/.test(text)) return below().join(text.startsWith("|") ? "\n" : " ");
  if (text !== "") return text.startsWith("[") && text.endsWith("]") ? flowList(text) : scalar(text);
  const items = below();
  if (items.length === 0) return null;
  return items.every((item) => item.startsWith("- ")) ? items.map((item) => scalar(item.slice(2).trim())) : undefined;
}

function flowList(text: string): Json {
  const items = text.slice(1, -1).match(/"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^,]+/g) ?? [];
  return items
    .map((item) => item.trim())
    .filter((item) => item !== "")
    .map(scalar);
}

function scalar(text: string): Json {
  if (/^"(?:[^"\\]|\\.)*"/.test(text)) return doubleQuoted(text);
  const single = /^'((?:[^']|'')*)'/.exec(text);
  if (single) return (single[1] as string).replaceAll("''", "'");
  const plain = text.replace(/\s+#.*$/, "").trim();
  if (/^(?:true|false)$/i.test(plain)) return plain.toLowerCase() === "true";
  if (/^(?:null|~)?$/i.test(plain)) return null;
  return /^-?(?:0|[1-9]\d{0,14})(?:\.\d+)?$/.test(plain) ? Number(plain) : plain;
}

function doubleQuoted(text: string): string {
  const quoted = /^"(?:[^"\\]|\\.)*"/.exec(text)?.[0] ?? text;
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return quoted.slice(1, -1);
  }
}
