// GPT-2's spelling of bytes as printable characters, which Hugging Face and llama.cpp vocabularies are written in.

/** Bytes that stand for themselves; all others are moved above U+0100, in order. */
const printable = (byte: number) => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;

function letters(): readonly string[] {
  let moved = 0;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : 256 + moved++));
}

/** The character that stands for each byte. */
export const byteLetters: readonly string[] = letters();

const bytesByLetter = new Map(byteLetters.map((letter, byte) => [letter, byte]));

const utf8 = new TextEncoder();

/** `text` as UTF-8 bytes, one character each. */
export const spelled = (text: string): string => Array.from(utf8.encode(text), (byte) => byteLetters[byte]).join("");

export const bytesOf = (spelling: string): Uint8Array =>
  Uint8Array.from(spelling, (letter) => bytesByLetter.get(letter)!);
