// Replaces personal data and secrets by placeholders: the same value by the same placeholder, all through a file.
// Knows no file; what it is given stays as it is.
import type { Json } from "../../core/json.ts";
import type { SensitiveKind } from "./detectors.ts";
import { sensitiveSpans } from "./sensitive-spans.ts";

export type Masker = {
  /** The value with every text in it masked. Answers that are JSON stay JSON. */
  mask(value: Json): Json;
  /** Replacements so far, by kind. */
  counts(): Readonly<Partial<Record<SensitiveKind, MaskCount>>>;
};

export type MaskCount = { readonly replaced: number; readonly distinct: number };

/** Placeholders read `[EMAIL_1]`, numbered by first appearance. Spelling does not count: `+49 30 1` is `+49301`. */
export function masker(): Masker {
  const numbers = new Map<SensitiveKind, Map<string, number>>();
  const replaced = new Map<SensitiveKind, number>();
  const placeholder = (kind: SensitiveKind, value: string) => {
    const known = numbers.get(kind) ?? new Map<string, number>();
    const key = sameSpelling(kind, value);
    const number = known.get(key) ?? known.size + 1;
    numbers.set(kind, known.set(key, number));
    replaced.set(kind, (replaced.get(kind) ?? 0) + 1);
    return `[${kind.toUpperCase().replaceAll("-", "_")}_${number}]`;
  };
  const maskText = (text: string) => {
    let masked = "";
    let at = 0;
    for (const { kind, start, end, value } of sensitiveSpans(text)) {
      masked += text.slice(at, start) + placeholder(kind, value);
      at = end;
    }
    return at === 0 ? text : masked + text.slice(at);
  };
  const mask = (value: Json): Json => {
    if (typeof value === "string") return maskString(value, maskText, mask);
    if (typeof value === "number") return maskNumber(value, maskText);
    if (Array.isArray(value)) return value.map(mask);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, mask(member)]));
  };
  return {
    mask,
    counts: () =>
      Object.fromEntries(
        [...replaced].map(([kind, count]) => [kind, { replaced: count, distinct: numbers.get(kind)?.size ?? 0 }]),
      ),
  };
}

/** JSON inside a text is masked value by value, so that a bare number becomes a quoted placeholder. */
function maskString(text: string, maskText: (text: string) => string, mask: (value: Json) => Json): string {
  if (sensitiveSpans(text).length === 0) return text;
  const inner = /^\s*[[{]/.test(text) ? parsed(text) : undefined;
  return inner === undefined ? maskText(text) : JSON.stringify(mask(inner));
}

function maskNumber(value: number, maskText: (text: string) => string): Json {
  const masked = maskText(String(value));
  return masked === String(value) ? value : masked;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function sameSpelling(kind: SensitiveKind, value: string): string {
  if (kind === "email") return value.toLowerCase();
  if (kind === "phone") return value.replace(/\D/g, "").replace(/^00/, "");
  return kind === "api-key" || kind === "private-key" ? value : value.replace(/[\s-]/g, "");
}
