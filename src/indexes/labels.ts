// Who may see a chunk and what it is about, as labels that an index filters on before it ranks. Knows no engine.
import type { Chunk } from "../core/documents.ts";
import type { Access, Filter } from "../core/retrieval.ts";

/** A chunk passes that holds one of `anyOf` among its labels of this kind; an empty list lets nothing pass. */
export type LabelCondition = { readonly kind: "access" | "tags"; readonly anyOf: readonly string[] };

/** Labels of a chunk that everybody may read. No group can spell it: groups carry a prefix. */
const everybody = "everybody";

/** Who may read a chunk. */
export function accessLabels(groups: readonly string[]): readonly string[] {
  return groups.length === 0 ? [everybody] : groups.map(groupLabel);
}

/** One label per metadata value, one per member of a list. Objects have none. */
export function tagLabels(metadata: Chunk["metadata"]): readonly string[] {
  return Object.entries(metadata).flatMap(([key, value]) =>
    (Array.isArray(value) ? value : [value])
      .filter((member) => typeof member !== "object" || member === null)
      .map((member) => tagLabel(key, member)),
  );
}

/** What `query` may see and wants to see, all of which must hold; none where that is everything. */
export function labelConditions(query: Access & { readonly filter?: Filter }): readonly LabelCondition[] {
  const wanted = Object.entries(query.filter ?? {}).map(([key, values]): LabelCondition => {
    const anyOf = (Array.isArray(values) ? values : [values]).map((value) => tagLabel(key, value));
    return { kind: "tags", anyOf };
  });
  return query.groups ? [{ kind: "access", anyOf: [everybody, ...query.groups.map(groupLabel)] }, ...wanted] : wanted;
}

const groupLabel = (group: string): string => `group ${group}`;

/** Values compare as text, so that `year=2024` typed on a command line finds the number 2024. */
const tagLabel = (key: string, value: string | number | boolean | null): string => JSON.stringify([key, String(value)]);
