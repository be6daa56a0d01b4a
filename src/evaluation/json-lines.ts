// Reads JSON Lines one by one and says which line is broken and what was expected. Knows no meaning of the lines.
import type { z } from "zod";
import { issueLine, issueWords } from "./issue-words.ts";

/** All that is wrong with one line, counted from 1. */
export type LineIssue = { readonly line: number; readonly message: string };

export type ParsedLines<T> = {
  readonly items: readonly { readonly line: number; readonly value: T }[];
  readonly issues: readonly LineIssue[];
};

/** Every line that holds anything must satisfy the schema; blank lines and a byte-order mark are skipped. */
export function parseJsonLines<T>(text: string, schema: z.ZodType<T>, expected: string): ParsedLines<T> {
  const items: { line: number; value: T }[] = [];
  const issues: LineIssue[] = [];
  for (const [index, raw] of text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .entries()) {
    if (raw.trim() === "") continue;
    const line = index + 1;
    const json = parseJson(raw);
    if (json === undefined) {
      issues.push({ line, message: `not JSON; expected one object per line like ${expected}` });
      continue;
    }
    const parsed = schema.safeParse(json.value, { error: issueWords });
    if (parsed.success) items.push({ line, value: parsed.data });
    else issues.push({ line, message: parsed.error.issues.map((issue) => issueLine(issue)).join("; ") });
  }
  return { items, issues };
}

function parseJson(raw: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(raw) };
  } catch {
    return undefined;
  }
}
