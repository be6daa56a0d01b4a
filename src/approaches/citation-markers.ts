// Finds the `[n]` markers in a model's words, and writes the text again without some of them. Knows nothing of passages.

/** One marker as written, e.g. `[1, 3]`: its place in the text and the passages it names, from 1. */
export type CitationMarker = {
  readonly start: number;
  readonly end: number;
  readonly numbers: readonly number[];
};

/** `[1]`, `[1, 2]`, `[1-3]`; never a Markdown link `[1](…)`, a link definition `[1]: …` or an index `[[1]]`. */
const markerPattern = /(?<!\[)\[\s*(\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*)\s*\](?![(\]]|:\s*\S+:\/\/)/g;
const longestRange = 20;

/** Markers in order. Those inside code, and in JSON those outside of strings, are data and not markers. */
export function citationMarkers(text: string): readonly CitationMarker[] {
  const isProse = proseTest(text);
  return [...text.matchAll(markerPattern)]
    .filter((match) => isProse(match.index))
    .map((match) => ({
      start: match.index,
      end: match.index + match[0].length,
      numbers: [...new Set(numbersIn(match[1] ?? ""))],
    }));
}

function numbersIn(list: string): readonly number[] {
  return list.split(/[,;]/).flatMap((entry) => {
    const [from = Number.NaN, to = from] = entry.split(/[–-]/).map(Number);
    if (to < from || to - from > longestRange) return [from, to];
    return Array.from({ length: to - from + 1 }, (_, step) => from + step);
  });
}

/** Tells which offsets hold words: string contents where the whole text is JSON, everything but code elsewhere. */
function proseTest(text: string): (offset: number) => boolean {
  const json = /^\s*(?:```(?:json)?\s*)?([[{][\s\S]*?[\]}])\s*(?:```)?\s*$/.exec(text)?.[1];
  const isInside = (ranges: readonly RegExpMatchArray[]) => (offset: number) =>
    ranges.some(({ index = 0, 0: range }) => offset >= index && offset < index + range.length);
  if (json !== undefined && isJson(json)) return isInside([...text.matchAll(/"(?:[^"\\]|\\.)*"/g)]);
  const isCode = isInside([...text.matchAll(/```[\s\S]*?(?:```|$)|`[^`\n]+`/g)]);
  return (offset) => !isCode(offset);
}

/** A lone `[1]` is a citation, though it happens to be JSON. */
function isJson(text: string): boolean {
  if (/^\[[\s\d,]*\]$/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * The text with each marker cut down to the numbers for which `keep` holds, and removed with the blank before it where
 * none is left. Markers that keep all their numbers stay as they were written.
 */
export function withoutNumbers(
  text: string,
  markers: readonly CitationMarker[],
  keep: (marker: CitationMarker, number: number) => boolean,
): string {
  let written = "";
  let position = 0;
  for (const marker of markers) {
    const kept = marker.numbers.filter((number) => keep(marker, number));
    const before = text.slice(position, marker.start);
    if (kept.length === marker.numbers.length) written += before + text.slice(marker.start, marker.end);
    else written += kept.length > 0 ? `${before}[${kept.join(", ")}]` : before.replace(/[ \t]$/, "");
    position = marker.end;
  }
  return written + text.slice(position);
}
