// One spelling for extracted text whatever the format was, so that offsets, hashes and matches mean the same everywhere.

/** Soft hyphens, zero-width blanks, byte order marks, non-characters and control characters but tab and line feed. */
const invisible = /[\u00ad\u200b\ufeff\ufffe\uffff]|(?![\t\n])\p{Cc}/gu;

/** Line ends as \n, Unicode NFC, no blanks at line ends, no invisible characters, no blank lines at either end. */
export function tidyText(text: string): string {
  const lines = text
    .replace(/\r\n?|[\u2028\u2029]/g, "\n")
    .replace(invisible, "")
    .replace(/[\u00a0\u2007\u202f]/g, " ")
    .split("\n");
  return lines
    .map((line) => line.trimEnd())
    .join("\n")
    .replace(/\n{4,}/g, "\n\n\n")
    .replace(/^\n+/, "")
    .trimEnd()
    .normalize("NFC");
}
