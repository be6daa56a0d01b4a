// Reads what services answer: a field that is absent, null or of another type is null, never a crash.
import type { Json } from "../../core/json.ts";

export type Fields = Readonly<Record<string, Json | undefined>>;

export function fieldsOf(value: Json | undefined): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

export function listOf(value: Json | undefined): readonly Fields[] {
  return Array.isArray(value) ? (value as readonly Json[]).map(fieldsOf) : [];
}

export function textOf(value: Json | undefined): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** Also of a number that travels as text, as 64-bit integers do. */
export function numberOf(value: Json | undefined): number | null {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : null;
}

/** Milliseconds since 1970, from seconds or an ISO date. */
export function timeOf(value: Json | undefined): number | null {
  if (typeof value === "number") return Number.isFinite(value) ? value * 1000 : null;
  const ms = Date.parse(textOf(value) ?? "");
  return Number.isNaN(ms) ? null : ms;
}

export function isoOf(value: Json | undefined): string | null {
  const ms = timeOf(value);
  return ms === null ? null : new Date(ms).toISOString();
}
