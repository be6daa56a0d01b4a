// Finds held-out questions that stand, word for word or nearly, in the training examples. Knows no approach.
import type { HeldOutQuestion, TrainingExample } from "../core/questions.ts";
import { foldWords } from "./metrics/answer-words.ts";

export type Leak = {
  readonly questionId: string;
  /** Which training example, counted from 1: its line, in one file without blank lines. */
  readonly trainingLine: number;
  readonly kind: "exact" | "near";
  /** Jaccard similarity of character 5-grams; 1 for exact ones. */
  readonly similarity: number;
};

export type LeakageOptions = {
  /** Default 0.8: a word changed in a dozen, or another ending. */
  readonly threshold?: number;
};

const gramLength = 5;

/**
 * Every pair of a held-out question and a user turn whose folded texts are equal, or whose character 5-grams have a Jaccard
 * similarity of at least `threshold`; the most similar turn counts per example. Finds all of them: candidates come from
 * prefix filtering (Chaudhuri et al., 2006), which looks up only a text's rarest grams, so the work stays near-linear.
 */
export function findLeakage(
  training: readonly TrainingExample[],
  heldOut: readonly HeldOutQuestion[],
  options: LeakageOptions = {},
): readonly Leak[] {
  const { threshold = 0.8 } = options;
  const turns = training.flatMap(({ messages }, example) =>
    messages.filter(({ role }) => role === "user").map(({ content }) => ({ example, text: foldWords(content) })),
  );
  const questions = heldOut.map(({ id, text }) => ({ id, text: foldWords(text) }));
  const frequency = gramFrequency([...turns, ...questions].map(({ text }) => text));
  const prepared = turns.map((turn) => ({ ...turn, grams: rarestFirst(turn.text, frequency) }));
  const postings = indexPrefixes(
    prepared.map(({ grams }) => grams),
    threshold,
  );
  return questions.flatMap(({ id, text }) => {
    const grams = rarestFirst(text, frequency);
    const candidates = new Set(prefixOf(grams, threshold).flatMap((gram) => postings.get(gram) ?? []));
    const best = new Map<number, Leak>();
    for (const candidate of candidates) {
      const turn = prepared[candidate]!;
      const similarity = jaccard(grams, turn.grams);
      if (similarity < threshold || similarity < (best.get(turn.example)?.similarity ?? 0)) continue;
      const kind = turn.text === text ? "exact" : "near";
      best.set(turn.example, { questionId: id, trainingLine: turn.example + 1, kind, similarity });
    }
    return [...best.values()].sort((a, b) => a.trainingLine - b.trainingLine);
  });
}

/** Distinct 5-grams of the text; a shorter text is one gram. */
function gramsOf(text: string): readonly string[] {
  if (text.length <= gramLength) return text === "" ? [] : [text];
  const grams = new Set<string>();
  for (let at = 0; at + gramLength <= text.length; at += 1) grams.add(text.slice(at, at + gramLength));
  return [...grams];
}

function gramFrequency(texts: readonly string[]): ReadonlyMap<string, number> {
  const frequency = new Map<string, number>();
  for (const gram of texts.flatMap(gramsOf)) frequency.set(gram, (frequency.get(gram) ?? 0) + 1);
  return frequency;
}

function rarestFirst(text: string, frequency: ReadonlyMap<string, number>): readonly string[] {
  return gramsOf(text).toSorted((a, b) => (frequency.get(a) ?? 0) - (frequency.get(b) ?? 0) || (a < b ? -1 : 1));
}

/** Two sets with Jaccard ≥ t share a gram among the first |x| − ⌈t·|x|⌉ + 1 of each, in one common order. */
function prefixOf(grams: readonly string[], threshold: number): readonly string[] {
  return grams.slice(0, grams.length - Math.ceil(threshold * grams.length) + 1);
}

function indexPrefixes(gramSets: readonly (readonly string[])[], threshold: number): ReadonlyMap<string, number[]> {
  const postings = new Map<string, number[]>();
  for (const [index, grams] of gramSets.entries()) {
    for (const gram of prefixOf(grams, threshold)) {
      const list = postings.get(gram);
      if (list) list.push(index);
      else postings.set(gram, [index]);
    }
  }
  return postings;
}

function jaccard(a: readonly string[], b: readonly string[]): number {
  const left = new Set(a);
  const common = b.filter((gram) => left.has(gram)).length;
  return common / (a.length + b.length - common);
}
