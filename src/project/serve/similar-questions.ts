// Answers to questions that were asked before in other words. Off by default: `bench/README.md` says how often such a hit is false.
import type { ServedAnswer } from "./answer.ts";

export type AskedQuestion = { readonly text: string; readonly vector: Float32Array };

export type SimilarAnswers = {
  /** The answer to the likest question of the same scope, if any is alike enough. */
  get(scope: string, asked: AskedQuestion): { readonly answer: ServedAnswer; readonly similarity: number } | undefined;
  set(scope: string, asked: AskedQuestion, answer: ServedAnswer): void;
};

type Kept = { readonly asked: AskedQuestion; readonly answer: ServedAnswer };

/** `scope` names everything else that an answer depends on: approach, documents, groups, filter. `most` over all scopes. */
export function similarAnswers(minSimilarity: number, most: number): SimilarAnswers {
  const kept = new Map<string, Kept[]>();
  let count = 0;
  return {
    get(scope, asked) {
      let best: { readonly answer: ServedAnswer; readonly similarity: number } | undefined;
      for (const { asked: before, answer } of kept.get(scope) ?? []) {
        const similarity = dot(before.vector, asked.vector);
        if (similarity < Math.max(minSimilarity, best?.similarity ?? 0)) continue;
        if (mayMeanTheSame(before.text, asked.text)) best = { answer, similarity };
      }
      return best;
    },
    set(scope, asked, answer) {
      const entries = kept.get(scope) ?? [];
      // The newest scope comes last, so that answers from before a change of the documents go first.
      kept.delete(scope);
      kept.set(scope, entries);
      entries.push({ asked, answer });
      count += 1;
      while (count > most) {
        const [oldest, first] = kept.entries().next().value as [string, Kept[]];
        first.shift();
        count -= 1;
        if (first.length === 0) kept.delete(oldest);
      }
    },
  };
}

const negations =
  /\b(?:not|no|never|none|without|except|cannot|\w+n['’]t|nicht|kein\w*|nie|ohne|pas|jamais|sans|sin|nunca)\b/giu;
const interrogatives =
  /\b(?:who|whom|whose|what|when|where|why|how|which|wer|wen|wem|wessen|was|wann|wo|woher|wohin|warum|wie|welche[rsmn]?|qui|que|quoi|quand|où|pourquoi|comment|quel\w*|quién|qué|cuándo|dónde|cómo|cuál\w*)\b/giu;

/**
 * What vectors of words are blind to: other numbers, another negation, another thing that is asked for. Questions that differ
 * in one of them are never taken for the same.
 */
export function mayMeanTheSame(a: string, b: string): boolean {
  const marks = (text: string) =>
    [/\p{N}+/gu, negations, interrogatives]
      .map((pattern) => [...(text.toLowerCase().match(pattern) ?? [])].sort().join(" "))
      .join("|");
  return marks(a) === marks(b);
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let place = 0; place < a.length; place += 1) sum += (a[place] as number) * (b[place] as number);
  return sum;
}
