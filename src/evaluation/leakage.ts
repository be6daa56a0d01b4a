// Finds held-out questions that stand, word for word or nearly, in the training examples. Knows no approach.
import type { HeldOutQuestion, TrainingExample } from "../core/questions.ts";
import { containsWords, foldWords } from "./metrics/answer-words.ts";

export type Leak = {
  readonly questionId: string;
  /** Which training example, counted from 1: its line, in one file without blank lines. */
  readonly trainingLine: number;
  /** `contained`: a longer turn holds the whole question, which has at least `shortestContained` words. */
  readonly kind: "exact" | "contained" | "near";
  /** Jaccard similarity of character 5-grams; small where a long turn contains the question. */
  readonly similarity: number;
};

export type LeakageOptions = {
  /** Default 0.8: a word changed in a dozen, or another ending. */
  readonly threshold?: number;
};

const gramLength = 5;
/** Shorter questions ("Why is that?") stand in longer turns by chance. */
const shortestContained = 4;

type Turn = { readonly example: number; readonly text: string; readonly grams: readonly string[] };
type Asked = { readonly id: string; readonly text: string; readonly grams: readonly string[] };

/**
 * Every pair of a held-out question and a training example one of whose user turns, after folding, equals the question,
 * contains it, or has character 5-grams with a Jaccard similarity of at least `threshold`; the most similar turn counts.
 * Finds all of them: candidates come from prefix filtering (Chaudhuri et al., 2006), which looks up only a text's rarest
 * grams, so the work stays near-linear.
 */
export function findLeakage(
  training: readonly TrainingExample[],
  heldOut: readonly HeldOutQuestion[],
  options: LeakageOptions = {},
): readonly Leak[] {
  const { threshold = 0.8 } = options;
  const userTurns = training.flatMap(({ messages }, example) =>
    messages.filter(({ role }) => role === "user").map(({ content }) => ({ example, text: foldWords(content) })),
  );
  const asked = heldOut.map(({ id, text }) => ({ id, text: foldWords(text) }));
  const frequency = gramFrequency([...userTurns, ...asked].map(({ text }) => text));
  const turns = userTurns.map((turn) => ({ ...turn, grams: rarestFirst(turn.text, frequency) }));
  const questions = asked.map((question) => ({ ...question, grams: rarestFirst(question.text, frequency) }));
  const postings = indexTurns(turns, new Set(questions.map(({ grams }) => grams[0])), threshold);
  return questions.flatMap((question) => leaksOf(question, turns, postings, threshold));
}

function leaksOf(
  question: Asked,
  turns: readonly Turn[],
  postings: ReadonlyMap<string, number[]>,
  threshold: number,
): readonly Leak[] {
  const candidates = new Set(prefixOf(question.grams, threshold).flatMap((gram) => postings.get(gram) ?? []));
  const own = new Set(question.grams);
  const best = new Map<number, Leak>();
  for (const candidate of candidates) {
    const turn = turns[candidate]!;
    const similarity = jaccard(own, turn.grams);
    const kind = kindOf(question.text, turn.text, similarity >= threshold);
    if (kind === null || similarity < (best.get(turn.example)?.similarity ?? 0)) continue;
    best.set(turn.example, { questionId: question.id, trainingLine: turn.example + 1, kind, similarity });
  }
  return [...best.values()].sort((a, b) => a.trainingLine - b.trainingLine);
}

function kindOf(question: string, turn: string, isSimilar: boolean): Leak["kind"] | null {
  if (question === turn) return "exact";
  if (question.split(" ").length >= shortestContained && containsWords(turn, question)) return "contained";
  return isSimilar ? "near" : null;
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
  for (const text of texts) for (const gram of gramsOf(text)) frequency.set(gram, (frequency.get(gram) ?? 0) + 1);
  return frequency;
}

function rarestFirst(text: string, frequency: ReadonlyMap<string, number>): readonly string[] {
  return gramsOf(text).toSorted((a, b) => (frequency.get(a) ?? 0) - (frequency.get(b) ?? 0) || (a < b ? -1 : 1));
}

/** Two sets with Jaccard ≥ t share a gram among the first |x| − ⌈t·|x|⌉ + 1 of each, in one common order. */
function prefixOf(grams: readonly string[], threshold: number): readonly string[] {
  return grams.slice(0, grams.length - Math.ceil(threshold * grams.length) + 1);
}

/** Turns by the grams of their prefix, and by every gram that is some question's rarest: that finds the containing ones. */
function indexTurns(
  turns: readonly Turn[],
  wanted: ReadonlySet<string | undefined>,
  threshold: number,
): ReadonlyMap<string, number[]> {
  const postings = new Map<string, number[]>();
  for (const [index, { grams }] of turns.entries()) {
    const prefix = new Set(prefixOf(grams, threshold));
    for (const gram of grams) {
      if (!prefix.has(gram) && !wanted.has(gram)) continue;
      const list = postings.get(gram);
      if (list) list.push(index);
      else postings.set(gram, [index]);
    }
  }
  return postings;
}

function jaccard(a: ReadonlySet<string>, b: readonly string[]): number {
  let common = 0;
  for (const gram of b) if (a.has(gram)) common += 1;
  return common / (a.size + b.length - common);
}
