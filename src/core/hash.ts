// Content addresses: the only identity that artefacts, documents and cached calls have.
import { createHash } from "node:crypto";
import { canonicalJson, type Json } from "./json.ts";

/** 32 hexadecimal digits of SHA-256. Text is hashed as UTF-8. */
export function contentHash(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 32);
}

/** The content hash of a JSON value; key order does not matter. */
export function hashOf(value: Json): string {
  return contentHash(canonicalJson(value));
}
