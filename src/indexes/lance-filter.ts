// Who may see a row and what it is about, as labels that LanceDB filters on before it searches.
// Knows how labels and SQL literals are spelled; knows nothing of ranking.
import type { Chunk } from "../core/documents.ts";
import type { Access, Filter } from "../core/retrieval.ts";

/** Labels of a chunk that everybody may read. No group can spell it: groups carry a prefix. */
const everybody = "everybody";

/** What the `access` column of a chunk holds. */
export function accessLabels(groups: readonly string[]): readonly string[] {
  return groups.length === 0 ? [everybody] : groups.map(groupLabel);
}

/** What the `tags` column of a chunk holds: one label per metadata value, one per member of a list. Objects have none. */
export function tagLabels(metadata: Chunk["metadata"]): readonly string[] {
  return Object.entries(metadata).flatMap(([key, value]) =>
    (Array.isArray(value) ? value : [value])
      .filter((member) => typeof member !== "object" || member === null)
      .map((member) => tagLabel(key, member)),
  );
}

/** The SQL condition for what `query` may see and wants to see; `undefined` where that is everything. */
export function conditionOf(query: Access & { readonly filter?: Filter }): string | undefined {
  const conditions = [
    ...(query.groups ? [hasAny("access", [everybody, ...query.groups.map(groupLabel)])] : []),
    ...Object.entries(query.filter ?? {}).map(([key, wanted]) =>
      hasAny(
        "tags",
        (Array.isArray(wanted) ? wanted : [wanted]).map((value) => tagLabel(key, value)),
      ),
    ),
  ];
  return conditions.length === 0 ? undefined : conditions.join(" AND ");
}

/** The SQL condition that `column` holds one of `values`, of which there is at least one. */
export function oneOf(column: string, values: readonly string[]): string {
  return `${column} IN (${values.map(literal).join(", ")})`;
}

const groupLabel = (group: string): string => `group ${group}`;

/** Values compare as text, so that `year=2024` typed on a command line finds the number 2024. */
const tagLabel = (key: string, value: string | number | boolean | null): string => JSON.stringify([key, String(value)]);

/** An empty list of wanted values matches nothing. */
function hasAny(column: string, labels: readonly string[]): string {
  return labels.length === 0 ? "false" : `array_has_any(${column}, [${labels.map(literal).join(", ")}])`;
}

/** SQL has one special character inside a literal, the quote, and one way to spell it. */
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
