// Labels that examples carry in their answers: a short answer that recurs, or a JSON field with few values. Knows no file.
import { answerOf, type ExampleRow } from "./example-row.ts";

export type LabelCounts = {
  /** `answer` for whole answers, else the JSON field. */
  readonly field: string;
  /** Most frequent first. */
  readonly counts: readonly { readonly label: string; readonly count: number }[];
};

/** Longer answers are no labels. In characters. */
const longestLabel = 48;
/** A field with more values than one for every so many rows holds text, not labels. */
const rowsPerLabel = 3;
const mostLabels = 500;

/** The name under which rows whose answer is no label are counted. */
export const noLabel = "(text)";

/** The fields that hold labels, in the order of their first appearance. */
export function labelFields(rows: readonly ExampleRow[]): readonly LabelCounts[] {
  const fields = new Map<string, string[]>();
  for (const row of rows) {
    for (const [field, value] of valuesOf(row)) {
      const values = fields.get(field);
      if (values) values.push(value);
      else fields.set(field, [value]);
    }
  }
  return [...fields].flatMap(([field, values]) => {
    const counts = countsOf(values);
    const isLabel = counts.length <= mostLabels && counts.length * rowsPerLabel <= values.length;
    return isLabel ? [{ field, counts }] : [];
  });
}

/** One label a row, to stratify by: the label field with the most values that a row has, `noLabel` where it has none. */
export function labelPerRow(rows: readonly ExampleRow[]): readonly string[] {
  const fields = labelFields(rows)
    .filter(({ counts }) => counts.length > 1)
    .toSorted((a, b) => b.counts.length - a.counts.length)
    .map(({ field }) => field);
  return rows.map((row) => {
    const values = valuesOf(row);
    const field = fields.find((name) => values.has(name));
    return field === undefined ? noLabel : `${field}=${values.get(field)}`;
  });
}

/** A short answer, or the short members of a JSON object, by field. */
function valuesOf(row: ExampleRow): ReadonlyMap<string, string> {
  const text = answerOf(row).trim();
  const members = membersOf(text);
  if (members) return members;
  return new Map(text.length <= longestLabel && !text.includes("\n") ? [["answer", text]] : []);
}

function membersOf(text: string): ReadonlyMap<string, string> | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    const entries = Object.entries(JSON.parse(text) as object);
    const short = entries.filter(
      ([, value]) => typeof value === "boolean" || (typeof value === "string" && value.length <= longestLabel),
    );
    return new Map(short.map(([field, value]) => [field, String(value)]));
  } catch {
    return undefined;
  }
}

function countsOf(values: readonly string[]): LabelCounts["counts"] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .map(([label, count]) => ({ label, count }))
    .sort((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1));
}
