// How well a stretch of stored text supports a claim, by the words they share. Lexical: it cannot see a contradiction.
import { sentencesOf, type TextSpan } from "../text/sentences.ts";
import { stemmedLanguages, stopWords } from "../text/stop-words.ts";
import { forEachWord } from "../text/words.ts";

export type Support = TextSpan & {
  /** Share of the claim's words, weighted by rarity, that the span holds: 0 to 1. */
  readonly score: number;
};

export type SupportFinder = {
  /** The sentence, list item or table row of passage `passage` (from 0) that shares most with the claim; absent where none shares enough. */
  best(passage: number, claim: string): Support | undefined;
};

/** A span must hold this share of the claim's weight. Paraphrases keep a fifth of their words; unrelated text rarely does. */
const leastShare = 0.2;
/** Claims with fewer words ("Yes.", "42 days.") are read together with the question. */
const shortestClaim = 3;

/** Answers that say nothing without their question. */
const affirmations: ReadonlySet<string> = new Set("yes no true false correct ja nein oui non si sim sì".split(" "));

/** Prepares the passages of one question. Words that many spans hold count less: idf over these spans. */
export function supportFinder(passages: readonly string[], question: string): SupportFinder {
  const cut = passages.map((text) =>
    sentencesOf(text).map((span) => ({ span, words: wordsOf(text.slice(span.start, span.end)) })),
  );
  const all = cut.flat();
  const counts = new Map<string, number>();
  for (const { words } of all) for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const weight = (word: string) => Math.log(1 + (all.length + 1) / ((counts.get(word) ?? 0) + 1));
  const total = (words: Iterable<string>) => [...words].reduce((sum, word) => sum + weight(word), 0);
  const questionWords = wordsOf(question);

  return {
    best(passage, claim) {
      const own = wordsOf(claim);
      const telling = [...own].filter((word) => !affirmations.has(word));
      const wanted = own.size < shortestClaim ? new Set([...own, ...questionWords]) : own;
      const wantedWeight = total(wanted);
      if (wantedWeight === 0) return undefined;
      let best: Support | undefined;
      for (const { span, words } of cut[passage] ?? []) {
        // The question's words must not support what the claim itself says of something else.
        if (telling.length > 0 && !telling.some((word) => words.has(word))) continue;
        const score = total([...wanted].filter((word) => words.has(word))) / wantedWeight;
        if (score >= leastShare && score > (best?.score ?? 0)) best = { ...span, score };
      }
      return best;
    },
  };
}

const functionWords: ReadonlySet<string> = new Set(stemmedLanguages.flatMap((language) => [...stopWords[language]]));

/** Inflected forms of long words share their first letters; numbers and short words must match whole. */
const stemLength = 6;

/** Distinct words, lower-case, without diacritics and function words, long words cut to a stem. */
function wordsOf(text: string): ReadonlySet<string> {
  const words = new Set<string>();
  forEachWord(text, (word) => {
    const lower = word.toLowerCase();
    if (functionWords.has(lower)) return;
    // Plain ASCII is the common case, and there normalising changes nothing and costs most of the time.
    const plain = /^[ -~]*$/.test(lower) ? lower : lower.normalize("NFKD").replace(/\p{M}/gu, "");
    words.add(/\p{N}/u.test(plain) ? plain : plain.slice(0, stemLength));
  });
  return words;
}
