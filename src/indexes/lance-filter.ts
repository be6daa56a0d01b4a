// Label conditions as the SQL that LanceDB filters by. Knows how SQL literals are spelled; knows nothing of ranking.
import type { Access, Filter } from "../core/retrieval.ts";
import { labelConditions } from "./labels.ts";

/** The SQL condition for what `query` may see and wants to see; `undefined` where that is everything. */
export function conditionOf(query: Access & { readonly filter?: Filter }): string | undefined {
  const conditions = labelConditions(query).map(({ kind, anyOf }) => hasAny(kind, anyOf));
  return conditions.length === 0 ? undefined : conditions.join(" AND ");
}

/** The SQL condition that `column` holds one of `values`, of which there is at least one. */
export function oneOf(column: string, values: readonly string[]): string {
  return `${column} IN (${values.map(literal).join(", ")})`;
}

/** An empty list of wanted values matches nothing. */
function hasAny(column: string, labels: readonly string[]): string {
  return labels.length === 0 ? "false" : `array_has_any(${column}, [${labels.map(literal).join(", ")}])`;
}

/** SQL has one special character inside a literal, the quote, and one way to spell it. */
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
