// Bytes to characters: strict UTF-8 first, then byte order marks and declared encodings, then windows-1252.
// Knows nothing of formats.
import { unreadable } from "./read-result.ts";

/** Throws `unreadable-document` for bytes that are no text. `declared` is an encoding that the file names itself. */
export function decodeText(bytes: Uint8Array, declared?: string): string {
  const marked = encodingOfMark(bytes);
  if (marked) return new TextDecoder(marked).decode(bytes);
  if (bytes.includes(0)) throw unreadable("the file holds NUL bytes, so it is not text");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return decoderFor(declared).decode(bytes);
  }
}

function encodingOfMark([first, second, third]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  return first === 0xef && second === 0xbb && third === 0xbf ? "utf-8" : undefined;
}

function decoderFor(declared: string | undefined): TextDecoder {
  try {
    if (declared && !/^utf-?(?:8|16)/i.test(declared)) return new TextDecoder(declared);
  } catch {
    // An unknown name says nothing; the fallback below is what browsers take.
  }
  return new TextDecoder("windows-1252");
}
