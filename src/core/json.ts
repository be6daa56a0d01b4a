// JSON values and their one canonical spelling, so that equal values hash alike whatever their key order.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Serialises `value` with object keys sorted and `undefined` members left out. Numbers are spelled as JSON.stringify spells them. */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const entries = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(",")}}`;
}
