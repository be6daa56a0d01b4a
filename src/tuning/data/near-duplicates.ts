// Every pair of texts that are nearly the same. Exact, not sampled: candidates come from prefix filtering. Knows no example.
import { foldText } from "./fold.ts";

export type SimilarPair = {
  /** Places in the list that was given, `first` before `second`. */
  readonly first: number;
  readonly second: number;
  /** Jaccard similarity of character 5-grams, 1 for texts that fold alike. */
  readonly similarity: number;
};

const gramLength = 5;

/**
 * For each text the earlier ones with a Jaccard similarity of at least `threshold` (default 0.8); of texts that fold alike
 * only the first is compared further. Prefix and length filters as in Bayardo, Ma and Srikant (2007).
 */
export function similarPairs(texts: readonly string[], threshold = 0.8): readonly SimilarPair[] {
  const pairs: SimilarPair[] = [];
  const firstOf = new Map<string, number>();
  const distinct: { place: number; grams: Int32Array }[] = [];
  const folded = texts.map(foldText);
  const numbers = gramNumbers(folded);
  for (const [place, text] of folded.entries()) {
    const first = firstOf.get(text);
    if (first !== undefined) pairs.push({ first, second: place, similarity: 1 });
    else {
      firstOf.set(text, place);
      distinct.push({ place, grams: rarestFirst(text, numbers) });
    }
  }
  return [...pairs, ...joined(distinct, threshold)].sort((a, b) => a.second - b.second || a.first - b.first);
}

type Entry = { readonly place: number; readonly grams: Int32Array };

function joined(entries: readonly Entry[], threshold: number): readonly SimilarPair[] {
  const pairs: SimilarPair[] = [];
  const postings = new Map<number, number[]>();
  const seenBy = new Int32Array(entries.length).fill(-1);
  for (const [at, entry] of entries.entries()) {
    for (const gram of prefixOf(entry.grams, threshold)) {
      const list = postings.get(gram);
      for (const candidate of list ?? []) {
        if (seenBy[candidate] === at) continue;
        seenBy[candidate] = at;
        const other = entries[candidate]!;
        const similarity = jaccard(entry.grams, other.grams, threshold);
        if (similarity >= threshold) pairs.push({ first: other.place, second: entry.place, similarity });
      }
      if (list) list.push(at);
      else postings.set(gram, [at]);
    }
  }
  return pairs;
}

/** Numbers the grams of all texts, the rarest first. */
function gramNumbers(folded: readonly string[]): ReadonlyMap<string, number> {
  const frequency = new Map<string, number>();
  for (const text of folded) for (const gram of gramsOf(text)) frequency.set(gram, (frequency.get(gram) ?? 0) + 1);
  const order = [...frequency].sort(([a, countA], [b, countB]) => countA - countB || (a < b ? -1 : 1));
  return new Map(order.map(([gram], number) => [gram, number]));
}

function gramsOf(text: string): ReadonlySet<string> {
  if (text.length <= gramLength) return new Set(text === "" ? [] : [text]);
  const grams = new Set<string>();
  for (let at = 0; at + gramLength <= text.length; at += 1) grams.add(text.slice(at, at + gramLength));
  return grams;
}

function rarestFirst(text: string, numbers: ReadonlyMap<string, number>): Int32Array {
  return Int32Array.from(gramsOf(text), (gram) => numbers.get(gram) ?? 0).sort();
}

/** Two sets with Jaccard ≥ t share a gram among the first |x| − ⌈t·|x|⌉ + 1 of each, in one common order. */
function prefixOf(grams: Int32Array, threshold: number): Int32Array {
  return grams.subarray(0, grams.length - Math.ceil(threshold * grams.length) + 1);
}

/** Both sorted. Zero as soon as `threshold` is out of reach. */
function jaccard(a: Int32Array, b: Int32Array, threshold: number): number {
  if (Math.min(a.length, b.length) < threshold * Math.max(a.length, b.length)) return 0;
  const needed = (threshold / (1 + threshold)) * (a.length + b.length);
  let common = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (common + Math.min(a.length - i, b.length - j) < needed - 1e-9) return 0;
    const difference = a[i]! - b[j]!;
    if (difference === 0) common += 1;
    if (difference <= 0) i += 1;
    if (difference >= 0) j += 1;
  }
  return common / (a.length + b.length - common);
}
