// Makes questions from sentences: a number, date or name is cut out, question words take its place, and only some of
// the sentence's words are kept, among words of its surroundings and words that the passage lacks, as people ask.
import type { Chunk } from "../../src/core/documents.ts";
import { sentencesOf, type TextSpan } from "../../src/text/sentences.ts";
import { stopWords } from "../../src/text/stop-words.ts";
import type { SeededRandom } from "./seeded-random.ts";
import type { TrainingQuestion } from "./training-question.ts";

type Cut = { readonly pattern: RegExp; readonly asks: readonly string[] };

const cuts: readonly Cut[] = [
  {
    pattern: /\b(?:in|since|by|until|on) (?:[A-Z][a-z]+ )?(?:\d{1,2}, )?(?:1[89]|20)\d{2}\b/,
    asks: ["When", "What year", "In what year"],
  },
  {
    pattern:
      /\b\d[\d.,]*%|\$\d[\d.,]*|\b\d{1,3}(?:,\d{3})*(?:\.\d+)?(?= [a-z]{3,})|\b(?:two|three|four|five|six|seven|eight|ten)(?= [a-z]{4,}s\b)/,
    asks: ["How many", "How much", "What number of", "How long"],
  },
  { pattern: /(?<=[a-z,] )(?:by|from|with) [A-Z][a-z]+(?: [A-Z][a-z]+)+/, asks: ["Who", "By whom"] },
  { pattern: /(?<=[a-z,] )(?:in|at|from) [A-Z][a-z]{3,}(?: [A-Z][a-z]+)*/, asks: ["Where", "In what"] },
  { pattern: /(?<=[a-z,] )[A-Z][a-z]{3,}(?: [A-Z][a-z]+)*/, asks: ["What", "Which", "Who"] },
  { pattern: /\b(?:because|so that|in order to|due to) .{15,120}(?=[.,;])/, asks: ["Why"] },
  { pattern: /(?<= )by [a-z]+ing .{10,80}(?=[.,;])/, asks: ["How is", "How can"] },
  {
    pattern: /(?<= (?:is|are|means|called|named|the|an?) )[a-z]{4,}(?: [a-z]{4,}){0,2}/,
    asks: ["What", "Which", "What kind of"],
  },
];

/** At most one question per chunk. */
export function pseudoQuestions(
  chunks: readonly Chunk[],
  count: number,
  random: SeededRandom,
): readonly TrainingQuestion[] {
  const common = chunks.flatMap((chunk) => random.sample(contentWords(chunk.text), 2));
  const questions: TrainingQuestion[] = [];
  for (const chunk of random.sample(chunks, chunks.length)) {
    if (questions.length === count) break;
    const question = questionOn(chunk, common, random);
    if (question) questions.push(question);
  }
  return questions;
}

function questionOn(chunk: Chunk, common: readonly string[], random: SeededRandom): TrainingQuestion | undefined {
  const sentences = sentencesOf(chunk.text).filter(({ start, end }) => isProse(chunk.text.slice(start, end)));
  if (sentences.length < 3) return undefined;
  const sentence = random.pick(sentences);
  const written = chunk.text.slice(sentence.start, sentence.end);
  const fitting = cuts.filter(({ pattern }) => pattern.test(written));
  if (fitting.length === 0) return undefined;
  const { pattern, asks } = random.pick(fitting);
  const found = pattern.exec(written) as RegExpExecArray;
  const near = contentWords(lastWords(written.slice(0, found.index), 12));
  const after = contentWords(firstWords(written.slice(found.index + found[0].length), 12));
  const own = [...near, ...after].filter(() => random.next() < 0.5);
  const around = lastWords(chunk.text.slice(0, sentence.start), 25);
  const subject = random.next() < 0.6 ? random.sample(contentWords(`${chunk.title} ${around}`), 2) : [];
  const foreign = random.sample(common, random.pick([0, 1, 1, 2, 3]));
  if (own.length < 2) return undefined;
  const text = `${random.pick(asks)} ${[...subject, ...own.slice(0, 7), ...foreign].join(" ")}?`;
  const spans = new Map<string, TextSpan[]>([[chunk.id, [sentence]]]);
  return { text, relevant: [chunk.id], spans };
}

function isProse(sentence: string): boolean {
  const words = sentence.split(/\s+/).length;
  return words >= 8 && words <= 45 && /^[A-Z][^|{}<>=]*[.]$/.test(sentence);
}

function contentWords(text: string): readonly string[] {
  return (text.match(/[\p{L}\d][\p{L}\d-]+/gu) ?? []).filter((word) => !stopWords.en.has(word.toLowerCase()));
}

const lastWords = (text: string, count: number): string => text.split(/\s+/).slice(-count).join(" ");
const firstWords = (text: string, count: number): string => text.split(/\s+/).slice(0, count).join(" ");
