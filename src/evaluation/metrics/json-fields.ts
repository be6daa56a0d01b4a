// JSON as fields: what a structured answer says, leaf by leaf. Knows no metric.
import type { Json } from "../../core/json.ts";

/** The JSON of a reference, or its text where it is none. */
export function parseReference(reference: string): Json {
  try {
    return JSON.parse(reference) as Json;
  } catch {
    return reference;
  }
}

/** Leaves by JSON pointer; arrays and empty objects are leaves. */
export function fieldsOf(value: Json, path = ""): Map<string, Json> {
  if (!isObject(value) || Object.keys(value).length === 0) return new Map([[path, value]]);
  return new Map(
    Object.entries(value).flatMap(([key, member]) => [...fieldsOf(member, `${path}/${escapePointer(key)}`)]),
  );
}

/** RFC 6901: a key may hold the separator itself. */
function escapePointer(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** The schema of a leaf, followed through `properties` alone. */
export function schemaAt(schema: Json, path: string): Json | undefined {
  let at: Json | undefined = schema;
  for (const key of path.split("/").slice(1)) {
    const properties: Json | undefined = isObject(at) ? at["properties"] : undefined;
    at = isObject(properties) ? properties[key.replaceAll("~1", "/").replaceAll("~0", "~")] : undefined;
  }
  return at;
}

export function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
