// What a question holds for matching: its words, how telling each is in this corpus, and what kind of answer it wants.
import type { Analyser } from "../../text/analyser.ts";
import type { Lexicon } from "../../text/lexicon.ts";
import { type AnswerKind, answerKindOf } from "./answer-kind.ts";

export type AnalysedQuestion = {
  readonly text: string;
  readonly kind: AnswerKind;
  /** Inverse document frequency of each distinct word. */
  readonly idf: readonly number[];
  /** Position in `idf` of every stem of every word. */
  readonly wordOf: ReadonlyMap<string, number>;
  /** Sum of `idf`. */
  readonly mass: number;
  /** Share of `mass` on words that the corpus does not hold at all. */
  readonly unseenShare: number;
  /** What an unknown word would weigh. */
  readonly largestIdf: number;
};

export function analyseQuestion(text: string, analyser: Analyser, lexicon: Lexicon): AnalysedQuestion {
  const idf: number[] = [];
  const wordOf = new Map<string, number>();
  let unseen = 0;
  for (const stems of analyser.queryWords(text)) {
    const known = stems.find((stem) => wordOf.has(stem));
    const word = known === undefined ? idf.length : (wordOf.get(known) as number);
    for (const stem of stems) if (!wordOf.has(stem)) wordOf.set(stem, word);
    if (known !== undefined) continue;
    // Of the stems in several languages, the one that the corpus uses most is the likeliest meant.
    const weight = Math.min(...stems.map((stem) => lexicon.idf(stem)));
    idf.push(weight);
    if (stems.every((stem) => lexicon.documentFrequency(stem) === 0)) unseen += weight;
  }
  const mass = idf.reduce((sum, weight) => sum + weight, 0) || 1;
  const largestIdf = Math.log(1 + (lexicon.documentCount + 0.5) / 0.5);
  return { text, kind: answerKindOf(text), idf, wordOf, mass, unseenShare: unseen / mass, largestIdf };
}
