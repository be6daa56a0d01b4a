// Widths and byte codes of the base font Helvetica, which every PDF reader brings along.

/** Thousandths of the font size, for the characters from U+0020 to U+007E. */
const widths = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
  556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
  722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
  556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
  260, 334, 584,
];
const otherWidth = 556;
const boldFactor = 1.07;

/** WinAnsi codes of the characters used here that are not Latin-1. */
const winAnsi: Readonly<Record<string, number>> = { "€": 0x80, "•": 0x95, "–": 0x96, "—": 0x97, "’": 0x92 };

/** Width in points. Bold is estimated from the regular face. */
export function widthOf(text: string, size: number, bold: boolean): number {
  const units = [...text].reduce((sum, letter) => sum + (widths[letter.charCodeAt(0) - 32] ?? otherWidth), 0);
  return (units / 1000) * size * (bold ? boldFactor : 1);
}

/** A PDF string literal in WinAnsi encoding, in ASCII with octal escapes. */
export function pdfString(text: string): string {
  const letters = [...text].map((letter) => {
    const code = winAnsi[letter] ?? letter.charCodeAt(0);
    if (code > 255) throw new Error(`Helvetica has no "${letter}" in WinAnsi: ${text}`);
    if ("()\\".includes(letter)) return `\\${letter}`;
    return code < 127 ? letter : `\\${code.toString(8)}`;
  });
  return `(${letters.join("")})`;
}

/** Breaks text into lines no wider than `width` points; a longer word gets a line of its own. */
export function wrap(text: string, width: number, size: number, bold: boolean): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && widthOf(longer, size, bold) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}
