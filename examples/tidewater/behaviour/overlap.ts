// Finds what two sets of texts share: whole sentences and runs of words. Knows nothing of tasks or files.

export type Named = { readonly name: string; readonly text: string };

const runLength = 5;

/** Lower case, letters and digits only, single spaces. */
export function normalise(text: string): string {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).join(" ");
}

/** Sentences and lines, normalised. Under three words they are greetings, not templates, and left out. */
function sentences(text: string): readonly string[] {
  const pieces = text.split(/(?<=[.!?:;])\s+|[\n“”„]+/u).map(normalise);
  return pieces.filter((piece) => piece.split(" ").length >= 3);
}

function wordRuns(text: string): readonly string[] {
  const words = normalise(text).split(" ");
  return words.slice(runLength - 1).map((_, index) => words.slice(index, index + runLength).join(" "));
}

/** Pieces of `left` that occur in `right`, each with the names of the first two texts that hold it. */
function shared(left: readonly Named[], right: readonly Named[], cut: (text: string) => readonly string[]): string[] {
  const seen = new Map(right.flatMap(({ name, text }) => cut(text).map((piece) => [piece, name] as const)));
  const found = new Map<string, string>();
  for (const { name, text } of left) {
    for (const piece of cut(text)) if (seen.has(piece)) found.set(piece, `${name} and ${seen.get(piece)}: “${piece}”`);
  }
  return [...found.values()];
}

export const sharedSentences = (left: readonly Named[], right: readonly Named[]): string[] =>
  shared(left, right, sentences);

/** Runs of five words that both sides hold: stricter than any share of overlap, and it needs no threshold. */
export const sharedRuns = (left: readonly Named[], right: readonly Named[]): string[] => shared(left, right, wordRuns);

/** The greatest share of one left text's three-word runs that a single right text holds, with both names. */
export function closestPair(left: readonly Named[], right: readonly Named[]): { share: number; pair: string } {
  const threes = (text: string) => {
    const words = normalise(text).split(" ");
    return new Set(words.slice(2).map((_, index) => words.slice(index, index + 3).join(" ")));
  };
  const candidates = right.map(({ name, text }) => ({ name, runs: threes(text) }));
  let best = { share: 0, pair: "none" };
  for (const { name, text } of left) {
    const runs = threes(text);
    for (const candidate of candidates) {
      const share = runs.intersection(candidate.runs).size / Math.max(runs.size, 1);
      if (share > best.share) best = { share, pair: `${name} and ${candidate.name}` };
    }
  }
  return best;
}
