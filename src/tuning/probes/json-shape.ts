// Whether a text is JSON of the shape that an example's answer has: same keys, same types, at every depth. Lists take the shape of their first item.
import type { Json } from "../../core/json.ts";

/** Undefined for an answer that is no JSON object or list. */
export function jsonOf(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

export function hasShapeOf(value: Json | undefined, model: Json): boolean {
  if (value === undefined) return false;
  if (Array.isArray(model)) {
    return Array.isArray(value) && (model.length === 0 || value.every((item) => hasShapeOf(item, model[0] as Json)));
  }
  if (typeof model !== "object" || model === null) return typeof value === typeof model;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const [own, wanted] = [value, model] as readonly Readonly<Record<string, Json>>[];
  const keys = Object.keys(wanted!);
  return keys.length === Object.keys(own!).length && keys.every((key) => hasShapeOf(own![key], wanted![key]!));
}
