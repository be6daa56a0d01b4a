// What a schema has against a value, in words for the person who wrote it.
import type { z } from "zod";

/** For `safeParse(value, { error: issueWords })`: speaks where the schema has no sentence of its own. */
export function issueWords(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === "invalid_union" && "discriminator" in issue) return "is none of those that there are";
  if (issue.code === "invalid_union") return `expected another kind of value, found ${found(issue.input)}`;
  if (issue.code !== "invalid_type") return undefined;
  return `expected ${expectedNames[issue.expected] ?? issue.expected}, found ${found(issue.input)}`;
}

/** "chunking.maxTokens: expected a number, found text"; the whole value has no path. */
export function issueLine({ path, message }: z.core.$ZodIssue, whole?: string): string {
  const place = path.map(String).join(".") || whole;
  return place === undefined ? message : `${place}: ${message}`;
}

const expectedNames: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

function found(input: unknown): string {
  if (input === undefined) return "nothing";
  if (input === null) return "null";
  if (Array.isArray(input)) return "a list";
  return typeof input === "string" ? "text" : typeof input === "object" ? "an object" : `the ${typeof input} ${input}`;
}
