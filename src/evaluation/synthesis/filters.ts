// Drops drafts that would measure nothing: trivial ones, which answer themselves, and ambiguous ones, which another passage
// answers too. Knows no model; what a model would say without the documents is asked elsewhere.

import { foldWords } from "../metrics/answer-words.ts";
import { containsReference } from "../metrics/containment.ts";
import { liesIn, type Place } from "../metrics/gold-matching.ts";
import type { Draft, Dropped } from "./draft.ts";

export type FoundPassage = Place & { readonly text: string };

export type FilterOptions = {
  /** The passages that search finds for a question, best first. */
  readonly search: (question: string) => Promise<readonly FoundPassage[]>;
  /** Questions that the project has already. */
  readonly asked: readonly string[];
};

export type Filtered = { readonly kept: readonly Draft[]; readonly dropped: readonly Dropped[] };

export async function filterDrafts(drafts: readonly Draft[], options: FilterOptions): Promise<Filtered> {
  const seen = new Set(options.asked.map(foldWords));
  const kept: Draft[] = [];
  const dropped: Dropped[] = [];
  for (const draft of drafts) {
    const reason = seen.has(foldWords(draft.question))
      ? "asked already"
      : (trivial(draft) ?? (await ambiguous(draft, options)));
    seen.add(foldWords(draft.question));
    if (reason === undefined) kept.push(draft);
    else dropped.push({ question: draft.question, reason });
  }
  return { kept, dropped };
}

function trivial({ question, references, answerable }: Draft): string | undefined {
  if (!answerable) return undefined;
  if (!references.some(tellsItself)) return "the answer is too short to be recognised";
  return containsReference(question, references) ? "the question holds its answer" : undefined;
}

/** "no" or "a" stands in answers that mean something else. */
function tellsItself(reference: string): boolean {
  const folded = foldWords(reference);
  return folded.length > 2 || /\p{N}/u.test(folded) || /[^\p{Script=Latin}\s]/u.test(folded);
}

/** Another passage that search finds for the question holds the answer: finding that one would count as a miss. */
async function ambiguous(
  { question, references, relevant, answerable }: Draft,
  { search }: FilterOptions,
): Promise<string | undefined> {
  if (!answerable) return undefined;
  const others = (await search(question)).filter((passage) => !relevant.some((gold) => liesIn(passage, gold)));
  return others.some(({ text }) => containsReference(text, references)) ? "another passage answers it too" : undefined;
}
