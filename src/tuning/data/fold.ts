// One spelling for texts that say the same, so that they can be compared. Knows no example.

/** Compatibility forms folded (NFKC), lower case, everything but letters and digits to single blanks. */
export function foldText(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, " ")
    .trim();
}
